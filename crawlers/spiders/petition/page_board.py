"""Reads one window of a board of plain pages that a source file describes by selectors alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import urljoin, urlsplit

from parsel import Selector
from scrapy.http import Request, TextResponse

from crawlers.importers.dates import BEIJING, DateUnreadable, moment_of
from crawlers.items import RawItem
from crawlers.spiders.base import ParserSettings, SourceSpider
from crawlers.spiders.petition.handling import grade_of, status_of
from crawlers.spiders.petition.page_settings import BoardParser, DetailPage, ListPage
from crawlers.spiders.petition.regions import region_in
from crawlers.spiders.petition.text import visible_text
from crawlers.spiders.selectors import select
from pipeline.records.handling import Handling

_DAY: Final = timedelta(days=1)
_WRITTEN: Final = re.compile(
    r"\d{4}\s*[年/.\-]\s*\d{1,2}\s*[月/.\-]\s*\d{1,2}\s*[日号]?(?:[\sT]*\d{1,2}\s*[:：时点]\s*\d{1,2}(?:\s*[:：分]\s*\d{1,2})?)?"
)


@dataclass(frozen=True, slots=True)
class _Pages:
    """A list, while it is read page by page."""

    address: str
    page: int


@dataclass(frozen=True, slots=True)
class _Row:
    key: str
    address: str
    day: datetime | None


class BoardSpider(SourceSpider):
    """Reads petitions, replies, status and grades; see :class:`BoardParser` for what a source file says."""

    name = "board"
    kinds: ClassVar = ("petition",)
    Parser: ClassVar[type[ParserSettings]] = BoardParser

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._met: set[str] = set()
        self._open = len(self.source.start)
        """Lists that are not read to the window's begin yet."""

    async def start(self) -> AsyncIterator[Any]:
        """Asks for the first page of each list, and again for what is stored of this window."""
        for address in self.source.start:
            reading = _Pages(address, self.parser.list.first_page)
            yield self.request(address, self.parse_list, cb_kwargs={"reading": reading})
        for request in self.recheck(self.parse_petition):
            yield request

    def parse_list(self, response: TextResponse, reading: _Pages) -> Iterator[Request]:
        """A page of a list: requests for the petitions of this window, and for the next page."""
        settings: ListPage = self.parser.list
        parts = select(response.selector, settings.rows)
        rows = [row for part in parts if (row := self._row(response, part))]
        if len(rows) < len(parts):
            self.cut("outage", "rows of a list have no address or key: the layout may have changed")
        if not parts and reading.page == settings.first_page:
            self.cut("outage", "a list shows no rows: the layout may have changed")
        fresh = [row for row in rows if row.key not in self._met]
        self._met.update(row.key for row in fresh)
        for row in fresh:
            if self._may_be_wanted(row.day):
                yield self.request(row.address, self.parse_petition, item_key=row.key, conditional=True)
        days = [row.day for row in rows if row.day]
        passed = (
            settings.newest_first and len(days) == len(rows) and all(day + _DAY <= self.window.since for day in days)
        )
        following = self._following(response, reading)
        if not rows or passed or following is None or (settings.pages and not fresh):
            self._ended()
        elif not fresh:
            self.cut("outage", "the board repeats its pages")
        elif reading.page - settings.first_page + 1 >= settings.page_cap:
            self.cut("page_cap", "the list goes on after the last page that is read")
        else:
            reading = replace(reading, page=reading.page + 1)
            yield self.request(following, self.parse_list, cb_kwargs={"reading": reading})

    def parse_petition(self, response: TextResponse) -> Iterator[RawItem]:
        """The page of a petition: the petition and the official replies to it."""
        settings: DetailPage = self.parser.detail
        page = response.selector
        published = self._moment(page, settings.date)
        if published is None:
            self.cut("outage", "a petition states no day: the layout may have changed")
            return
        if not self.wanted(published):
            return
        key = response.meta.get("item_key") or self._key(response.url)
        region = region_in(_first(page, settings.region)) or self.parser.place
        replies = list(self._replies(page))
        status = status_of(_first(page, settings.status)) or ("replied" if replies else None)
        handling = Handling(status=status, satisfaction=grade_of(_first(page, settings.satisfaction)))
        loader = self.loader(response)
        loader.add_value("item_key", key)
        loader.add_value("title", _first(page, settings.title))
        loader.add_value("body", [visible_text(part) for part in select(page, settings.body)])
        loader.add_value("genre", "petition")
        loader.add_value("url", response.url)
        loader.add_value("published_at", published)
        loader.add_value("region", region)
        loader.add_value("handling", [handling])
        yield loader.load_item()
        for number, (unit, text, day) in enumerate(replies):
            loader = self.loader(response)
            loader.add_value("item_key", f"{key}#reply" + (f"{number + 1}" if number else ""))
            loader.add_value("title", unit)
            loader.add_value("body", text)
            loader.add_value("genre", "reply")
            loader.add_value("url", response.url)
            loader.add_value("published_at", day)
            loader.add_value("region", region)
            loader.add_value("reply_to", key)
            yield loader.load_item()

    def _replies(self, page: Selector) -> Iterator[tuple[str, str, datetime | None]]:
        settings: DetailPage = self.parser.detail
        if not settings.reply:
            return
        for block in select(page, settings.replies) if settings.replies else [page]:
            text = "\n".join(filter(None, map(visible_text, select(block, settings.reply))))
            if text:
                yield _first(block, settings.reply_unit), text, self._moment(block, settings.reply_date)

    def _row(self, response: TextResponse, part: Selector) -> _Row | None:
        settings: ListPage = self.parser.list
        links = [link for found in select(part, settings.link) if (link := found.attrib.get("href", "").strip())]
        if not links and part.root.tag == "a":
            links = [part.attrib.get("href", "")]
        address = response.urljoin(links[0]) if links else ""
        if not address.startswith(("http://", "https://")) or not (key := self._key(address)):
            return None
        return _Row(key, address, self._moment(part, settings.date))

    def _key(self, address: str) -> str:
        if not self.parser.key:
            parts = urlsplit(address)
            return f"{parts.path}?{parts.query}" if parts.query else parts.path
        found = re.search(self.parser.key, address)
        return found[1] or "" if found else ""

    def _may_be_wanted(self, day: datetime | None) -> bool:
        """Whether a petition of that day may lie in the window; lists show days, petitions the time as well."""
        return day is None or (day < self.window.until and day + _DAY > self.window.since)

    def _following(self, response: TextResponse, reading: _Pages) -> str | None:
        settings: ListPage = self.parser.list
        if settings.pages:
            return urljoin(reading.address, settings.pages.replace("{page}", str(reading.page + 1)))
        links = (
            [found.attrib.get("href", "") for found in select(response.selector, settings.next)]
            if settings.next
            else []
        )
        found = next((link for link in links if link and not link.startswith(("javascript:", "#"))), None)
        return response.urljoin(found) if found else None

    def _moment(self, part: Selector, selector: str) -> datetime | None:
        written = _WRITTEN.search(_first(part, selector))
        if written is None:
            return None
        try:
            return moment_of(written[0], datetime.now(BEIJING))
        except DateUnreadable:
            return None

    def _ended(self) -> None:
        """When every list was read back to the window's begin, what was not seen is gone from the board (P-12)."""
        self._open -= 1
        if not self._open:
            self.listed_completely()


def _first(part: Selector, selector: str) -> str:
    """The text of the first thing that a selector finds and that has any, on one line."""
    found = (visible_text(one) for one in (select(part, selector) if selector else ()))
    return next((" ".join(text.split()) for text in found if text), "")
