"""From readings to incidents: an episode becomes one, rises with it, and is told once a level."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from pipeline.alerts.conditions import Heard, rank, standing
from pipeline.alerts.observation import moment_of, tick_of
from pipeline.alerts.reading import Reading
from pipeline.audit import AuditLog
from pipeline.records.incident import LEVELS, EventKind, Incident, incident_id
from pipeline.store import HourCount, Store

RECENT_TICKS: Final = 72
"""Episodes that ended longer ago are history when they are found: kept, but told to nobody.

The age is taken against now where somebody reads by the clock, and against the newest text where a project is fed by
imports alone: a weekly export with a running rise is told when it comes."""
FOLLOWS: Final = timedelta(days=7)


class Episodes:
    """The running incidents of some projects while hours are judged; ``save`` writes what changed."""

    def __init__(self, store: Store, project_ids: Iterable[str], version: str, k: int) -> None:
        self._store, self._version, self._k = store, version, k
        self._running = store.running_incidents(project_ids)
        self._changed: dict[str, Incident] = {}

    def hear(self, project_id: str, reading: Reading, dispersion: float) -> None:
        """Takes in one reading of an open or just ended episode."""
        episode = reading.episode
        if episode is None:
            return
        tick = tick_of(reading.hour)
        known = self._running.get(project_id)
        key = incident_id(project_id, "volume", str(tick_of(episode.begin)))
        if known is not None and known.id != key:
            self._end(known, episode.begin)
            known = None
        if reading.level is None:
            if known is not None:
                self._end(known, reading.hour)
            return
        signal = LEVELS[reading.level - 1]
        news = known is None or reading.score > known.score or rank(signal) > rank(known.level)
        if reading.missing or not news:
            return
        window = self._store.hour_counts([project_id], tick - reading.window_ticks + 1, tick)
        heard, kinds = heard_in(self._store, project_id, window)
        stands = standing(signal, heard, self._k)
        if known is not None and reading.score <= known.score and rank(stands.level) <= rank(known.level):
            return
        if known is not None and rank(known.level) > rank(stands.level):
            stands = stands._replace(level=known.level)
        found = Incident(
            id=key,
            project_id=project_id,
            serial=episode.serial,
            begin=episode.begin,
            window_start=moment_of(tick - reading.window_ticks + 1),
            window_end=moment_of(tick + 1),
            observed=round(reading.observed),
            expected=reading.expected,
            interval=(reading.lower, reading.upper),
            dispersion=max(1.0, dispersion),
            p_value=reading.p,
            score=reading.score,
            recurrence_months=reading.recurrence_months,
            signal=signal,
            level=stands.level,
            held_back=stands.held_back,
            voices_low=heard.voices_low,
            voices_high=heard.voices_high,
            by_source_kind=kinds,
            volume_artefact=reading.volume_artefact,
            lower_bound=reading.lower_bound or (known is not None and known.lower_bound),
            settings_version=self._version,
            follows=known.follows if known else self._before(project_id, episode.begin),
            announced=known.announced if known else None,
        )
        self._running[project_id] = self._changed[key] = found

    def save(self, judged_through: dict[str, int], now: dict[str, int]) -> list[Incident]:
        """Writes what changed, and puts up to be told what is news; returns the incidents that were told.

        ``now``: the hour of each project that RECENT_TICKS are counted back from.
        """
        told = []
        for incident in [*self._running.values(), *(i for i in self._changed.values() if i.ended)]:
            last = tick_of(incident.ended) if incident.ended else judged_through.get(incident.project_id, 0)
            recent = now[incident.project_id] - last <= RECENT_TICKS
            if recent and rank(incident.level) > rank(incident.announced):
                told.append(self._announce(incident))
            elif incident.id in self._changed:
                self._store.save_incident(incident)
            if incident.ended and recent:
                self._store.tell(incident, "closed", "closed", incident.ended)
        return told

    def _announce(self, incident: Incident) -> Incident:
        """Tells a level. What people closed while it went on is open again: they dealt with a lower level."""
        first = incident.announced is None
        announced = self._store.save_incident(incident.model_copy(update={"announced": incident.level}))
        if announced.state == "closed" and not announced.ended:
            announced = self._store.lapse_incident(announced.id, "open")
            AuditLog(self._store).append(
                "minyi", "system", "alerts.rise", project_id=announced.project_id, subject=announced.id
            )
        if announced.state != "closed":
            kind: EventKind = "opened" if first else "escalated"
            key = "opened" if first else f"escalated:{incident.level}"
            self._store.tell(announced, kind, key, self._store.clock())
        return announced

    def _end(self, incident: Incident, moment: datetime) -> None:
        self._changed[incident.id] = incident.model_copy(update={"ended": moment})
        self._running.pop(incident.project_id, None)

    def _before(self, project_id: str, begin: datetime) -> str | None:
        """The project's incident that ended shortly before."""
        earlier = [
            *(i for i in self._changed.values() if i.project_id == project_id),
            *self._store.incidents([project_id], kind="volume", since=begin - 5 * FOLLOWS, until=begin, limit=20),
        ]
        ended = [i for i in earlier if i.ended and begin - FOLLOWS <= i.ended <= begin]
        return max(ended, key=lambda i: i.begin).id if ended else None


def heard_in(store: Store, project_id: str, hours: Iterable[HourCount]) -> tuple[Heard, dict[str, int]]:
    """What stands behind some hours together, and negative origins by kind of source."""
    kinds: dict[str, int] = {}
    documents: list[str] = []
    for hour in hours:
        documents += hour.documents
        for kind, count in hour.kinds.items():
            kinds[kind] = kinds.get(kind, 0) + count
    low, high = store.distinct_voices(project_id, documents)
    return Heard(sum(kinds.values()), low, high, len(kinds)), dict(sorted(kinds.items()))
