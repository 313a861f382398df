"""Weekly volume beside the baseline that was known when each week began: for charts, not for alarms."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np

from pipeline.alerts.detector import Detector
from pipeline.alerts.observation import Observations, tick_of
from pipeline.alerts.settings import DetectorSettings
from pipeline.alerts.state import HOURS, State, States
from pipeline.alerts.tail import quantile
from pipeline.forecast.model import ForecastSettings, Outlook
from pipeline.store import JudgedHour, Series, Store

WARM: Final = 8
"""Weeks before the first shown one from which the habit is learnt."""
LEAST_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class WeekOfProject:
    """One week from Monday. ``band``: expected and 90 % interval as of its first hour, None in the first days.

    ``read``: share of its hours that were judged and not missing; below one the count is a lower bound.
    """

    first: date
    count: int
    voices_low: int
    voices_high: int
    read: float
    capped: bool
    band: tuple[float, int, int] | None


def weeks_of(
    store: Store, project_ids: Sequence[str], last_monday: date, weeks: int, banded: Collection[str]
) -> dict[str, list[WeekOfProject]]:
    """The ``weeks`` weeks that end with the one of ``last_monday``; projects that were never judged are missing.

    Only the projects of ``banded`` get their baseline.
    """
    mondays = [last_monday - timedelta(weeks=back) for back in reversed(range(weeks))]
    first, end = _tick(mondays[0]) - WARM * 7 * HOURS, _tick(last_monday) + 7 * HOURS
    known = store.alert_series(project_ids)
    hours = {one: {hour.tick: hour for hour in store.judged_hours(one, first, end - 1)} for one in sorted(known)}
    bands = _bands([known[one] for one in sorted(known) if one in banded], hours, mondays, first, end)
    return {
        one: [
            _week(monday, hours[one], known[one].begin, known[one].tick, bands.get((one, monday))) for monday in mondays
        ]
        for one in hours
    }


def _bands(
    series: Sequence[Series],
    hours: Mapping[str, Mapping[int, JudgedHour]],
    mondays: Sequence[date],
    first: int,
    end: int,
) -> dict[tuple[str, date], tuple[float, int, int]]:
    """The baseline of each series at each Monday by which it was old enough."""
    if not series:
        return {}
    found: dict[tuple[str, date], tuple[float, int, int]] = {}
    begins, reach = np.array([one.begin for one in series]), np.array([one.tick for one in series])
    states, detector, starts = States.new(len(series)), Detector(), {_tick(monday): monday for monday in mondays}
    for tick in range(max(first, int(begins.min())), min(end, int(reach.max()) + 1)):
        if tick in starts:
            for at, one in enumerate(series):
                if tick - max(one.begin, first) >= LEAST_DAYS * HOURS:
                    found[one.project_id, starts[tick]] = _band(states, at, starts[tick])
        rows = np.flatnonzero((begins <= tick) & (reach >= tick))
        if len(rows):
            part = states.take(rows)
            detector.step_many(part, _seen(tick, [hours[series[row].project_id].get(tick) for row in map(int, rows)]))
            states.put(rows, part)
    return found


def _band(states: States, at: int, monday: date) -> tuple[float, int, int]:
    outlook = Outlook(State(states.row_bytes(at)), DetectorSettings(), Detector().prior)
    mean, dispersion = outlook.week(monday, 1, ForecastSettings())
    low, high = (float(quantile(p, np.array([mean]), np.array([dispersion]))[0]) for p in (0.05, 0.95))
    return mean, int(low), int(high)


def _week(
    monday: date, hours: Mapping[int, JudgedHour], begin: int, reach: int, band: tuple[float, int, int] | None
) -> WeekOfProject:
    first = _tick(monday)
    mine = [hours[tick] for tick in range(first, first + 7 * HOURS) if tick in hours]
    judged = max(0, min(reach, first + 7 * HOURS - 1) - max(begin, first) + 1)
    return WeekOfProject(
        first=monday,
        count=round(sum(hour.count for hour in mine if not hour.missing)),
        voices_low=max((hour.voices_low for hour in mine), default=0),
        voices_high=sum(hour.voices_high for hour in mine),
        read=(judged - sum(hour.missing for hour in mine)) / (7 * HOURS),
        capped=any(hour.capped or hour.exposure < 1 for hour in mine if not hour.missing),
        band=band,
    )


def _seen(tick: int, hours: Sequence[JudgedHour | None]) -> Observations:
    return Observations.at(
        tick,
        np.array([hour.count if hour else 0.0 for hour in hours]),
        total=np.array([np.nan if hour is None or hour.total is None else hour.total for hour in hours]),
        exposure=np.array([hour.exposure if hour else 1.0 for hour in hours]),
        capped=np.array([hour is not None and hour.capped for hour in hours]),
        missing=np.array([hour is not None and hour.missing for hour in hours]),
    )


def _tick(day: date) -> int:
    return tick_of(datetime(day.year, day.month, day.day))
