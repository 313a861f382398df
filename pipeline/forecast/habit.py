"""The days of many projects as they were judged, and what such days usually bring: for a board, not for alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import numpy as np

from pipeline.alerts.detector import Detector
from pipeline.alerts.settings import DetectorSettings
from pipeline.alerts.state import HOURS, State
from pipeline.alerts.tail import quantile
from pipeline.forecast.band import LEAST_DAYS, WeekOfProject
from pipeline.forecast.model import Outlook
from pipeline.store import JudgedDay, Series, Store

EPOCH: Final = date(1970, 1, 1)
KEPT: Final = 512
"""Habits in memory."""
Band = tuple[float, int, int]
"""Expected origins of a day and their 90 % interval."""


@dataclass(frozen=True, slots=True)
class DayOfProject:
    """One day. ``read``: share of its hours that were judged and not missing; below one the count is a lower bound.

    ``total``: origins of any attitude, None where they are not known.
    """

    day: date
    count: int
    total: int | None
    voices_low: int
    voices_high: int
    read: float
    capped: bool


def days_of(store: Store, series: dict[str, Series], first: date, last: date) -> dict[str, list[DayOfProject]]:
    """The days from ``first`` to ``last`` of every project of ``series``."""
    begin, end = _number(first), _number(last)
    found: dict[tuple[str, int], JudgedDay] = {
        (one.project_id, one.day): one for one in store.judged_days(sorted(series), begin, end)
    }
    return {
        project_id: [_day(found.get((project_id, day)), day, one.begin, one.tick) for day in range(begin, end + 1)]
        for project_id, one in series.items()
    }


def first_day(series: Series) -> date:
    """The day from which on the project was watched."""
    return EPOCH + timedelta(days=series.begin // HOURS)


def together(days: Sequence[DayOfProject]) -> WeekOfProject:
    """The days of a week as one."""
    return WeekOfProject(
        first=days[0].day,
        count=sum(day.count for day in days),
        voices_low=max(day.voices_low for day in days),
        voices_high=sum(day.voices_high for day in days),
        read=sum(day.read for day in days) / len(days),
        capped=any(day.capped for day in days),
        band=None,
    )


def habit(series: Series, days: Sequence[date]) -> list[Band] | None:
    """What such days usually bring by the habit that is known now; None before two weeks were judged."""
    if series.tick - series.begin + 1 < LEAST_DAYS * HOURS:
        return None
    return _habit(series.state, tuple(days))


def usual_week(series: Series, monday: date) -> Band | None:
    """What the week from a Monday usually brings, as :func:`habit` says of days."""
    if series.tick - series.begin + 1 < LEAST_DAYS * HOURS:
        return None
    return _usual_week(series.state, monday)


@lru_cache(maxsize=KEPT)
def _habit(packed: bytes, days: tuple[date, ...]) -> list[Band] | None:
    outlook = _outlook(packed)
    if outlook is None:
        return None
    mean, dispersion = outlook.usual(days)
    low, high = (quantile(level, mean, dispersion).astype(int).tolist() for level in (0.05, 0.95))
    return [(float(mean[at]), low[at], high[at]) for at in range(len(days))]


@lru_cache(maxsize=KEPT)
def _usual_week(packed: bytes, monday: date) -> Band | None:
    outlook = _outlook(packed)
    if outlook is None:
        return None
    mean, dispersion = outlook.usual_week(monday)
    low, high = (float(quantile(level, np.array([mean]), np.array([dispersion]))[0]) for level in (0.05, 0.95))
    return mean, int(low), int(high)


def _outlook(packed: bytes) -> Outlook | None:
    try:
        state = State.from_bytes(packed)
    except ValueError:  # of another version, which the next watch begins anew
        return None
    return None if state.tick is None else Outlook(state, DetectorSettings(), Detector().prior)


def _day(found: JudgedDay | None, day: int, begin: int, reach: int) -> DayOfProject:
    judged = max(0, min(reach, day * HOURS + HOURS - 1) - max(begin, day * HOURS) + 1)
    return DayOfProject(
        day=EPOCH + timedelta(days=day),
        count=round(found.negative) if found else 0,
        total=0 if found is None else None if found.total is None else round(found.total),
        voices_low=found.voices_low if found else 0,
        voices_high=found.voices_high if found else 0,
        read=(judged - (found.missing if found else 0)) / HOURS,
        capped=found is not None and found.bounded,
    )


def _number(day: date) -> int:
    return (day - EPOCH).days
