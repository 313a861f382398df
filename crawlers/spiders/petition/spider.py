"""Reads one window of a petition board's JSON interface: lists by region and domain, petitions, replies."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import urlencode, urljoin

from scrapy.http import Request, Response

from crawlers.items import RawItem, Withdrawn
from crawlers.spiders.base import ParserSettings
from crawlers.spiders.interface import InterfaceSpider
from crawlers.spiders.petition.rows import Board, RowReader, replies_of
from crawlers.spiders.petition.settings import Forum, PetitionParser
from crawlers.spiders.refusals import OTHER_LAYOUT, Gone, Refusal, refused_message

_DISORDER: Final = timedelta(days=1)
"""So much newer than the page before a row may be in a list that runs from new to old."""
_PASSED: Final = 2
"""So many pages in a row that lie before the window end its list: one may hold old petitions that were put on top."""
_FIRST: Final = "0"
Result = RawItem | Withdrawn | Request


@dataclass(frozen=True, slots=True)
class _List:
    """One list of the board, while it is read page by page."""

    forum: Forum
    domain: str = ""
    cursor: str = _FIRST
    page: int = 1
    oldest: datetime | None = None
    """Of the page before."""
    passed: int = 0
    """Pages in a row that lie wholly before the window."""


class PetitionSpider(InterfaceSpider):
    """Reads petitions and the official replies to them; see :class:`PetitionParser` for the layout."""

    name = "petition"
    kinds: ClassVar = ("petition",)
    Parser: ClassVar[type[ParserSettings]] = PetitionParser

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = {forum.fid: forum.place for forum in self.parser.forums}
        self._met: set[tuple[str, str, str]] = set()
        self._open = 0
        """Lists that are not read to the window's begin yet."""

    async def start(self) -> AsyncIterator[Any]:
        """Asks for the first page of every list."""
        settings: PetitionParser = self.parser
        each = settings.domains if "{domain}" in "".join(settings.form.values()) else ()
        lists = [_List(forum, domain) for forum in settings.forums for domain in each or ("",)]
        self._open = len(lists)
        for reading in lists:
            yield self._next(reading)

    def refused(self, found: Mapping[str, Any]) -> Refusal | None:
        """The refusal in an answer (``result``, ``resultDesc``, ``code``)."""
        message = f"{found.get('resultDesc', '')}{found.get('msg', '')}{found.get('message', '')}"
        if str(found.get("result", "success")).lower() not in {"fail", "failure", "error", "false"}:
            return refused_message(message) if self._rows(found) is None else None
        if "不存在" in message or "已删除" in message:
            raise Gone
        return refused_message(message) or Refusal(None, "E734: the board answers with an error (result: fail)")

    def parse_list(self, response: Response, reading: _List) -> Iterator[Result]:
        """A page of a list: its petitions with their replies, and the request for the next page."""
        try:
            found = self.answer(response)
        except Gone:
            found = self.once_more(response, OTHER_LAYOUT)
        rows = self._rows(found) if isinstance(found, dict) else None
        if rows is None:
            again = self.once_more(response, OTHER_LAYOUT) if isinstance(found, dict) else found
            if again is not None:
                yield again
            return
        board = self._board()
        readers = [RowReader(row, board) for row in rows if isinstance(row, Mapping)]
        if len(readers) < len(rows) or not all(reader.key for reader in readers):
            self.cut("outage", "rows of a list have no key: the layout may have changed")
        fresh = [reader for reader in readers if reader.key and self._is_new(reader, reading)]
        for reader in fresh:
            yield from self._petition(reader, reading.forum)
        yield from self._after(reading, readers, fresh)

    def _after(self, reading: _List, readers: list[RowReader], fresh: list[RowReader]) -> Iterator[Request]:
        times = [moment for reader in fresh if (moment := reader.published_at)]
        if reading.oldest is not None and times and max(times) - reading.oldest > _DISORDER:
            self.cut("out_of_order", "a list does not run from new to old")
        passed = reading.passed + 1 if times and max(times) < self.window.since else 0
        if not readers or passed == _PASSED:
            self._ended()
        elif not fresh:
            self.cut("outage", "the board repeats its pages")
        elif reading.page >= self.parser.page_cap:
            self.cut("page_cap", "the board shows no older petitions of a list")
        else:
            oldest = min(times, default=reading.oldest)
            following = replace(reading, page=reading.page + 1, oldest=oldest, passed=passed)
            yield self._next(replace(following, cursor=readers[-1].key))

    def _ended(self) -> None:
        """When every list was read back to the window's begin, what was not seen is gone from the board (P-12)."""
        self._open -= 1
        if not self._open:
            self.listed_completely()

    def _petition(self, reader: RowReader, forum: Forum) -> Iterator[Result]:
        wanted = self.wanted(reader.published_at)
        if not wanted or (self.parser.domains and reader.domain not in self.parser.domains):
            return
        region = self._places.get(reader.forum) or forum.place
        petition = reader.petition(region)
        if petition is None or self.parser.detail:
            if not self.parser.detail:
                self.cut("outage", "a petition has no text: the layout may have changed")
                return
            where = self._address(self.parser.detail, reader.key)
            yield self.request(where, self.parse_detail, item_key=reader.key, cb_kwargs={"region": region})
            return
        yield from self._with_replies(petition, reader)

    def _with_replies(self, petition: RawItem, reader: RowReader) -> Iterator[Result]:
        yield petition
        reply = reader.reply(petition)
        if reply is not None:
            yield reply
        elif self.parser.replies and reader.handling().status != "received":
            where = self._address(self.parser.replies, petition.item_key)
            yield self.request(where, self.parse_replies, cb_kwargs={"petition": petition})

    def parse_detail(self, response: Response, region: str | None) -> Iterator[Result]:
        """One petition."""
        key = response.meta["item_key"]
        try:
            found = self.answer(response)
        except Gone:
            yield Withdrawn(item_key=key)
            return
        if isinstance(found, Request):
            yield found
        if not isinstance(found, dict):
            return
        row = _under(found, self.parser.rows)
        row = row[0] if isinstance(row, list) and row else row
        reader = RowReader(row if isinstance(row, Mapping) else {}, self._board())
        petition = reader.petition(region)
        if petition is None or petition.item_key != key:
            self.cut("outage", "a petition has no text: the layout may have changed")
        elif self.wanted(petition.published_at):
            yield from self._with_replies(petition, reader)

    def parse_replies(self, response: Response, petition: RawItem) -> Iterator[Result]:
        """The replies to one petition."""
        try:
            found = self.answer(response)
        except Gone:
            return
        if isinstance(found, Request):
            yield found
        if isinstance(found, dict):
            yield from replies_of(self._rows(found) or [], petition, self._board())

    def _next(self, reading: _List) -> Request:
        values = {
            "fid": reading.forum.fid, "domain": reading.domain, "cursor": reading.cursor, "page": str(reading.page),
            "size": str(self.parser.page_size),
        }  # fmt: skip
        form = urlencode({name: template.format_map(values) for name, template in self.parser.form.items()})
        where = urljoin(self.source.start[0], self.parser.list)
        asked: dict[str, Any] = {"cb_kwargs": {"reading": reading}, "headers": {"Accept": "application/json"}}
        if self.parser.method == "GET":
            return self.request(f"{where}{'&' if '?' in where else '?'}{form}", self.parse_list, **asked)
        asked["headers"]["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        return self.request(where, self.parse_list, method="POST", body=form, **asked)

    def _is_new(self, reader: RowReader, reading: _List) -> bool:
        row = (reading.forum.fid, reading.domain, reader.key)
        if row in self._met:
            return False
        self._met.add(row)
        return True

    def _rows(self, found: Mapping[str, Any]) -> list[Any] | None:
        rows = _under(found, self.parser.rows)
        return rows if isinstance(rows, list) else None

    def _board(self) -> Board:
        page = urljoin(self.source.start[0], self.parser.page) if self.parser.page else ""
        return Board(self.source.title, self.parser.fields, page, datetime.now(UTC))

    def _address(self, template: str, key: str) -> str:
        return urljoin(self.source.start[0], template.replace("{key}", key))


def _under(found: Mapping[str, Any], path: str) -> Any:
    value: Any = found
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
