"""Traffic: when the next request to a host may go, and whether one may go at all (rate, budget, hours, kill switch)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import Protocol

from scrapy.exceptions import IgnoreRequest

from crawlers.registry.source import Source
from crawlers.windows import BEIJING


class TrafficStopped(IgnoreRequest):
    """No further request may go to this source in this crawl: it was blocked, stopped, or its budget is spent."""


class Ledger(Protocol):
    """Counts the requests of a day where all processes see it: the store."""

    def spend(self, count: int) -> int:
        """Adds to today's requests; returns how many it are."""
        ...


class InMemory:
    """A ledger for one process, for trying a source out."""

    def __init__(self) -> None:
        self.spent = 0

    def spend(self, count: int) -> int:
        """Adds to the requests; returns how many it are."""
        self.spent += count
        return self.spent


class Traffic:
    """What one crawl sends, over all of its windows. Every request takes its turn here before it leaves."""

    def __init__(self, source: Source, ledger: Ledger, clock: Callable[[], datetime] | None = None) -> None:
        self._source = source
        self._ledger = ledger
        self._clock = clock or (lambda: datetime.now(UTC))
        self._delays: dict[str, float] = {}
        self._free_at: dict[str, float] = defaultdict(float)
        self._locks: dict[str, asyncio.Lock] = {}
        self.stopped = ""
        """Why no more requests go; empty while they do."""

    def slow_down(self, host: str, seconds: float) -> None:
        """Takes a longer pause between requests to a host from now on (Crawl-delay); never a shorter one."""
        self._delays[host] = max(seconds, self._delays.get(host, 0.0))

    def back_off(self, host: str, seconds: float) -> None:
        """Lets a host alone for so long (Retry-After)."""
        self._free_at[host] = max(self._free_at[host], monotonic() + seconds)

    def delay(self, host: str) -> float:
        """Seconds between two requests to a host."""
        return max(self._source.rate_seconds, self._delays.get(host, 0.0))

    def stop(self, why: str) -> None:
        """Lets no more requests go."""
        self.stopped = self.stopped or why

    async def turn(self, host: str) -> None:
        """Waits until a request to the host may go. Raises TrafficStopped when none may.

        Requests to one host go one by one; the pause is counted from the moment that the host answered the one before,
        so that what it sees is never more than the rate.
        """
        lock = self._locks.setdefault(host, asyncio.Lock())
        await lock.acquire()
        try:
            while (wait := self._free_at[host] - monotonic()) > 0 and not self.stopped:
                await asyncio.sleep(min(wait, 0.5))
            self._admit()
        except BaseException:
            lock.release()
            raise

    def answered(self, host: str) -> None:
        """Ends the turn: the answer has begun, or will not come."""
        self._free_at[host] = max(self._free_at[host], monotonic() + self.delay(host))
        self._locks[host].release()

    def _admit(self) -> None:
        if self.stopped:
            raise TrafficStopped(self.stopped)
        hours = self._source.night_window
        if hours is not None and not hours.open_at(self._clock().astimezone(BEIJING).time()):
            self.stop("hours")
        elif self._ledger.spend(1) > self._source.daily_requests:
            self.stop("budget")
        if self.stopped:
            raise TrafficStopped(self.stopped)
