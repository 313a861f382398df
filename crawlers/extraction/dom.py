"""A page as a tree that holds only what a reader sees: no scripts, no hidden text, no forms."""

from __future__ import annotations

import re
from typing import Final, TypeGuard

from lxml import etree, html

from crawlers.extraction.hidden import hiding_selectors, is_hidden

MAX_CHARACTERS: Final = 4_000_000
"""Characters of a page that are parsed; an article lies well within."""
MAX_ELEMENTS: Final = 120_000
MAX_DEPTH: Final = 400

_UNSEEN_TAGS: Final = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "applet",
        "svg",
        "math",
        "canvas",
        "audio",
        "video",
        "map",
        "form",
        "select",
        "option",
        "textarea",
        "button",
        "input",
        "label",
        "head",
        "meta",
        "link",
        "dialog",
        "marquee",
        "frameset",
        "noframes",
    ]
)
_NOT_DROPPED_WITH_CONTENT: Final = frozenset(("form", "label"))
"""Old sites wrap whole pages in one form."""
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]")
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)


class NotAPage(ValueError):
    """E720: there is no HTML to read."""


def parse(text: str) -> html.HtmlElement:
    """The tree of a page, with everything in it. No entity is resolved, no file or host is asked.

    Raises NotAPage (E720) where there is no element at all.
    """
    cut = _DECLARATION.sub("", _CONTROL.sub("", text[:MAX_CHARACTERS]))
    if "<" not in cut:
        raise NotAPage("E720: this is no HTML page: it has no element; check what was fetched")
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, recover=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = html.document_fromstring(cut.encode("utf-8", "ignore"), parser=parser, ensure_head_body=True)
    except (etree.LxmlError, AssertionError, ValueError) as error:
        raise NotAPage(f"E720: this is no HTML page ({type(error).__name__}); check what was fetched") from error
    return root


def visible(root: html.HtmlElement) -> html.HtmlElement:
    """Removes, in place, what a reader of the page does not see; returns the same tree."""
    hidden = hiding_selectors(root)
    doomed = []
    for number, element in enumerate(root.iter()):
        if not is_element(element) or number > MAX_ELEMENTS:
            doomed.append(element)
        elif element.tag in ("html", "body"):
            continue
        elif (element.tag in _UNSEEN_TAGS and element.tag not in _NOT_DROPPED_WITH_CONTENT) or is_hidden(
            element, hidden
        ):
            doomed.append(element)
    for element in doomed:
        remove(element)
    for element in root.iter():
        if element.text and _INVISIBLE.search(element.text):
            element.text = _INVISIBLE.sub("", element.text)
        if element.tail and _INVISIBLE.search(element.tail):
            element.tail = _INVISIBLE.sub("", element.tail)
    return root


def is_element(node: object) -> TypeGuard[html.HtmlElement]:
    """Whether a node is an element, not a comment, instruction or entity."""
    return isinstance(node, etree._Element) and isinstance(node.tag, str)


def remove(element: etree._Element) -> None:
    """Takes an element out of its tree and keeps the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
