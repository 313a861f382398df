"""The text that a reader sees in a part of a page: paragraphs and line ends kept, scripts and hidden parts left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from parsel import Selector

from crawlers.extraction.dom import is_element
from crawlers.extraction.hidden import hiding_selectors, is_hidden
from crawlers.importers.characters import mended

_BREAKS: Final = frozenset(
    (
        *("address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul"),
    )
)
_UNSEEN: Final = frozenset(["script", "style", "noscript", "template", "head", "iframe", "object", "svg", "select"])
_MARKUP: Final = re.compile(r"<\s*/?[a-z!]|&#?\w+;", re.IGNORECASE)
_BLANKS: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r"\s*\n\s*")


def visible_text(part: Selector | str) -> str:
    """The text of a selected node, attribute or string; markup in a string is read as markup."""
    root = part.root if isinstance(part, Selector) else part
    if isinstance(root, str):
        if not _MARKUP.search(root):
            return _tidied(root)
        root = Selector(text=f"<div>{root}</div>").root
    return _tidied("".join(_pieces(root, hiding_selectors(root.getroottree().getroot()))))


def _pieces(node: Any, hidden: frozenset[str]) -> Iterator[str]:
    if not is_element(node) or node.tag in _UNSEEN or is_hidden(node, hidden):
        return
    breaks = node.tag in _BREAKS
    if breaks:
        yield "\n"
    yield node.text or ""
    for child in node:
        yield from _pieces(child, hidden)
        yield child.tail or ""
    if breaks:
        yield "\n"


def _tidied(text: str) -> str:
    return _LINES.sub("\n", _BLANKS.sub(" ", mended(text))).strip()
