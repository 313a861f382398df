"""Weekly volume beside the baseline that was known when each week began: for charts, not for alarms."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from pipeline.alerts.detector import Detector
from pipeline.alerts.observation import Observations, tick_of
from pipeline.alerts.settings import DetectorSettings
from pipeline.alerts.state import HOURS, State, States
from pipeline.alerts.tail import quantile
from pipeline.forecast.model import ForecastSettings, Outlook
from pipeline.store import JudgedDay, JudgedHour, Series, Store

WARM: Final = 8
"""Weeks before the first shown one from which the habit is learnt."""
LEAST_DAYS: Final = 14
KEPT: Final = 2_000
"""Baselines in memory, one a project and last week."""
Band = tuple[float, int, int]
Bands = dict[date, Band]
"""Expected origins of the week that begins on a Monday, and their 90 % interval."""
Learnt = bytes
"""Digest of what a baseline follows from: the judged days, and where the project's series begins and ends."""


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
    band: Band | None


def weeks_of(
    store: Store, project_ids: Sequence[str], last_monday: date, weeks: int, banded: Collection[str]
) -> dict[str, list[WeekOfProject]]:
    """The ``weeks`` weeks that end with the one of ``last_monday``; projects that were never judged are missing.

    Only the projects of ``banded`` get their baseline.
    """
    mondays = [last_monday - timedelta(weeks=back) for back in reversed(range(weeks))]
    first, end = _tick(mondays[0]) - WARM * 7 * HOURS, _tick(last_monday) + 7 * HOURS
    known = store.alert_series(project_ids)
    days: dict[str, dict[int, JudgedDay]] = {one: {} for one in sorted(known)}
    for day in store.judged_days(list(days), first // HOURS, end // HOURS - 1):
        days[day.project_id][day.day] = day
    bands = _bands_of(store, [known[one] for one in days if one in banded], days, mondays, first, end)
    return {
        one: [
            _week(monday, days[one], known[one].begin, known[one].tick, bands.get(one, {}).get(monday))
            for monday in mondays
        ]
        for one in days
    }


class _Kept:
    """The baselines of one store that were learnt last: going through the hours takes a second. Threads take turns."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self._known: OrderedDict[Learnt, Bands] = OrderedDict()

    def get(self, learnt: Learnt) -> Bands | None:
        if learnt in self._known:
            self._known.move_to_end(learnt)
        return self._known.get(learnt)

    def keep(self, learnt: Learnt, bands: Bands) -> None:
        self._known[learnt] = bands
        while len(self._known) > KEPT:
            self._known.popitem(last=False)


_kept: WeakKeyDictionary[Store, _Kept] = WeakKeyDictionary()


def _bands_of(
    store: Store,
    series: Sequence[Series],
    days: Mapping[str, Mapping[int, JudgedDay]],
    mondays: Sequence[date],
    first: int,
    end: int,
) -> dict[str, Bands]:
    """The baselines of these series; hours are read and gone through only where what was judged is new."""
    kept = _kept.setdefault(store, _Kept())
    learnt: dict[str, Learnt] = {
        one.project_id: _learnt(one, sorted(days[one.project_id].values()), first, end) for one in series
    }
    with kept.turn:
        found = {key: bands for key, what in learnt.items() if (bands := kept.get(what)) is not None}
        missing = [one for one in series if one.project_id not in found]
        hours = {
            one.project_id: {hour.tick: hour for hour in store.judged_hours(one.project_id, first, end - 1)}
            for one in missing
        }
        new = _bands(missing, hours, mondays, first, end)
        for one in missing:
            mine = {monday: band for (key, monday), band in new.items() if key == one.project_id}
            kept.keep(learnt[one.project_id], mine)
            found[one.project_id] = mine
    return found


def _learnt(series: Series, days: Sequence[JudgedDay], first: int, end: int) -> Learnt:
    told = (series.project_id, series.version, series.begin, min(series.tick, end), first, end, days)
    return hashlib.sha256(repr(told).encode()).digest()


def _bands(
    series: Sequence[Series],
    hours: Mapping[str, Mapping[int, JudgedHour]],
    mondays: Sequence[date],
    first: int,
    end: int,
) -> dict[tuple[str, date], Band]:
    """The baseline of each series at each Monday by which it was old enough."""
    if not series:
        return {}
    found: dict[tuple[str, date], Band] = {}
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


def _band(states: States, at: int, monday: date) -> Band:
    outlook = Outlook(State(states.row_bytes(at)), DetectorSettings(), Detector().prior)
    mean, dispersion = outlook.week(monday, 1, ForecastSettings())
    low, high = (float(quantile(p, np.array([mean]), np.array([dispersion]))[0]) for p in (0.05, 0.95))
    return mean, int(low), int(high)


def _week(monday: date, days: Mapping[int, JudgedDay], begin: int, reach: int, band: Band | None) -> WeekOfProject:
    first = _tick(monday)
    mine = [days[day] for day in range(first // HOURS, first // HOURS + 7) if day in days]
    judged = max(0, min(reach, first + 7 * HOURS - 1) - max(begin, first) + 1)
    return WeekOfProject(
        first=monday,
        count=round(sum(day.negative for day in mine)),
        voices_low=max((day.voices_low for day in mine), default=0),
        voices_high=sum(day.voices_high for day in mine),
        read=(judged - sum(day.missing for day in mine)) / (7 * HOURS),
        capped=any(day.bounded for day in mine),
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
