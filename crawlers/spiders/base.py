"""The spider that all spiders are: it reads one window of one source and yields raw items."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Final, Literal, NoReturn

import scrapy
from pydantic import BaseModel, ConfigDict
from scrapy.exceptions import CloseSpider
from scrapy.http import Request, TextResponse
from scrapy.selector import Selector
from scrapy.spidermiddlewares.httperror import HttpError

from crawlers.items import RawItem, Withdrawn
from crawlers.loaders import RawItemLoader
from crawlers.pipelines import Sink
from crawlers.politeness.stopped import NoPage, TrafficStopped
from crawlers.politeness.traffic import Traffic
from crawlers.politeness.unchanged import PageVersions, Unchanged
from crawlers.registry.source import Kind, Source
from crawlers.windows import Window
from pipeline.records import DecisionProject
from pipeline.store import CutReason

BlockCause = Literal["captcha", "login_wall", "forbidden", "robots", "robots_unreadable"]
"""Why a source is closed to us; it stays so until a person has looked (``minyi sources enable``)."""
GONE: Final = frozenset({404, 410})
"""HTTP statuses that say that a page is no more."""
CUT_BY_BLOCK: Final[dict[BlockCause, CutReason]] = {
    "captcha": "block",
    "login_wall": "login_wall",
    "forbidden": "block",
    "robots": "block",
    "robots_unreadable": "outage",
}


class Blocked(CloseSpider):
    """The source does not want to be read (captcha, login wall, refusal): it is stopped, never worked around."""

    def __init__(self, cause: BlockCause, told: str = "") -> None:
        super().__init__("blocked")
        self.cause: BlockCause = cause
        self.told = told


class ParserSettings(BaseModel):
    """What a spider's ``[parser]`` table may hold; spiders derive their own ``Parser`` from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a spider is to read, and what it may know for it."""

    source: Source
    window: Window
    projects: tuple[DecisionProject, ...] = ()
    """The registered projects: their names, aliases, places and keywords are what keyword searches look for."""
    known_urls: tuple[str, ...] = ()
    """Addresses (news and official sources) of stored items of this window: ask for each again with
    :meth:`SourceSpider.recheck`, to see edits and deletions that no list shows."""
    may_split: bool = False
    """Whether a full window can be split further; if not, :meth:`SourceSpider.split` stores it as capped."""


@dataclass(slots=True)
class Outcome:
    """How a window went, told by spider and middlewares; the run makes the stored window of it."""

    cut: CutReason | None = None
    why: str = ""
    split: bool = False
    blocked: BlockCause | None = None
    listed_completely: bool = False
    """Whether every item of the window was listed: what is stored of it and was not seen is then gone (P-12)."""
    found: int = 0
    """Items yielded, and items found unchanged."""
    seen: set[str] = field(default_factory=set)
    """``item_key`` of everything found."""
    seen_urls: set[str] = field(default_factory=set)
    """Addresses of pages found unchanged."""
    failure: Exception | None = None
    """What kept an item from being stored: the window is not closed, and the crawl ends with it."""
    interrupted: bool = False
    """The crawl was stopped (signal, kill switch) before the window was read: it is as if it had not begun."""


