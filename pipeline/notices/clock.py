"""Statutory clocks: working days with the State Council's holidays, and the period of a notice beside its statute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import chinese_calendar

from pipeline.notices.kinds import NoticeKind
from pipeline.notices.periods import Period, announced_period
from pipeline.records import Document, Evidence
from pipeline.records.milestone import Clock, DayUnit

_DAY: Final = timedelta(days=1)


def holidays_known(day: date) -> bool:
    """Whether the State Council's calendar of that year is known (``chinesecalendar``)."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def is_working_day(day: date) -> bool:
    """Whether offices work: shifted working days do, holidays do not; Monday to Friday in a year not known."""
    return bool(chinese_calendar.is_workday(day)) if holidays_known(day) else day.weekday() < 5


def days_in(first: date, last: date, unit: DayUnit) -> int:
    """Days from ``first`` to ``last``, both included, in calendar or working days."""
    return sum(unit == "day" or is_working_day(day) for day in _days(first, last))


@lru_cache(maxsize=10_000)
def end_of(published: date, days: int, unit: DayUnit) -> date:
    """The last of so many days, the first being the day after publication."""
    day = published
    while days > 0:
        day += _DAY
        days -= unit == "day" or is_working_day(day)
    return day


def clock_of(kind: NoticeKind, document: Document, published: date | None) -> Clock | None:
    """What the statute wants and what the notice announces, in the unit of the statute; None where it sets no clock."""
    if kind.minimum is None:
        return None
    period = announced_period(document.text, published)
    begins = published or (period.first if period else None)
    ends = end_of(begins, kind.minimum, kind.unit) if begins else None
    counted = _counted(period, kind.unit, published) if period else None
    days = [day for day in (begins, ends, period and period.last) if day]
    return Clock(
        basis=kind.basis,
        required=kind.minimum,
        unit=kind.unit,
        announced=counted,
        first=period.first if period else None,
        last=period.last if period else None,
        earliest_end=ends,
        evidence=Evidence(document_id=document.id, start=period.start, end=period.end) if period else None,
        exception=kind.exception,
        holidays_known=kind.unit == "day" or all(map(holidays_known, days)),
    )


def _counted(period: Period, unit: DayUnit, published: date | None) -> int | None:
    """The days of an announced period in another unit; None where it has no date to count from."""
    if period.first and period.last:
        return days_in(period.first, period.last, unit)
    if period.number is None or period.unit == unit:
        return period.number
    if published is None:
        return None
    return days_in(published + _DAY, end_of(published, period.number, period.unit), unit)


def _days(first: date, last: date) -> Iterator[date]:
    yield from (first + _DAY * number for number in range((last - first).days + 1))
