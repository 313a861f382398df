"""Many interleaved series of counts through the detector, each at its own step; one pass, one state a series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from pipeline.alerts.detector import Detector
from pipeline.alerts.learning import settle
from pipeline.alerts.observation import CHINA, HOUR_SECONDS, Floats, Observations
from pipeline.alerts.reading import Level, Readings
from pipeline.alerts.state import States
from pipeline.alerts.tail import quantile

_EPOCH: Final = datetime(1970, 1, 1)
_DAY_SECONDS: Final = 86400
_LEAP_DAYS: Final = 400
"""A timestamp further beyond the one before is a mistake where the next one is earlier."""
_YEARS: Final = range(1900, 2201)
"""A timestamp of any other year is a mistake; calendars end where years have five digits."""


@dataclass(frozen=True, slots=True)
class Row:
    """One count of one series. ``count`` None: nothing is known about that tick."""

    series: str
    moment: datetime
    count: float | None
    exposure: float = 1.0
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the detector says of a row.

    ``expected`` and ``upper`` (95 %) are of this tick alone, the rest is of the rise that it may begin.

    ``p``: chance that a quiet series begins such a rise at this tick; 1 while a rise already told goes on, and while
    the series is learnt (its first ticks: pipeline.alerts.learning).
    ``level``: of the rise so far. ``alarm``: the rise first reaches the level at which somebody is told, yellow; with
    ticks shorter than an hour, whose levels are not calibrated, it is told when it begins.
    """

    expected: float
    upper: float
    p: float
    level: Level | None
    alarm: bool


@dataclass(slots=True)
class _Table:
    """All series of one step."""

    detector: Detector
    states: States = field(default_factory=lambda: States.new(16))
    used: int = 0

    def add(self) -> int:
        """A place for one more series."""
        if self.used == len(self.states):
            bigger = States.new(2 * self.used)
            bigger.put(np.arange(self.used), self.states)
            self.states = bigger
        self.used += 1
        return self.used - 1


@dataclass(slots=True)
class _Place:
    """Where a series' state is, and the second of its step at which its ticks begin."""

    step: int
    row: int
    phase: int
    tick: int | None = None


class Streams:
    """Reads rows in time order within each series. ``step_seconds`` None: found from the distances of the rows."""

    def __init__(self, step_seconds: int | None = None) -> None:
        self.step_seconds = step_seconds
        self._tables: dict[int, _Table] = {}
        self._places: dict[str, _Place] = {}

    def read(self, rows: Sequence[Row]) -> list[Verdict | str]:
        """A verdict for every row, or what is wrong with it."""
        results: list[Verdict | str] = [""] * len(rows)
        steps = {} if self.step_seconds else _steps(rows, [place.step for place in self._places.values()])
        rounds: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
        turns: Counter[str] = Counter()
        strays = self._strays(rows)
        for i, row in enumerate(rows):
            if i in strays:
                results[i] = f"E803: over {_LEAP_DAYS} days after the row before, and the next row is earlier: check it"
                continue
            place = self._places.get(row.series) or self._place(row, self.step_seconds or steps[row.series])
            tick = round((_seconds(row.moment) - place.phase) / place.step)
            if (wrong := _wrong(row)) or (place.tick is not None and tick <= place.tick):
                late = f"E803: not after the row before at steps of {place.step} s: sort by time, or give the step"
                results[i] = wrong or late
                continue
            place.tick = tick
            rounds.setdefault((turns[row.series], place.step), []).append((i, place.row, tick))
            turns[row.series] += 1
        for (_, step), members in sorted(rounds.items()):
            self._round(self._tables[step], rows, members, results)
        return results

    def _strays(self, rows: Sequence[Row]) -> set[int]:
        """Rows that lie far beyond the one before while the next one of their series goes on from there.

        One that is not followed by another in the same batch is believed.
        """
        last = {name: place.tick * place.step + place.phase for name, place in self._places.items() if place.tick}
        doubtful: dict[str, tuple[int, int]] = {}
        strays = set()
        for i, row in enumerate(rows):
            now, before = _seconds(row.moment), last.get(row.series)
            if (leapt := doubtful.pop(row.series, None)) is not None:
                at, then = leapt
                if before is not None and before < now < then:
                    strays.add(at)
                else:
                    last[row.series] = before = max(then, before or then)
            if before is not None and now - before > _LEAP_DAYS * _DAY_SECONDS:
                doubtful[row.series] = (i, now)
            else:
                last[row.series] = now if before is None else max(now, before)
        return strays

    def _place(self, row: Row, step: int) -> _Place:
        table = self._tables.setdefault(step, _Table(Detector.for_step(step)))
        place = _Place(step, table.add(), _seconds(row.moment) % step)
        self._places[row.series] = place
        return place

    def _round(
        self,
        table: _Table,
        rows: Sequence[Row],
        members: list[tuple[int, int, int]],
        results: list[Verdict | str],
    ) -> None:
        mine = [rows[i] for i, _, _ in members]
        observations = Observations(
            tick=np.array([tick for _, _, tick in members], dtype=np.int64),
            count=np.array([row.count or 0.0 for row in mine]),
            total=np.full(len(mine), np.nan),
            exposure=np.array([row.exposure for row in mine]),
            capped=np.array([row.capped for row in mine], dtype=bool),
            missing=np.array([row.count is None for row in mine], dtype=bool),
        )
        at = np.array([row for _, row, _ in members], dtype=np.int64)
        part = table.states.take(at)
        before = part.columns["level"].copy()
        readings = table.detector.step_many(part, observations)
        least = Level.YELLOW if table.detector.settings.step_seconds >= HOUR_SECONDS else Level.BLUE
        young = settle(part, observations.tick, table.detector.settings)
        alarms = (readings.level >= least) & (before < least) & ~young
        table.states.put(at, part)
        upper = quantile(0.95, readings.tick_expected, readings.tick_dispersion)
        told = (readings.level >= least) & ~alarms
        p = np.where(told | young, 1.0, news_p(table.detector, readings))
        for j, (i, _, _) in enumerate(members):
            level = 0 if young[j] else int(readings.level[j])
            results[i] = Verdict(
                float(readings.tick_expected[j]),
                float(upper[j]),
                float(p[j]),
                Level(level) if level else None,
                bool(alarms[j]),
            )