class SourceSpider(scrapy.Spider):
    """Reads ``self.window`` of ``self.source``: yields RawItem and Withdrawn, and says when it could not read all.

    A spider overrides :meth:`start` and its callbacks, names itself (``name``), its ``kinds`` and its ``Parser``
    settings (``self.parser`` holds the validated ``[parser]`` table), and is listed in ``crawlers.spiders.SPIDERS``.
    It makes requests with :meth:`request`, items with :meth:`loader`. It never sleeps, retries, reads robots.txt or
    looks at addresses: the middlewares do. It keeps no state between windows and writes nothing.
    """

    kinds: ClassVar[tuple[Kind, ...]] = ()
    """Kinds of source that the spider reads."""
    Parser: ClassVar[type[ParserSettings]] = ParserSettings
    """Model of the ``[parser]`` table of its sources."""
    loader_class: ClassVar[type[RawItemLoader]] = RawItemLoader

    def __init__(
        self,
        assignment: Assignment,
        sink: Sink,
        traffic: Traffic,
        versions: PageVersions | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        self.assignment = assignment
        self.sink = sink
        self.traffic = traffic
        self.versions = versions or PageVersions()
        self.source = assignment.source
        self.window = assignment.window
        self.projects = assignment.projects
        self.parser: Any = self.Parser.model_validate(assignment.source.parser)
        self.outcome = Outcome()

    async def start(self) -> AsyncIterator[Any]:
        """Asks for every start address and hands the answers to :meth:`parse`."""
        for address in self.source.start:
            yield self.request(address, self.parse)

    # -- what a spider asks for -------------------------------------------------------------------------------------

    def request(
        self,
        url: str,
        callback: Callable[..., Any],
        *,
        item_key: str | None = None,
        conditional: bool = False,
        **arguments: Any,
    ) -> Request:
        """A request whose answer goes to ``callback``; ``arguments`` are those of :class:`scrapy.Request`.

        With ``conditional`` it carries the ETag and Last-Modified of the last time this window was stored; when the
        page is unchanged there is no callback, and the item of ``item_key`` counts as found. Use it for pages that
        hold one item, not for lists. A page that is gone (404, 410) withdraws the item of ``item_key`` (P-12); without
        an item_key a 404 is an error of this page. Requests are made once in a window (``dont_filter=True``: again).
        """
        meta = {**arguments.pop("meta", {}), "item_key": item_key, "conditional": conditional}
        return Request(url, callback=callback, errback=arguments.pop("errback", self.lost), meta=meta, **arguments)

    def recheck(self, callback: Callable[..., Any]) -> Iterable[Request]:
        """Conditional requests for the stored items of this window (news, official sources): yield them in start().

        Unchanged pages cost one request and no callback; pages that are gone withdraw their item. An address that was
        asked for already is not asked for again.
        """
        for url in self.assignment.known_urls:
            meta = {"conditional": True, "item_key": None, "recheck": True}
            yield Request(url, callback=callback, errback=self.lost, meta=meta)

    def loader(self, response: TextResponse | None = None, selector: Selector | None = None) -> RawItemLoader:
        """A loader with source, kind and moment of collection filled in, over a response or a part of it."""
        made = self.loader_class(selector=selector, response=None if selector is not None else response)
        made.add_value("source_kind", self.source.kind)
        made.add_value("source", self.source.title)
        made.add_value("collected_at", datetime.now(UTC))
        return made

    def wanted(self, published_at: datetime | None) -> bool:
        """Whether an item belongs to this window; undated ones belong to the window in which they are first seen."""
        return published_at is None or published_at in self.window

    # -- what a spider says about its window ------------------------------------------------------------------------

    def cut(self, reason: CutReason, why: str = "") -> None:
        """Says that the window could not be read whole (page_cap, outage, out_of_order …): its counts are lower bounds.

        Reading goes on. The first reason stays. ``why`` is for the operator and names nothing that was read.
        """
        if self.outcome.cut is None:
            self.outcome.cut, self.outcome.why = reason, why

    def split(self) -> None:
        """Says that the window reached the page cap: it is read again in finer windows, or stored as capped.

        What was yielded is kept. Requests that the spider has already made are still answered.
        """
        self.cut("page_cap", "the source shows no more pages of this window")
        self.outcome.split = self.assignment.may_split

    def listed_completely(self) -> None:
        """Says that the source listed every item of this window: stored items that were not seen are gone (P-12).

        Say so only of lists that hold everything (a board's list by date), never of searches or feeds of the newest.
        """
        self.outcome.listed_completely = True

    def block(self, cause: BlockCause, told: str = "") -> NoReturn:
        """Stops the source: it shows a captcha, a login wall or a refusal. Raises Blocked; callbacks let it pass."""
        self.note_block(cause, told)
        raise Blocked(cause, told)

    # -- what middlewares and the run tell the spider ---------------------------------------------------------------

    def note_robots(self, decision: str) -> None:
        """Hears what robots.txt said."""
        self.traffic.note_robots(decision)

    def note_block(self, cause: BlockCause, told: str) -> None:
        """Records a block; no request leaves this machine for the source from now on."""
        if self.outcome.blocked is None:
            self.outcome.blocked = cause
            self.outcome.cut, self.outcome.why = CUT_BY_BLOCK[cause], told or cause
        self.traffic.stop(cause)

    def lost(self, failure: Any) -> Iterable[Withdrawn]:
        """A page that was not read: gone withdraws its item, anything else makes the window a lower bound."""
        request: Request = failure.request
        if isinstance(failure.value, HttpError) and failure.value.response.status in GONE:
            if request.meta.get("recheck"):
                yield Withdrawn(url=asked_for(request))
            elif request.meta.get("item_key"):
                yield Withdrawn(item_key=request.meta["item_key"])
            else:
                self.cut("outage", f"a list is no more (status {failure.value.response.status})")
            return
        if isinstance(failure.value, TrafficStopped):
            self._not_asked(self.traffic.stopped)
        elif isinstance(failure.value, HttpError):
            self.cut("outage", f"a page could not be read (status {failure.value.response.status})")
        elif not isinstance(failure.value, (Unchanged, NoPage)):
            self.cut("outage", f"a page could not be read ({type(failure.value).__name__})")

    def _not_asked(self, why: str) -> None:
        """Notes that a page was not asked for since no request may go."""
        if why == "interrupted":
            self.outcome.interrupted = True
        elif why in ("hours", "budget"):
            told = "its hours are over" if why == "hours" else "its requests for today are spent"
            self.cut("budget", f"the window was not read to its end: {told}")
        else:
            self.cut("outage", f"the source is out of order ({why})")

    def come_back_in(self, seconds: float, told: str) -> None:
        """Ends the crawl of a site that asks to be left alone for longer than a crawl waits."""
        self.traffic.come_back_in = seconds
        self.cut("outage", told)
        self.traffic.stop("busy")

    def saw_unchanged(self, item_key: str | None, url: str) -> None:
        """Counts a page that was not sent again as found."""
        self.outcome.seen_urls.add(url)
        if item_key is None:
            self.outcome.found += 1
        elif item_key not in self.outcome.seen:
            self.saw(item_key)

    def saw(self, item_key: str) -> None:
        """Counts an item of this window as found."""
        self.outcome.found += 1
        self.outcome.seen.add(item_key)


def asked_for(request: Request) -> str:
    """The address that the spider asked for, before any redirect."""
    return str(request.meta.get("redirect_urls", [request.url])[0])


__all__ = ["Assignment", "BlockCause", "Blocked", "Outcome", "ParserSettings", "RawItem", "SourceSpider", "Withdrawn"]
