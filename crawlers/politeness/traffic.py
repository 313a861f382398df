"""Traffic: when the next request to a host may go, and whether one may go at all (rate, budget, hours, kill switch)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol

from scrapy.http import Request

from crawlers.politeness.addresses import authority, is_public, literal
from crawlers.politeness.robots import RobotsBook
from crawlers.politeness.stopped import NoPage, TrafficStopped
from crawlers.registry.source import FASTEST, Source
from crawlers.windows import BEIJING

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


MOST_FAILURES: Final = 9
"""Requests that fail one after the other, retries among them, before a source counts as out of order."""
MIDDLEWARE_STEPS: Final = 50
"""Rounds of the event loop in which an answer is certainly through all middlewares."""


class Ledger(Protocol):
    """Counts the requests of a day where all processes see it: the store."""

    async def admit(self) -> bool:
        """Counts one request; whether today's budget has room for it."""
        ...


class Unlimited:
    """A ledger that lets everything pass, for trying a source out."""

    async def admit(self) -> bool:
        """Lets the request pass."""
        return True


class Traffic:
    """What one crawl sends, over all of its windows. Every request takes its turn here before it leaves."""

    def __init__(
        self,
        source: Source,
        ledger: Ledger | None = None,
        clock: Callable[[], datetime] | None = None,
        note_robots: Callable[[str], None] = lambda decision: None,
    ) -> None:
        self._source = source
        self._ledger = ledger or Unlimited()
        self._clock = clock or (lambda: datetime.now(UTC))
        self._delays: dict[str, float] = {}
        self._inside: dict[str, bool] = {}
        self._free_at: dict[str, float] = defaultdict(float)
        self._locks: dict[str, asyncio.Lock] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._failures = 0
        self.robots = RobotsBook()
        self.note_robots = note_robots
        """Hears what robots.txt of a start page's host says."""
        self.requests = 0
        self.stopped = ""
        """Why no more requests go: hours, budget, outage, busy, interrupted, or a block; empty while they do."""
        self.come_back_in: float | None = None
        """Seconds after which the site asked to be read again."""

    def slow_down(self, url: str, seconds: float) -> None:
        """Takes a longer pause between requests to a page's host from now on (Crawl-delay); never a shorter one."""
        host = authority(url)
        self._delays[host] = max(seconds, self._delays.get(host, 0.0))
        self.back_off(url, seconds)

    def back_off(self, url: str, seconds: float) -> None:
        """Lets a page's host alone for so long (Retry-After)."""
        host = authority(url)
        self._free_at[host] = max(self._free_at[host], monotonic() + seconds)

    def connected(self, url: str, address: str) -> None:
        """Notes an address that a page's host is connected at; one that is public makes it public for this crawl."""
        host = authority(url)
        self._inside[host] = self._inside.get(host, True) and not is_public(address)

    def delay(self, url: str) -> float:
        """Seconds between two requests to a page's host: at least one, unless it is known to be a private address.

        What a source file says of a host does not decide; what a name led to does, where the connection is made.
        """
        host = authority(url)
        least = 0.0 if host in self._source.allowed_private_hosts and self._is_inside(url) else FASTEST
        return max(least, self._source.rate_seconds, self._delays.get(host, 0.0))

    def _is_inside(self, url: str) -> bool:
        """Whether every connection so far went to private addresses; before the first, only a written address tells."""
        known, written = self._inside.get(authority(url)), literal(authority(url))
        return known if known is not None else written is not None and not is_public(written)

    def stop(self, why: str) -> None:
        """Lets no more requests go."""
        self.stopped = self.stopped or why

    async def turn(self, url: str) -> None:
        """Waits until a request may go to the page's host. Raises TrafficStopped when none may.

        Requests to one host go one by one; the pause is counted from the moment that the host answered the one before,
        so that what it sees is never more than the rate.
        """
        host = authority(url)
        lock = self._locks.setdefault(host, asyncio.Lock())
        await lock.acquire()
        try:
            while (wait := self._free_at[host] - monotonic()) > 0 and not self.stopped:
                await asyncio.sleep(min(wait, 0.5))
            await self._admit()
        except BaseException:
            lock.release()
            raise

    def answered(self, url: str, *, failed: bool) -> None:
        """Ends the turn: the answer is here, or will not come."""
        host = authority(url)
        self._free_at[host] = max(self._free_at[host], monotonic() + self.delay(url))
        self._failures = self._failures + 1 if failed else 0
        if self._failures >= MOST_FAILURES:
            self.stop("outage")
        ending = asyncio.create_task(self._end_turn(self._locks[host]))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    @staticmethod
    async def _end_turn(lock: asyncio.Lock) -> None:
        """Lets the answer go up through the middlewares first: what they find may be that no other request may go."""
        for _ in range(MIDDLEWARE_STEPS):
            await asyncio.sleep(0)
        lock.release()

    async def _admit(self) -> None:
        hours = self._source.night_window
        if hours is not None and not hours.open_at(self._clock().astimezone(BEIJING).time()):
            self.stop("hours")
        if not self.stopped and not await self._ledger.admit():
            self.stop("budget")
        if self.stopped:
            raise TrafficStopped(self.stopped)
        self.requests += 1


class Gate:
    """A downloader middleware that lets nothing into the queues once the traffic is stopped, so that they run dry."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Gate:
        """Scrapy's way of making it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises TrafficStopped when no request may go, NoPage for a link that leads to no page of the web."""
        if not request.url.startswith(("http://", "https://")):
            raise NoPage
        stopped = self._crawler.spider.traffic.stopped  # type: ignore[union-attr]
        if stopped:
            for slot in self._crawler.engine.downloader.slots.values():
                slot.delay = 0.0
            raise TrafficStopped(stopped)
