"""From what the store counted to what the detector is told: who was read in an hour, what is new, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.alerts.coverage import PHASE_IN, SourceHour, growth, observe
from pipeline.alerts.observation import Observation, moment_of, tick_of
from pipeline.store import HourCount, SourceWindow
from pipeline.store.hourly import IMPORTED

MISSING: Final = 0
CAPPED: Final = 1
WHOLE: Final = 2
LOWER_BOUND: Final = frozenset({"page_cap", "budget", "out_of_order"})
"""Reasons for which a window was cut short that leave what it found as a lower bound; after others it is a gap.

One that found nothing is a gap whatever the reason: a source that fell silent (来源事件) says nothing of people.
"""
PATIENCE: Final = 6
"""Hours for which an hour waits for sources that were not read past it yet."""
PHASE_IN_TICKS: Final = int(PHASE_IN.total_seconds()) // 3600


class Coverage:
    """How each source was read, hour by hour, over one stretch of hours (both ends included)."""

    def __init__(
        self, windows: Iterable[SourceWindow], imported_through: Mapping[str, datetime], first: int, last: int
    ) -> None:
        self.first, self.last = first, last
        self._hours: dict[str, npt.NDArray[np.uint8]] = {}
        self._through: dict[str, int] = {}
        for source, newest in imported_through.items():
            self._import(source, tick_of(newest))
        by_source: dict[str, list[SourceWindow]] = {}
        for window in windows:
            by_source.setdefault(window.source, []).append(window)
        for source, mine in by_source.items():
            self._crawl(source, mine)

    def at(self, source: str, tick: int) -> int:
        """MISSING, CAPPED or WHOLE."""
        hours = self._hours.get(source)
        return MISSING if hours is None else int(hours[tick - self.first])

    def through(self, source: str) -> int | None:
        """The last hour that the source is known to have been read to the end; None when it was not read at all."""
        return self._through.get(source)

    def troubled(self, tick: int) -> set[str]:
        """The sources that were not read whole in that hour."""
        return {source for source, hours in self._hours.items() if hours[tick - self.first] != WHOLE}

    @property
    def sources(self) -> frozenset[str]:
        """All sources that anything is known of."""
        return frozenset(self._hours)

    def _import(self, source: str, newest: int) -> None:
        """An import is taken to be whole up to its newest text, whose hour may have been cut off."""
        hours = self._empty(source)
        hours[: max(0, newest - self.first)] = WHOLE
        if self.first <= newest <= self.last:
            hours[newest - self.first] = CAPPED
        self._through[source] = newest

    def _crawl(self, source: str, windows: list[SourceWindow]) -> None:
        hours = self._empty(source)
        beginning = moment_of(self.first)
        for since, until in _joined(w for w in windows if w.cut_short is None or _bounds(w)):
            self._mark(hours, max(since or beginning, beginning), until, CAPPED, whole_hours=False)
        for since, until in _joined(w for w in windows if w.cut_short is None):
            self._mark(hours, max(since or beginning, beginning), until, WHOLE, whole_hours=True)
        self._through[source] = max(tick_of(window.until) for window in windows) - 1

    def _mark(
        self, hours: npt.NDArray[np.uint8], since: datetime, until: datetime, as_: int, *, whole_hours: bool
    ) -> None:
        start, end = tick_of(since), tick_of(until)
        if whole_hours:
            start += since > moment_of(start)
        else:
            end += until > moment_of(end)
        hours[max(0, start - self.first) : max(0, end - self.first)] = as_

    def _empty(self, source: str) -> npt.NDArray[np.uint8]:
        return self._hours.setdefault(source, np.zeros(self.last - self.first + 1, dtype=np.uint8))


def _bounds(window: SourceWindow) -> bool:
    """Whether what a window that was cut short found is a lower bound."""
    return window.cut_short in LOWER_BOUND and window.found > 0


def _joined(windows: Iterable[SourceWindow]) -> list[tuple[datetime | None, datetime]]:
    """Windows that touch or overlap as one stretch; None is before all time."""
    found: list[tuple[datetime | None, datetime]] = []
    ordered = sorted(windows, key=lambda w: (w.since is not None, w.since.timestamp() if w.since else 0.0))
    for window in ordered:
        if found and (window.since is None or window.since <= found[-1][1]):
            found[-1] = (found[-1][0], max(found[-1][1], window.until))
        else:
            found.append((window.since, window.until))
    return found


@dataclass
class Source:
    """One source of one project. ``seen``: its negative origins, ``others``: those of the others while it was new."""

    since: int
    seen: float = 0.0
    others: float = 0.0
    counts: bool = False
    last: int = 0
    """The last hour in which it delivered or was read."""


@dataclass
class Sources:
    """The sources of one project: what is new is watched for 14 days before it counts, what is given up goes."""

    by_key: dict[str, Source] = field(default_factory=dict)

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Sources:
        """From what the store keeps."""
        return cls({key: Source(*values) for key, values in stored.items()})

    def as_json(self) -> dict[str, Any]:
        """What the store keeps."""
        return {key: [s.since, s.seen, s.others, s.counts, s.last] for key, s in sorted(self.by_key.items())}

    @property
    def settled(self) -> bool:
        """Whether every source counts, so that a quiet hour need not be looked at source by source."""
        return all(source.counts for source in self.by_key.values())

    def crawled(self) -> list[str]:
        """The keys of those that are crawled."""
        return [key for key in self.by_key if not key.startswith(IMPORTED)]

    def admit(self, keys: Iterable[str], tick: int, begin: int, read_since: Mapping[str, int]) -> None:
        """Takes note of sources that delivered for the first time.

        One that was there when the project's first days were judged counts at once: nothing was learnt without it.
        """
        for key in sorted(keys):
            if key not in self.by_key:
                since = min(read_since.get(key, tick), tick)
                at_once = since - begin < PHASE_IN_TICKS and tick - begin < PHASE_IN_TICKS
                self.by_key[key] = Source(since=since, counts=at_once or tick - since >= PHASE_IN_TICKS, last=tick)

    def turn(self, tick: int, coverage: Coverage) -> float:
        """Lets sources that have been watched long enough count, and lets go of those that fell silent.

        Returns the factor by which the project's habit changes with them.
        """
        factor = 1.0
        for key, source in self.by_key.items():
            if coverage.at(key, tick) != MISSING:
                source.last = tick
            if source.counts and tick - source.last > PHASE_IN_TICKS and self._others_count(key):
                factor /= growth(self._usual(), key)
                source.counts, source.since = False, tick
            elif not source.counts and source.last == tick and tick - source.since >= PHASE_IN_TICKS:
                factor *= growth({key: source.seen, "": source.others}, key)
                source.counts = True
            elif not source.counts and source.last < tick:
                source.since = max(source.since, source.last)
        return factor

    def observation(self, tick: int, coverage: Coverage, count: HourCount | None) -> Observation:
        """What the detector is told about the hour, when it is not plainly nothing."""
        negative = count.negative if count else {}
        total = count.total if count else {}
        hours = []
        for key, source in self.by_key.items():
            if source.counts:
                read = coverage.at(key, tick)
                came = bool(total.get(key))
                hours.append(
                    SourceHour(
                        source=key,
                        since=moment_of(tick) - PHASE_IN,
                        count=float(negative.get(key, 0)),
                        total=float(total.get(key, 0)),
                        capped=read == CAPPED or (read == MISSING and came),
                        missing=read == MISSING and not came,
                    )
                )
        return observe(moment_of(tick), hours, self._usual())

    def learn(self, count: HourCount) -> None:
        """Adds what an hour brought."""
        counted = sum(count.negative.get(key, 0) for key, source in self.by_key.items() if source.counts)
        for key, source in self.by_key.items():
            source.seen += count.negative.get(key, 0)
            if not source.counts:
                source.others += counted

    def _usual(self) -> dict[str, float]:
        """What each source that counts usually brings; one more than it did, so that none weighs nothing."""
        return {key: source.seen + 1.0 for key, source in self.by_key.items() if source.counts}

    def _others_count(self, key: str) -> bool:
        return any(source.counts for other, source in self.by_key.items() if other != key)


def frontier(sources: Iterable[str], coverage_through: Mapping[str, int], last: int) -> int | None:
    """The last hour that can be judged now: every crawled source was read past it, or has been waited for.

    A project of imports alone waits for the next import: nothing is known beyond the newest imported text. None when
    nothing is known at all.
    """
    known = {key: coverage_through[key] for key in sources if key in coverage_through}
    crawled = [through for key, through in known.items() if not key.startswith(IMPORTED)]
    if crawled:
        return min(last, max(min(crawled), last - PATIENCE))
    return min(last, max(known.values())) if known else None
