"""robots.txt (爬虫协议): obeyed, re-read while a crawl goes on; where it cannot be read, the source is left alone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.httpobj import urlparse_cached

from crawlers.politeness.addresses import authority
from crawlers.politeness.stopped import TrafficStopped

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawlers.spiders.base import SourceSpider

VALID_FOR: Final = 3600.0
"""Seconds after which robots.txt is read again."""
NAME: Final = "Minyi"
"""The name that robots.txt may address."""
NOBODY_KNOWS: Final = frozenset({401, 403, 408, 425, 429})
"""Refusals of robots.txt itself: taken as not readable, unlike 404."""


class RobotsRefused(IgnoreRequest):
    """E712: robots.txt does not allow this page."""


class RobotsUnreadable(IgnoreRequest):
    """E713: robots.txt could not be read: nobody knows what it allows, so nothing is read (P-19)."""


@dataclass(slots=True)
class Robots:
    """What one host's robots.txt said, and when; None: could not be read."""

    parser: ProtegoRobotParser | None
    decision: str
    read_at: float = field(default_factory=monotonic)


class RobotsBook:
    """The robots.txt of all hosts of one crawl, over all of its windows."""

    def __init__(self) -> None:
        self.read: dict[str, Robots] = {}
        self.lock = asyncio.Lock()

    def fresh(self, host: str) -> Robots | None:
        """What is known of a host and not too old."""
        known = self.read.get(host)
        return known if known and monotonic() - known.read_at < VALID_FOR else None


class RobotsObeyed(RobotsTxtMiddleware):
    """Scrapy's robots.txt middleware, with a term of validity, Crawl-delay, and "unreadable means no".

    A start page that is refused closes the source, and so does the robots.txt of its host when it cannot be read;
    another page that is refused, or whose host's robots.txt cannot be read, is left out: its window is a lower bound.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._crawler = crawler

    async def process_request(self, request: Request, spider: Any = None) -> None:
        """Lets the request pass, or raises RobotsRefused or RobotsUnreadable."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        reader: SourceSpider = self._crawler.spider  # type: ignore[assignment]
        known = await self._robots(request, reader)
        host = urlparse_cached(request).netloc
        if known.parser is None:
            if authority(request.url) in {authority(url) for url in reader.source.start}:
                reader.note_block("robots_unreadable", f"robots.txt of {host} cannot be read ({known.decision})")
            raise RobotsUnreadable(f"E713: robots.txt of {host} cannot be read")
        if not known.parser.allowed(request.url, NAME):
            self._crawler.stats.inc_value("robotstxt/forbidden")
            if not request.meta.get("depth") and not request.meta.get("recheck"):
                reader.note_block("robots", f"robots.txt of {host} does not allow the start page")
            raise RobotsRefused(f"E712: robots.txt of {host} does not allow this page")

    async def _robots(self, request: Request, reader: SourceSpider) -> Robots:
        book, host = reader.traffic.robots, urlparse_cached(request).netloc
        async with book.lock:
            known = book.fresh(host)
            if known is None:
                known = book.read[host] = await self._ask(request)
                reader.note_robots(known.decision)
                delay = known.parser.crawl_delay(NAME) if known.parser else None
                if delay:
                    reader.traffic.slow_down(request.url, delay)
        return known

    async def _ask(self, request: Request) -> Robots:
        parts = urlparse_cached(request)
        self._crawler.stats.inc_value("robotstxt/request_count")
        asked = Request(
            f"{parts.scheme}://{parts.netloc}/robots.txt",
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True, "robots": True},
            callback=NO_CALLBACK,
        )
        try:
            answer: Response = await self._crawler.engine.download_async(asked)
        except TrafficStopped:
            raise
        except Exception as error:  # whatever it is, nobody knows what robots.txt says
            return Robots(None, type(error).__name__)
        if answer.status >= 500 or answer.status in NOBODY_KNOWS:
            return Robots(None, f"status {answer.status}")
        if answer.status != 200:
            return Robots(ProtegoRobotParser(b"", None), "none")
        return Robots(ProtegoRobotParser(answer.body, None), "allowed")
