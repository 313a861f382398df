"""The watch: judges every project hour by hour up to the last complete one, and keeps what it judged by.

A stretch of hours, the detector's states, the incidents and what is to be told of them are one transaction: killed
anywhere, the next watch goes on with the same bytes.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

import numpy as np

from pipeline.alerts.counting import PHASE_IN_TICKS, Coverage, Sources, frontier
from pipeline.alerts.detector import Detector
from pipeline.alerts.incidents import Episodes
from pipeline.alerts.lapses import lapse
from pipeline.alerts.late import note_late
from pipeline.alerts.levels import LevelRules, shipped_recurrence
from pipeline.alerts.life_safety import alert_duty
from pipeline.alerts.observation import Observations, moment_of, tick_of
from pipeline.alerts.state import State, States
from pipeline.settings import Settings
from pipeline.store import HourCount, JudgedHour, Series, Store
from pipeline.store.engine import lock, portions
from pipeline.store.hourly import IMPORTED

HISTORY: Final = 8 * 7 * 24
"""Hours before the newest text with which a project begins that was never judged."""
STRIDE: Final = 336
"""Hours in one transaction."""
TOGETHER: Final = 2000
"""Projects that are judged together."""
NOWHERE: Final = -1


@dataclass
class Watched:
    """What one watch did."""

    projects: int = 0
    hours: int = 0
    """Hours judged, summed over the projects."""
    told: int = 0
    """Incidents that were put up to be told: opened, escalated, life-safety, reminders."""
    life_safety: int = 0
    without_officer: int = 0
    """Life-safety cues on projects for which no duty officer is named."""
    late: int = 0
    """Texts that came too late to be judged: those of the newest week, on projects to which any was added."""

    def __add__(self, other: Watched) -> Watched:
        return Watched(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def detector_of(settings: Settings) -> Detector:
    """The detector with the deployment's own false-alarm rates."""
    return Detector(rules=LevelRules.of(shipped_recurrence(), settings.alert_false_alarms))


def version_of(detector: Detector) -> str:
    """Short hash of all that decides what is an incident: the detector's settings and the rules of its levels."""
    return hashlib.sha256(f"{detector.settings.version()} {detector.rules!r}".encode()).hexdigest()[:12]


def watch(store: Store, settings: Settings, now: datetime | None = None) -> Watched:
    """Judges all active projects up to the last complete hour. Any number of processes may do it at once."""
    now = now or store.clock()
    done = Watched()
    done.life_safety, done.without_officer = alert_duty(store, settings.duty_officer, now)
    done.told += done.life_safety + lapse(store, now)
    detector = detector_of(settings)
    last = tick_of(now) - 1
    outbox_end, projects = store.outbox_end(), store.watched_projects()
    judged_before = {project: one.tick for project, one in store.alert_series(projects).items()}
    for project_ids in portions(projects, TOGETHER):
        done.projects += len(project_ids)
        while _Stretch(store, detector, settings.k_anonymity, last, done).judge(project_ids):
            pass
    done.late = note_late(store, judged_before, outbox_end)
    return done


