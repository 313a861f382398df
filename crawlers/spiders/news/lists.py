"""List pages: the articles that they link to with their dates, and the address of the next page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

from parsel import Selector

from crawlers.extraction.moments import Moment, moment_of, moments_in
from crawlers.extraction.published import date_in_address
from crawlers.extraction.title import bare
from crawlers.spiders.news.entries import Entry, plain
from crawlers.spiders.news.settings import NewsParser
from crawlers.spiders.selectors import select

_NEXT: Final = re.compile(
    r"^[\[（(<]?\s*(?:下\s*一?\s*[页頁]|后一页|next(?:\s*page)?)\s*[\]）)>＞»›→]*$", re.IGNORECASE
)
_HEADLINE: Final = 8
"""Characters from which a link's text is a headline rather than the name of a section."""
_LONGEST_ROW: Final = 400
_ELSEWHERE: Final = "ancestor::*[self::nav or self::footer or self::header or self::aside]"


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list.

    Its entries in order, the next page's address where it links to one, and rows without a link.
    """

    entries: tuple[Entry, ...]
    following: str | None
    broken: int


def list_page_of(text: str, base: str, settings: NewsParser, now: datetime) -> ListPage:
    """What a list page links to; only addresses of its own host that match ``settings.article``."""
    page = Selector(text=text)
    rows = select(page, settings.list.rows) if settings.list.rows else list(_rows(page))
    entries: dict[str, Entry] = {}
    broken = 0
    for row in rows:
        address = _address(row, settings.list.link, base)
        if address is None:
            broken += bool(settings.list.rows)
            continue
        if _may_be_article(address, base, settings):
            date = _date(row, settings.list.date, now) or date_in_address(address, now)
            entries.setdefault(address, Entry(address, date, surely_article=bool(settings.list.rows)))
    return ListPage(tuple(entries.values()), _following(page, settings.list.next, base), broken)


def _rows(page: Selector) -> Iterator[Selector]:
    """Links with a headline's length of text, each with as much around it as belongs to no other link."""
    for link in page.xpath("//a[@href]"):
        if len(bare(link.xpath("string()").get(""))) < _HEADLINE or link.xpath(_ELSEWHERE):
            continue
        row = link
        for outer in reversed(link.xpath("ancestor::*[not(self::body or self::html)]")):
            if (
                len(outer.xpath(".//a[@href][string-length(normalize-space()) >= 8]")) > 1
                or len(outer.xpath("string()").get("")) > _LONGEST_ROW
            ):
                break
            row = outer
        yield row


def _address(row: Selector, link: str, base: str) -> str | None:
    anchors = [row] if row.root.tag == "a" else select(row, link)
    href = next(
        (href for anchor in anchors if (href := anchor.xpath("self::a/@href | self::*[not(self::a)]//a/@href").get())),
        None,
    )
    if not href:
        return None
    try:
        made = urljoin(base, href.strip())
        return plain(made) if urlsplit(made).scheme in ("http", "https") else None
    except ValueError:
        return None


def _may_be_article(address: str, base: str, settings: NewsParser) -> bool:
    if address == plain(base) or (not settings.list.rows and urlsplit(address).path in ("", "/")):
        return False
    if settings.article:
        return re.search(settings.article, address) is not None
    return urlsplit(address).netloc == urlsplit(base).netloc.lower()


def _date(row: Selector, selector: str, now: datetime) -> Moment | None:
    parts = select(row, selector) if selector else [row]
    for part in parts:
        stated = part.xpath("descendant-or-self::time/@datetime").get()
        if stated and (moment := moment_of(stated, now)):
            return moment
    text = " ".join(part.xpath("string()").get("") for part in parts)
    found = moments_in(" ".join(text.split())[:_LONGEST_ROW], now)
    return found[-1] if found else None


def _following(page: Selector, selector: str, base: str) -> str | None:
    links: list[str | None]
    if selector:
        links = [link.xpath("self::a/@href | .//a/@href").get() for link in select(page, selector)]
    else:
        links = [*page.xpath("//*[self::a or self::link][@rel='next']/@href").getall()]
        links += [
            a.xpath("@href").get()
            for a in page.xpath("//a[@href]")
            if _NEXT.match(" ".join(a.xpath("string()").get("").split())[:24])
        ]
    for link in links:
        made = urljoin(base, (link or "").strip())
        if link and urlsplit(made).scheme in ("http", "https") and plain(made) != plain(base):
            return made
    return None
