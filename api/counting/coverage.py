"""Which days were read at all: a day on which no source was read is missing, not silent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal

from index.days import BEIJING, day_start
from pipeline.store import CrawlWindow

Coverage = Literal["complete", "lower_bound", "missing", "unknown"]
"""``unknown``: only imports, of which nobody can say whether they are everything."""
INSTANT: Final = timedelta(seconds=1)
"""A gap that short is how two windows meet."""


@dataclass(slots=True)
class _Source:
    begins: datetime
    read: list[tuple[datetime, datetime]] = field(default_factory=list)
    cut: list[tuple[datetime, datetime]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Covered:
    """How a stretch of days was covered, and the sources that were not read on some of them."""

    coverage: Coverage
    missing_sources: tuple[str, ...] = ()


class DayBook:
    """What the windows say about days, up to now. A source is expected from its first window on, for good."""

    def __init__(self, windows: Iterable[CrawlWindow], now: datetime) -> None:
        self._sources = _sources(windows)
        self._now = now

    @property
    def today(self) -> date:
        """The day in Asia/Shanghai up to which it says anything."""
        return self._now.astimezone(BEIJING).date()

    def of(self, first: date, last: date) -> Covered:
        """The coverage of the days from first to last: of each day, then of all together."""
        missing: set[str] = set()
        found: set[Coverage] = set()
        day = first
        while day <= last:
            found.add(self._day(day, missing))
            day += timedelta(days=1)
        if len(found) == 1:
            return Covered(found.pop(), tuple(sorted(missing)))
        bound = found & {"missing", "lower_bound"}
        return Covered("lower_bound" if bound else "unknown", tuple(sorted(missing)))

    def _day(self, day: date, missing: set[str]) -> Coverage:
        begins, ends = day_start(day), min(day_start(day + timedelta(days=1)), self._now)
        expected = [(name, source) for name, source in self._sources.items() if source.begins < ends]
        if not expected:
            return "unknown"
        silent = {name for name, source in expected if not _overlap(source.read, begins, ends)}
        missing |= silent
        if len(silent) == len(expected):
            return "missing"
        partly = any(
            _overlap(source.cut, begins, ends)
            or ends - max(begins, source.begins) - _overlap(source.read, begins, ends) > INSTANT
            for _, source in expected
        )
        return "lower_bound" if partly else "complete"


def _sources(windows: Iterable[CrawlWindow]) -> dict[str, _Source]:
    by_source: dict[str, list[CrawlWindow]] = defaultdict(list)
    for window in windows:
        by_source[window.source].append(window)
    return {name: _source(found) for name, found in by_source.items()}


def _source(windows: list[CrawlWindow]) -> _Source:
    """A window without a beginning vouches for its last day; one cut short before anything was seen, for nothing."""
    spans = [(_begin(window), window.until, window) for window in windows]
    source = _Source(min(begin for begin, _, _ in spans))
    for begin, end, window in sorted(spans, key=lambda span: span[:2]):
        if window.cut_short is not None and not window.found:
            continue
        if window.cut_short is not None:
            source.cut.append((begin, end))
        if source.read and begin <= source.read[-1][1]:
            source.read[-1] = (source.read[-1][0], max(end, source.read[-1][1]))
        else:
            source.read.append((begin, end))
    return source


def _begin(window: CrawlWindow) -> datetime:
    return window.since or day_start(window.until.astimezone(BEIJING).date())


def _overlap(spans: list[tuple[datetime, datetime]], begins: datetime, ends: datetime) -> timedelta:
    return sum((max(timedelta(), min(ends, b) - max(begins, a)) for a, b in spans), timedelta())