class _Stretch:
    """Up to STRIDE hours of up to TOGETHER projects."""

    def __init__(self, store: Store, detector: Detector, k: int, last: int, done: Watched) -> None:
        self._store, self._detector, self._k, self._last, self._done = store, detector, k, last, done
        self._present: dict[str, int] = {}
        """The hour that each project's history is told from: the clock's, or its newest import's."""

    def judge(self, project_ids: Sequence[str]) -> bool:
        """Judges the next hours in one transaction; whether there may be more."""
        with self._store.transaction() as connection:
            lock(connection, "watch")
            series = self._begun(project_ids)
            ahead = self._ahead(series)
            behind = [project for project in series if ahead[project] > series[project].tick]
            if not behind:
                return False
            first = min(series[project].tick for project in behind) + 1
            last = min(first + STRIDE - 1, max(ahead[project] for project in behind))
            self._move([series[p] for p in behind], [min(ahead[p], last) for p in behind], first, last)
            return True

    def _begun(self, project_ids: Sequence[str]) -> dict[str, Series]:
        """The series of the projects; new ones begin with the habit of nobody, some weeks before their newest text."""
        known = self._store.alert_series(project_ids)
        known = {project: one for project, one in known.items() if _is_ours(one.state)}
        new = [project for project in project_ids if project not in known]
        if new:
            self._store.forget_alert_series(new)
            state = State.new().to_bytes()
            for project, (oldest, newest) in self._store.first_opinions(new).items():
                begin = max(tick_of(oldest), min(tick_of(newest), self._last) - HISTORY)
                if begin <= self._last:
                    known[project] = Series(project, begin, begin - 1, self._version, state, {})
        return dict(sorted(known.items()))

    def _ahead(self, series: dict[str, Series]) -> dict[str, int]:
        """Up to which hour each project can be judged."""
        through = {key: tick_of(newest) for key, newest in self._store.imported_through().items()}
        for window in self._store.source_windows(moment_of(self._last - 2 * PHASE_IN_TICKS)):
            through[window.source] = max(through.get(window.source, 0), tick_of(window.until) - 1)
        fresh = [project for project, one in series.items() if not one.sources]
        delivered = self._store.delivering_sources(fresh)
        found = {}
        for project, one in series.items():
            sources = set(one.sources) or delivered.get(project, set())
            reach = frontier(sources, through, self._last)
            found[project] = NOWHERE if reach is None else reach
            imports_alone = all(key.startswith(IMPORTED) for key in sources & through.keys())
            self._present[project] = found[project] if imports_alone else self._last
        return found

    def _move(self, series: list[Series], ahead: list[int], first: int, last: int) -> None:
        store, projects = self._store, [one.project_id for one in series]
        counts: dict[int, dict[str, HourCount]] = defaultdict(dict)
        for hour in store.hour_counts(projects, first, last):
            counts[hour.tick][hour.project_id] = hour
        coverage = Coverage(store.source_windows(moment_of(first)), store.imported_through(), first, last)
        read_since = {source: tick_of(moment) for source, moment in store.crawled_since().items()}
        sources = [Sources.of_json(one.sources) for one in series]
        states = States.unpack([State.from_bytes(one.state) for one in series])
        episodes = Episodes(store, projects, self._version, self._k)
        judged: list[JudgedHour] = []
        next_tick, reach = np.array([one.tick for one in series]) + 1, np.array(ahead)
        for tick in range(first, last + 1):
            rows = np.flatnonzero((next_tick <= tick) & (reach >= tick))
            if not len(rows):
                continue
            seen = Observations.at(tick, np.zeros(len(rows)), total=np.zeros(len(rows)))
            columns = {
                name: np.array(getattr(seen, name)) for name in ("count", "total", "exposure", "capped", "missing")
            }
            troubled = coverage.troubled(tick)
            for at, row in enumerate(rows):
                mine, count = sources[row], counts[tick].get(projects[row])
                if count is None and mine.settled and troubled.isdisjoint(mine.by_key):
                    continue
                if count is not None:
                    mine.admit(count.total, tick, series[row].begin, read_since)
                factor = mine.turn(tick, coverage)
                if factor != 1.0:
                    one = np.array([row])
                    states.put(one, States.unpack([State(states.row_bytes(int(row))).rescaled(factor)]))
                said = mine.observation(tick, coverage, count)
                if count is not None:
                    mine.learn(count)
                columns["count"][at], columns["exposure"][at] = said.count, said.exposure
                columns["total"][at] = np.nan if said.total is None else said.total
                columns["capped"][at], columns["missing"][at] = said.capped, said.missing
                judged.append(_judged(projects[row], tick, said.count, said.total, said.exposure, said.capped,
                                      said.missing, count))  # fmt: skip
            part = states.take(rows)
            readings = self._detector.step_many(part, Observations(tick=seen.tick, **columns))
            states.put(rows, part)
            for at in map(int, np.flatnonzero((readings.level > 0) | readings.ended)):
                episodes.hear(projects[rows[at]], readings.row(at), float(readings.dispersion[at]))
            self._done.hours += len(rows)
        through = {one.project_id: max(one.tick, min(last, end)) for one, end in zip(series, ahead, strict=True)}
        moved = [
            one._replace(
                tick=through[one.project_id], version=self._version, state=state.to_bytes(), sources=mine.as_json()
            )
            for one, state, mine in zip(series, states.pack(), sources, strict=True)
        ]
        store.save_alert_series(moved, judged)
        self._done.told += len(episodes.save(through, self._present))

    @property
    def _version(self) -> str:
        return version_of(self._detector)


def _judged(
    project_id: str, tick: int, count: float, total: float | None, exposure: float, capped: bool, missing: bool,
    counted: HourCount | None,
) -> JudgedHour:  # fmt: skip
    low, high = counted.voices if counted else (0, 0)
    by_source = dict(sorted(counted.negative.items())) if counted else {}
    return JudgedHour(project_id, tick, count, total, low, high, by_source, exposure, capped, missing)


def _is_ours(state: bytes) -> bool:
    """Whether this version of the detector can go on with the state."""
    try:
        State.from_bytes(state)
    except ValueError:
        return False
    return True
