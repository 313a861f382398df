"""A page as a list of text blocks in reading order: what stands between two block elements or line breaks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from lxml import html

from crawlers.extraction.dom import is_element

_INLINE: Final = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "mark",
        "nobr",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "var",
        "wbr",
        "time",
        "data",
    ]
)
_SPACE: Final = re.compile(r"[\s\u00a0\u3000]+")
MAX_BLOCKS: Final = 6_000


@dataclass
class Block:
    """A run of visible text.

    ``text`` has single spaces; ``linked`` counts its characters inside links; ``owner`` is the block element it
    stands in and ``path`` its ancestors from the owner upwards; ``emphasis`` is the share in bold or headings.
    """

    text: str
    linked: int
    owner: html.HtmlElement
    place: int
    broken: bool = False
    emphasis: int = 0
    links: int = 0
    path: tuple[html.HtmlElement, ...] = field(default=(), repr=False)


def blocks_of(root: html.HtmlElement) -> list[Block]:
    """The blocks of a visible tree in reading order, at most MAX_BLOCKS."""
    walk = _Walk()
    body = root.find("body")
    walk.over(root if body is None else body)
    return walk.blocks


class _Walk:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._parts: list[str] = []
        self._linked = self._bold = self._links = 0
        self._paths: dict[html.HtmlElement, tuple[html.HtmlElement, ...]] = {}

    def over(self, top: html.HtmlElement) -> None:
        """Depth first with a stack of its own: a page nested a thousand deep is no reason to fail."""
        owners = [top]
        in_link = in_bold = 0
        stack: list[tuple[html.HtmlElement, bool]] = [(top, False)]
        while stack and len(self.blocks) < MAX_BLOCKS:
            element, leaving = stack.pop()
            tag = element.tag
            block = tag not in _INLINE and tag != "br"
            if leaving:
                if block:
                    self._end(owners.pop(), broken=False)
                in_link -= tag == "a"
                in_bold -= tag in ("b", "strong", "h1", "h2", "h3", "h4", "h5", "h6")
                if element is not top:
                    self._take(element.tail, in_link, in_bold)
                continue
            if tag == "br":
                self._end(owners[-1], broken=True)
                self._take(element.tail, in_link, in_bold)
                continue
            if block:
                if element is not top:
                    self._end(owners[-1], broken=False)
                owners.append(element)
            in_link += tag == "a"
            self._links += tag == "a"
            in_bold += tag in ("b", "strong", "h1", "h2", "h3", "h4", "h5", "h6")
            self._take(element.text, in_link, in_bold)
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element) if is_element(child))

    def _take(self, text: str | None, in_link: int, in_bold: int) -> None:
        if not text:
            return
        self._parts.append(text)
        size = len(_SPACE.sub("", text))
        self._linked += size if in_link else 0
        self._bold += size if in_bold else 0

    def _end(self, owner: html.HtmlElement, *, broken: bool) -> None:
        text = _SPACE.sub(" ", "".join(self._parts)).strip()
        if text:
            self.blocks.append(
                Block(text, self._linked, owner, len(self.blocks), broken, self._bold, self._links, self._path(owner))
            )
        self._parts.clear()
        self._linked = self._bold = self._links = 0

    def _path(self, owner: html.HtmlElement) -> tuple[html.HtmlElement, ...]:
        if owner not in self._paths:
            self._paths[owner] = (owner, *owner.iterancestors())
        return self._paths[owner]
