"""The habit of a source: how many items a day it used to show, from the windows that were read whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import sqrt
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.store import CrawlWindow

BEIJING: Final = ZoneInfo("Asia/Shanghai")
DAYS: Final = 28
"""Days of history that make a habit."""
FEWEST_DAYS: Final = 3
"""With fewer whole days nothing is called a habit."""
MAD_TO_SIGMA: Final = 1.4826
"""Median absolute deviation → standard deviation of a normal distribution."""
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Habit:
    """What a source showed on its whole days: median and spread of items a day, and since when it shows nothing."""

    days: int
    per_day: float
    spread: float
    last: date | None
    """The last whole day, which is not part of the habit, and what it showed."""
    last_found: float
    empty_since: datetime | None
    """Since when every window that was read whole was empty; None where the last one was not."""
    read_until: datetime | None

    @property
    def lowest(self) -> float:
        """A day with fewer items is unusual: three robust standard deviations below the median."""
        return max(0.0, self.per_day - 3 * max(self.spread, sqrt(self.per_day)))

    @property
    def missed(self) -> float:
        """Items that the source would have shown by its habit in the time in which it showed none."""
        if self.empty_since is None or self.read_until is None or self.days < FEWEST_DAYS:
            return 0.0
        return self.per_day * ((self.read_until - self.empty_since) / _DAY)


def habit_of(windows: Iterable[CrawlWindow]) -> Habit:
    """The habit of one source, from its windows. An empty stretch at the end is measured against what was before."""
    whole = sorted((w for w in windows if w.since and _counts(w)), key=lambda w: w.until)
    empty_since = _empty_since(whole)
    trusted = [window for window in whole if window.cut_short is None]
    by_day = _by_day(w for w in trusted if empty_since is None or w.until <= empty_since)
    days = sorted(by_day)
    last = days[-1] if days else None
    before = [by_day[day] for day in days[:-1]][-DAYS:]
    used = [by_day[day] for day in days][-DAYS:] if empty_since else before
    middle = median(used) if used else 0.0
    spread = MAD_TO_SIGMA * median(abs(found - middle) for found in used) if used else 0.0
    return Habit(
        days=len(used),
        per_day=middle,
        spread=spread,
        last=last,
        last_found=by_day[last] if last else 0.0,
        empty_since=empty_since,
        read_until=whole[-1].until if whole else None,
    )


def _counts(window: CrawlWindow) -> bool:
    """Whether a window was read whole; one that is out of order was, and showed nothing."""
    return window.cut_short is None or (window.cut_short == "out_of_order" and not window.found)


def _empty_since(whole: list[CrawlWindow]) -> datetime | None:
    begin: datetime | None = None
    for window in reversed(whole):
        if window.found:
            break
        begin = window.since
    return begin


def _by_day(whole: Iterable[CrawlWindow]) -> dict[date, float]:
    """Items of each day that was read from midnight to midnight; longer windows are spread over their days."""
    found: dict[date, float] = defaultdict(float)
    read: dict[date, timedelta] = defaultdict(timedelta)
    for window in whole:
        assert window.since is not None
        begin, length = window.since, window.until - window.since
        while begin < window.until:
            day = begin.astimezone(BEIJING).date()
            end = min(datetime.combine(day + _DAY, time(), BEIJING), window.until)
            found[day] += window.found * ((end - begin) / length)
            read[day] += end - begin
            begin = end
    return {day: found[day] for day in found if read[day] >= _DAY}