def news_p(detector: Detector, readings: Readings) -> Floats:
    """Chance that a quiet series begins such a rise at this tick.

    For short ticks the daily peaks of the score are taken as exponential about their own mean.
    """
    step = detector.settings.step_seconds
    if step >= HOUR_SECONDS:
        return detector.recurrence.news_p(readings.score, step / HOUR_SECONDS)
    quiet_day = np.log1p(-np.minimum(np.exp(-readings.score), 1.0 - 1e-12))
    chance: Floats = -np.expm1(quiet_day / (_DAY_SECONDS / step))
    return chance


def _wrong(row: Row) -> str:
    for name, value in (("count", row.count or 0.0), ("exposure", row.exposure)):
        if not 0 <= value < 1e9:
            return f"E801: {name} {value!r}: give a number from 0 to a billion"
    return ""


def _seconds(moment: datetime) -> int:
    civil = moment.astimezone(CHINA).replace(tzinfo=None) if moment.tzinfo else moment
    return (civil - _EPOCH) // timedelta(seconds=1)


def _steps(rows: Iterable[Row], known: list[int]) -> dict[str, int]:
    """The most frequent distance between neighbouring rows of each series; of all series where one has a single row."""
    last: dict[str, int] = {}
    gaps: dict[str, Counter[int]] = {}
    for row in rows:
        now = _seconds(row.moment)
        mine = gaps.setdefault(row.series, Counter())
        if (gap := now - last.get(row.series, now)) > 0:
            mine[gap] += 1
        last[row.series] = now
    everywhere = sum(gaps.values(), Counter(known)) or Counter([HOUR_SECONDS])
    common = everywhere.most_common(1)[0][0]
    return {name: mine.most_common(1)[0][0] if mine else common for name, mine in gaps.items()}


def parse_moment(value: object) -> datetime:
    """ISO 8601 text (without zone: civil time of China) or seconds since 1970 UTC. Raises ValueError (E809)."""
    said = f"E809: timestamp {str(value)[:40]!r}"
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{said}: give ISO 8601 text or seconds since 1970")
    try:
        moment = datetime.fromisoformat(value.strip()) if isinstance(value, str) else datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{said}: give ISO 8601, as 2026-03-01T08:00:00, or seconds since 1970") from None
    if moment.year not in _YEARS:
        raise ValueError(f"{said}: give a year from {_YEARS[0]} to {_YEARS[-1]}")
    return moment
