"""What other settings would have sent over the past days, from the hours as they were judged, beside the verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipeline.alerts.conditions import standing
from pipeline.alerts.detector import Detector
from pipeline.alerts.incidents import heard_in
from pipeline.alerts.levels import LevelRules, shipped_recurrence
from pipeline.alerts.observation import Observation, moment_of, tick_of
from pipeline.alerts.reading import Reading
from pipeline.alerts.state import State
from pipeline.records.incident import LEVELS, AlertLevel, Verdict
from pipeline.store import JudgedHour, Store

LEARNT: Final = 8 * 7 * 24
"""Hours of habit before the first day that is asked for."""
SAME: Final = 24
"""An episode that begins within so many hours of a recorded incident is that incident."""


@dataclass(frozen=True)
class WouldBe:
    """One episode as these settings would have told it. ``verdict``: of the recorded incident it is, if any."""

    begin: datetime
    end: datetime | None
    level: AlertLevel
    observed: int
    expected: float
    recurrence_months: float
    voices_low: int
    voices_high: int
    incident_id: str | None
    verdict: Verdict | None


@dataclass(frozen=True)
class Backtest:
    """What would have been told since a moment; ``not_told``: recorded incidents that would not have been."""

    project_id: str
    since: datetime
    until: datetime
    rates: tuple[float, float, float, float]
    episodes: tuple[WouldBe, ...]
    not_told: tuple[tuple[str, Verdict | None], ...]


def backtest(
    store: Store, project_id: str, since: datetime, rates: tuple[float, float, float, float], k: int
) -> Backtest:
    """Replays the judged hours of a project through a fresh detector and reports what began from ``since`` on.

    The detector learns the habit from the eight weeks before; that a source was new then is not replayed.

    Raises ValueError (E807) for a project that was never judged, or rates that do not fall from blue to red.
    """
    if list(rates) != sorted(rates, reverse=True):
        raise ValueError("E807: false alarms fall from blue to red, as in .25,.05,.01,.001")
    series = store.alert_series([project_id]).get(project_id)
    if series is None:
        raise ValueError(f"E807: project {project_id} was not judged yet; run: minyi work")
    first = max(series.begin, tick_of(since) - LEARNT)
    hours = {hour.tick: hour for hour in store.judged_hours(project_id, first, series.tick)}
    detector = Detector(rules=LevelRules.of(shipped_recurrence(), rates))
    state, best = State.new(), dict[int, tuple[Reading, AlertLevel]]()
    ended: dict[int, datetime] = {}
    for tick in range(first, series.tick + 1):
        state, reading = detector.step(state, _observation(tick, hours.get(tick)))
        if reading.episode is None:
            continue
        if reading.episode.end is not None:
            ended[reading.episode.serial] = reading.episode.end
        elif reading.level is not None:
            known = best.get(reading.episode.serial)
            if known is None or reading.score > known[0].score or reading.alarm:
                best[reading.episode.serial] = (reading, LEVELS[reading.level - 1])
    recorded = store.incidents([project_id], kind="volume", limit=10_000)
    found, met = [], set()
    for serial, (reading, signal) in sorted(best.items()):
        assert reading.episode is not None
        begin = reading.episode.begin
        if begin < since:
            continue
        tick = tick_of(reading.hour)
        window = store.hour_counts([project_id], tick - reading.window_ticks + 1, tick)
        heard, _ = heard_in(store, project_id, window)
        same = next((i for i in recorded if abs(tick_of(i.begin) - tick_of(begin)) <= SAME), None)
        if same is not None:
            met.add(same.id)
        found.append(
            WouldBe(
                begin=begin,
                end=ended.get(serial),
                level=standing(signal, heard, k).level,
                observed=round(reading.observed),
                expected=reading.expected,
                recurrence_months=reading.recurrence_months,
                voices_low=heard.voices_low,
                voices_high=heard.voices_high,
                incident_id=same.id if same else None,
                verdict=same.verdict if same else None,
            )
        )
    missed = tuple((i.id, i.verdict) for i in recorded if i.begin >= since and i.id not in met)
    return Backtest(project_id, since, moment_of(series.tick + 1), rates, tuple(found), missed)


def _observation(tick: int, hour: JudgedHour | None) -> Observation:
    """An hour without a row was seen and brought nothing."""
    if hour is None:
        return Observation(moment_of(tick), count=0.0, total=0.0)
    return Observation(moment_of(tick), hour.count, hour.total, hour.exposure, hour.capped, hour.missing)
