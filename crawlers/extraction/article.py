"""A page in, an article out: :func:`extract`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from crawlers.extraction.blocks import Block, blocks_of
from crawlers.extraction.body import body_of
from crawlers.extraction.byline import without_byline, without_bylines
from crawlers.extraction.decode import Decoded, charset_of, decode
from crawlers.extraction.dom import NotAPage, parse, visible
from crawlers.extraction.metadata import metadata_of
from crawlers.extraction.moments import Moment
from crawlers.extraction.published import published_at
from crawlers.extraction.title import title_bar, title_of

_SOURCE: Final = re.compile(
    r"(?:来源|來源|稿源|出处|信息来源|发布机构|发布单位)\s*[:：]\s*[《<【]?(?P<name>[\u4e00-\u9fffA-Za-z0-9·.\-]{2,30}?)[》>】]?"
    r"(?=$|[\s|｜/,，;；)）]|作者|记者|责任|编辑|发布|时间|浏览|字号|(?:19|20)\d\d)"
)


@dataclass(frozen=True, repr=False)
class Article:
    """What a page says, without who wrote it. It has no representation: its text is raw and may hold personal data."""

    title: str
    text: str
    """Paragraphs, one a line, without the title."""
    published_at: Moment | None
    outlet: str
    url: str | None
    """The address that the page calls its own (canonical), else the one it was fetched from."""
    next_page: str | None
    """Address of the next page of the same article."""
    author_dropped: bool
    """Whether the page named an author, editor or photographer, who was left out."""
    encoding: str
    undecodable: int
    """Characters that could not be read; they are shown as U+FFFD."""
    encoding_doubtful: bool
    truncated: bool = field(default=False)
    """Whether the page was longer than what is read of it."""


def extract(
    page: bytes | str,
    *,
    url: str | None = None,
    content_type: str | None = None,
    fetched_at: datetime,
    canonical: bool = True,
) -> Article:
    """The article of a page. Pure: the same page, address and time give the same article.

    ``content_type`` is the HTTP header of this name; ``fetched_at`` (aware) is what 3小时前 counts from and what no
    time of
    publication is later than. Raises NotAPage (E720) where there is no HTML. A page without an article has an empty
    text.
    """
    decoded = decode(page, charset_of(content_type)) if isinstance(page, bytes) else _as_given(page)
    root = parse(decoded.text)
    stated, bar = metadata_of(root, url), title_bar(root)
    blocks = blocks_of(visible(root))
    title = title_of(blocks, bar, stated.title)
    body = body_of(blocks, title)
    moment = published_at(root, blocks, body, title, stated.published, url, fetched_at)
    lines, dropped = without_bylines(block.text for block in body)
    return Article(
        title=title,
        text="\n".join(lines),
        published_at=moment,
        outlet=_outlet(blocks, body) or stated.outlet,
        url=(stated.canonical if canonical else None) or url,
        next_page=stated.next_page,
        author_dropped=dropped or stated.names_author or _credited(blocks, body),
        encoding=decoded.encoding,
        undecodable=decoded.undecodable,
        encoding_doubtful=decoded.doubtful,
        truncated=decoded.truncated,
    )


def _as_given(page: str) -> Decoded:
    return Decoded(page, "unicode", page.count("\ufffd"), False, False)


def _around(blocks: list[Block], body: list[Block]) -> list[Block]:
    """Short blocks from a few before the text to a few after it: where sites say source and author."""
    if not body:
        return [block for block in blocks[:60] if len(block.text) <= 160]
    low, high = max(0, body[0].place - 12), body[-1].place + 6
    return [block for block in blocks[low:high] if len(block.text) <= 160]


def _credited(blocks: list[Block], body: list[Block]) -> bool:
    return any(without_byline(block.text)[1] for block in _around(blocks, body))


def _outlet(blocks: list[Block], body: list[Block]) -> str:
    """The outlet that the page names as its source (来源)."""
    for block in _around(blocks, body):
        found = _SOURCE.search(block.text)
        if found:
            return found["name"]
    return ""


__all__ = ["Article", "NotAPage", "extract"]
