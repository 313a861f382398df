"""Documents over days, weeks or months in Asia/Shanghai: gaps are shown as gaps, and what was cut short as a bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from api.counting.apart import Apart
from api.counting.calendar import Calendar, Interval, first_day, last_day
from api.counting.coverage import Coverage, DayBook
from api.counting.stances import StanceMonth, bounded, stance_months
from api.policy.suppression import Figure
from index import QueryError
from pipeline.ledger import UNDATED, Crowd

MOST_PERIODS: Final = 4_000


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a week from Monday or a month; ``count`` is None when nothing was read in it."""

    first: date
    last: date
    count: Figure | None
    coverage: Coverage
    missing_sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every period from the first to the last, empty ones among them, and the texts without a date.

    ``months`` divide the same time by stance, when that was asked for.
    """

    interval: Interval
    periods: tuple[Period, ...]
    undated: Figure
    months: tuple[StanceMonth, ...] = ()


def timeline(
    interval: Interval,
    crowd: Crowd,
    book: DayBook,
    k: int,
    first: date | None = None,
    last: date | None = None,
    *,
    told: bool = True,
    apart: Sequence[Apart] = (),
) -> Timeline:
    """The documents of the crowd over time, from ``first`` to ``last`` or over the days that have documents.

    ``told`` is whether their total may be known; ``apart`` are the documents by which neighbouring questions differ
    from this one. Raises QueryError for more than 4,000 periods.
    """
    calendar = Calendar(crowd, k, told=told, apart=apart)
    days = crowd.days[crowd.days != UNDATED]
    begin = first or (date.fromordinal(int(days.min())) if len(days) else None)
    end = last or (date.fromordinal(int(days.max())) if len(days) else None)
    periods: list[Period] = []
    start = begin and first_day(begin, interval)
    while start is not None and end is not None and start <= end:
        if len(periods) == MOST_PERIODS:
            raise QueryError(f"more than {MOST_PERIODS} periods: narrow the dates, or count by week or month")
        upto = last_day(start, interval)
        periods.append(_period(start, upto, calendar.count(start, interval), book))
        start = upto + timedelta(days=1)
    return Timeline(interval, tuple(periods), calendar.undated())


def by_stance(
    line: Timeline, crowd: Crowd, book: DayBook, k: int, *, told: bool = True, apart: Sequence[Apart] = ()
) -> Timeline:
    """The timeline of the same question with the stances of its months."""
    if not line.periods:
        return line
    first, last = line.periods[0].first, line.periods[-1].last
    months = stance_months(crowd, book, k, first, last, told=told, apart=apart)
    return replace(line, months=months)


def _period(first: date, last: date, count: Figure, book: DayBook) -> Period:
    covered = book.of(first, last)
    return Period(first, last, bounded(count, covered.coverage), covered.coverage, covered.missing_sources)
