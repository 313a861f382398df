"""Reads one window of Weibo: searches for the registered projects, topic pages, whole texts and comments."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from scrapy.http import Request, Response

from crawlers.items import RawItem, Withdrawn
from crawlers.spiders.base import ParserSettings
from crawlers.spiders.interface import InterfaceSpider, answered_at
from crawlers.spiders.refusals import OTHER_LAYOUT, Gone, Refusal
from crawlers.spiders.weibo.pages import Page, comment_page, post_page
from crawlers.spiders.weibo.posts import (
    Answer,
    Reading,
    Taken,
    extend,
    is_repost,
    key_of,
    posted_at,
    read_comment,
    read_status,
)
from crawlers.spiders.weibo.queries import queries_of
from crawlers.spiders.weibo.refusals import refused_json
from crawlers.spiders.weibo.settings import WeiboParser, address

_REPEATS: Final = 2
"""So many pages in a row without a new post end a list that states no other end."""
_BELIEVED: Final = 5
"""After so many pages a list that runs from new to old and ends within the window has been cut off by the platform."""
Result = RawItem | Withdrawn | Request


@dataclass(frozen=True, slots=True)
class _List:
    """A search or topic page that is being read page by page."""

    template: str
    values: tuple[tuple[str, str], ...]
    page: int = 1
    shown: int = 0
    """Different posts shown so far."""
    stale: int = 0
    """Pages in a row that showed no new post."""
    reached: bool = False
    """Whether a post from before the window was shown."""


@dataclass(frozen=True, slots=True)
class _Comments:
    post: str
    page: int = 1
    cursor: str = "0"


class WeiboSpider(InterfaceSpider):
    """Reads posts through the open interface or the public mobile pages; see :mod:`crawlers.spiders.weibo`."""

    name = "weibo"
    kinds: ClassVar = ("weibo",)
    Parser: ClassVar[type[ParserSettings]] = WeiboParser

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._met: dict[tuple[tuple[str, str], ...], set[str]] = {}
        """Keys of what each search showed; a post that two searches show is one item."""
        self._taken: set[str] = set()

    async def start(self) -> AsyncIterator[Any]:
        """Asks for the first page of each search and topic."""
        settings: WeiboParser = self.parser
        if settings.token_variable and not settings.token():
            self.block("login_wall", f"E736: no credentials: set the variable {settings.token_variable}")
        found = queries_of(self.projects, settings.searches_a_project)
        for query in dict.fromkeys((*settings.searches, *found)) if settings.search else ():
            yield self._next(_List(settings.search, (("query", query),)))
        for topic in settings.topics if settings.topic else ():
            yield self._next(_List(settings.topic, (("topic", topic.strip("#")),)))

    def refused(self, found: Mapping[str, Any]) -> Refusal | None:
        """The refusal in an answer (``ok``, ``error_code``)."""
        return refused_json(found)

    def parse_posts(self, response: Response, reading: _List) -> Iterator[Result]:
        """A page of posts: the items on it, requests for what belongs to them, and for the next page."""
        try:
            page = self._page(response, post_page)
        except Gone:
            page = self.once_more(response, OTHER_LAYOUT)
        if not isinstance(page, Page):
            if page is not None:
                yield page
            return
        answer = self._answer(response)
        met = self._met.setdefault(reading.values, set())
        before = len(met)
        met.update(filter(None, map(key_of, page.entries)))
        for entry in page.entries:
            for read in read_status(entry, answer):
                yield from self._results(read, passed_on=is_repost(entry))
        times = [moment for entry in page.entries if (moment := posted_at(entry, answer))]
        reading = replace(
            reading,
            shown=len(met),
            stale=0 if len(met) > before else reading.stale + 1,
            reached=reading.reached or min(times, default=self.window.since) < self.window.since,
        )
        yield from self._after(reading, page, max(times, default=None))

    def _next(self, reading: _List) -> Request:
        values = {**dict(reading.values), "page": str(reading.page)}
        where = address(self.source.start[0], reading.template, values, self.window)
        return self._ask(where, self.parse_posts, {"reading": reading})

    def _after(self, reading: _List, page: Page, newest: datetime | None) -> Iterator[Request]:
        """The next page, unless the list has ended or shows no more of this window."""
        cuts_by_time = self.parser.takes_a_period(reading.template)
        ended = not page.entries if page.total is None else reading.shown >= page.total
        if not cuts_by_time and newest is not None and newest < self.window.since:
            return
        if ended and (cuts_by_time or reading.reached or reading.page <= _BELIEVED):
            return
        if not page.entries or "{page}" not in reading.template or self._is_capped(reading, page):
            if cuts_by_time:
                self.split()
            else:
                self.cut("page_cap", "the platform shows no older posts of a search")
        elif reading.stale >= _REPEATS:
            self.cut("outage", "the platform repeats its pages")
        else:
            yield self._next(replace(reading, page=reading.page + 1))

    def _is_capped(self, reading: _List, page: Page) -> bool:
        """Whether the last page that is shown was read; or, where finer windows help, whether that lies ahead."""
        most = self.parser.page_cap
        ahead = self.assignment.may_split and page.total is not None and page.total > most * len(page.entries)
        return reading.page >= most or (ahead and reading.page == 1 and self.parser.takes_a_period(reading.template))

    def _results(self, read: Reading, *, passed_on: bool) -> Iterator[Result]:
        """What a status gives that was not taken yet: its item, or requests for the rest of it."""
        key = self._counted(read)
        if key in self._taken:
            return
        if isinstance(read, Withdrawn):
            self._taken.add(key)
            yield read
        if not isinstance(read, Taken) or not self._belongs(read.item, passed_on=passed_on):
            return
        self._taken.add(key)
        if read.item.partial and self.parser.long_text:
            where = address(self.source.start[0], self.parser.long_text, {"id": key})
            values = {"taken": read}
            yield self._ask(where, self.parse_long_text, values, item_key=key, errback=self.long_text_failed)
        else:
            yield read.item
        if self.parser.comments and read.item.genre != "comment" and read.item.engagement.get("comments", 1):
            yield self._next_comments(_Comments(key))

    def _belongs(self, item: RawItem, *, passed_on: bool) -> bool:
        """Whether an item is of this window; a post that a repost of this window passes on may be older."""
        if self.wanted(item.published_at):
            return True
        older = item.published_at is not None and item.published_at < self.window.since
        return passed_on and older and item.genre != "comment"

    def parse_long_text(self, response: Response, taken: Taken) -> Iterator[Result]:
        """The whole text of a long post; its beginning stays when the platform does not give more."""
        try:
            found = self.answer(response)
        except Gone:
            yield Withdrawn(item_key=taken.item.item_key)
            return
        if isinstance(found, Request):
            yield found
            return
        if found is not None and not extend(taken, found):
            self.cut("outage", "the whole text of a long post could not be read")
        yield taken.item

    def long_text_failed(self, failure: Any) -> Iterator[Result]:
        """No answer for the whole text: the post is gone, or its beginning is kept and the window is a lower bound."""
        withdrawn = list(self.lost(failure))
        yield from withdrawn
        if not withdrawn:
            yield failure.request.cb_kwargs["taken"].item

    def parse_comments(self, response: Response, reading: _Comments) -> Iterator[Result]:
        """A page of comments, one level, and the request for the next."""
        try:
            page = self._page(response, comment_page)
        except Gone:
            yield Withdrawn(item_key=reading.post)
            return
        if not isinstance(page, Page):
            if page is not None:
                yield page
            return
        answer = self._answer(response)
        fresh = 0
        for entry in page.entries:
            read = read_comment(entry, answer)
            key = self._counted(read)
            if key in self._taken:
                continue
            self._taken.add(key)
            fresh += 1
            if isinstance(read, Taken):
                yield read.item
            elif isinstance(read, Withdrawn):
                yield read
        if fresh and self._goes_on(page):
            if reading.page >= self.parser.comment_pages:
                self.cut("page_cap", "a post has more comments than are read")
            else:
                yield self._next_comments(_Comments(reading.post, reading.page + 1, page.next_cursor or "0"))

    def _next_comments(self, reading: _Comments) -> Request:
        values = {"id": reading.post, "page": str(reading.page), "cursor": reading.cursor}
        where = address(self.source.start[0], self.parser.comments, values)
        return self._ask(where, self.parse_comments, {"reading": reading})

    def _goes_on(self, page: Page) -> bool:
        if "{cursor}" in self.parser.comments:
            return page.next_cursor is not None
        return "{page}" in self.parser.comments

    def _page(self, response: Response, layout: Callable[[Mapping[str, Any]], Page | Refusal]) -> Page | Request | None:
        found = self.answer(response)
        if not isinstance(found, dict):
            return found
        page = layout(found)
        return self.once_more(response, page) if isinstance(page, Refusal) else page

    def _answer(self, response: Response) -> Answer:
        now = datetime.now(UTC)
        return Answer(self.source.title, answered_at(response, now), now)

    def _counted(self, read: Reading) -> str:
        """The key of what was read; what cannot be read is counted in the stats by its reason, and has none."""
        if isinstance(read, Taken):
            return read.item.item_key
        if isinstance(read, Withdrawn):
            return read.item_key or ""
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(f"weibo/unreadable/{read.reason}")
        return ""

    def _ask(self, where: str, callback: Any, values: dict[str, Any], **arguments: Any) -> Request:
        headers = {"Accept": "application/json"}
        if token := self.parser.token():
            headers["Authorization"] = f"OAuth2 {token}"
        return self.request(where, callback, headers=headers, cb_kwargs=values, **arguments)
