"""Incidents (预警事件), what is to be told of them, and how people answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from pipeline.records.incident import (
    HUMAN,
    EventKind,
    Incident,
    IncidentEvent,
    IncidentKind,
    IncidentNote,
    IncidentState,
)
from pipeline.store.engine import Database, UnknownRecord, insert_new, lock, portions
from pipeline.store.tables import incident_events, incident_notes, incidents


class Incidents(Database):
    """The store's incidents."""

    def save_incident(self, found: Incident) -> Incident:
        """Stores what the watch found under its id and returns it as it now stands; what people set stays."""
        with self.transaction() as connection:
            known = _locked(connection, found.id)
            if known is None:
                connection.execute(insert(incidents).values(id=found.id, **_values(found)))
                return found
            kept = found.model_copy(update={name: getattr(known, name) for name in HUMAN})
            connection.execute(update(incidents).where(incidents.c.id == found.id).values(**_values(kept)))
            return kept

    def answer_incident(self, incident_id: str, note: IncidentNote, **changes: Any) -> Incident:
        """Records what a person did and sets the fields of HUMAN that it changes. Raises UnknownRecord."""
        if strangers := changes.keys() - set(HUMAN):
            raise ValueError(f"E805: people cannot set {', '.join(sorted(strangers))} of an incident")
        with self.transaction() as connection:
            known = _locked(connection, incident_id)
            if known is None:
                raise UnknownRecord(f"E151: no incident {incident_id}")
            answered = Incident.model_validate({**known.model_dump(), **changes})
            connection.execute(update(incidents).where(incidents.c.id == incident_id).values(**_values(answered)))
            connection.execute(insert(incident_notes).values(**note.model_dump()))
        return answered

    def incident(self, incident_id: str) -> Incident | None:
        """The incident of this id, or None."""
        with self.reading() as connection:
            query = select(incidents.c.payload).where(incidents.c.id == incident_id)
            return connection.execute(query).scalar_one_or_none()

    def incidents(
        self,
        project_ids: Iterable[str] | None = None,
        *,
        kind: IncidentKind | None = None,
        state: IncidentState | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        after: tuple[datetime, str] | None = None,
        limit: int = 1000,
    ) -> list[Incident]:
        """Incidents that began in ``since``–``until``, the latest first; ``after`` continues behind (begin, id)."""
        columns = incidents.c
        query = select(columns.payload, columns.begin, columns.id)
        if kind is not None:
            query = query.where(columns.kind == kind)
        if state is not None:
            query = query.where(columns.state == state)
        if since is not None:
            query = query.where(columns.begin >= since)
        if until is not None:
            query = query.where(columns.begin < until)
        if after is not None:
            begin, last = after
            query = query.where((columns.begin < begin) | ((columns.begin == begin) & (columns.id > last)))
        query = query.order_by(columns.begin.desc(), columns.id).limit(limit)
        with self.reading() as connection:
            if project_ids is None:
                return [row.payload for row in connection.execute(query)]
            rows = [
                row
                for portion in portions(sorted(set(project_ids)))
                for row in connection.execute(query.where(columns.project_id.in_(portion)))
            ]
        rows.sort(key=lambda row: (-row.begin.timestamp(), row.id))
        return [row.payload for row in rows[:limit]]

    def running_incidents(self, project_ids: Iterable[str]) -> dict[str, Incident]:
        """The volume incident of each project whose episode has not ended."""
        columns = incidents.c
        with self.reading() as connection:
            return {
                row.project_id: row.payload
                for portion in portions(sorted(set(project_ids)))
                for row in connection.execute(
                    select(columns.project_id, columns.payload)
                    .where(columns.project_id.in_(portion), columns.kind == "volume", columns.ended.is_(None))
                    .order_by(columns.serial)
                )
            }

    def lapsed_incidents(self, now: datetime) -> list[Incident]:
        """Acknowledged, silenced and life-safety incidents whose time is over."""
        columns = incidents.c
        query = select(columns.payload).where(columns.state != "closed", columns.expires_at <= now)
        with self.reading() as connection:
            return list(connection.execute(query.order_by(columns.expires_at, columns.id)).scalars())

    def lapse_incident(self, incident_id: str, state: IncidentState, **changes: Any) -> Incident:
        """What time itself does: an answer that expires opens the incident again, a life-safety cue is closed."""
        with self.transaction() as connection:
            known = _locked(connection, incident_id)
            if known is None:
                raise UnknownRecord(f"E151: no incident {incident_id}")
            lapsed = Incident.model_validate({**known.model_dump(), "state": state, "expires_at": None, **changes})
            connection.execute(update(incidents).where(incidents.c.id == incident_id).values(**_values(lapsed)))
        return lapsed

    def notes_on(self, incident_id: str) -> list[IncidentNote]:
        """What people did with an incident, in the order it came."""
        columns = [incident_notes.c[name] for name in IncidentNote.model_fields]
        query = select(*columns).where(incident_notes.c.incident_id == incident_id)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(incident_notes.c.number))
            return [IncidentNote.model_validate(dict(row._mapping)) for row in rows]

    def tell(self, incident: Incident, kind: EventKind, key: str, at: datetime, recipient: str | None = None) -> bool:
        """Puts an event up to be told; returns False where the same key was put up before."""
        row = {
            "key": f"{incident.id}:{key}",
            "kind": kind,
            "incident_id": incident.id,
            "project_id": incident.project_id,
            "level": incident.level,
            "at": at,
            "recipient": recipient,
        }
        with self.transaction() as connection:
            lock(connection, "incident_events")
            return bool(insert_new(connection, incident_events, [row], "sequence"))

    def incident_events(self, after_sequence: int = 0, limit: int = 500) -> list[IncidentEvent]:
        """The next events after ``after_sequence``, in order; none with a lower number can appear later."""
        query = select(incident_events).where(incident_events.c.sequence > after_sequence)
        with self.reading() as connection:
            lock(connection, "incident_events", shared=True)
            rows = connection.execute(query.order_by(incident_events.c.sequence).limit(limit))
            return [IncidentEvent.model_validate(dict(row._mapping)) for row in rows]

    def incident_events_end(self) -> int:
        """The highest sequence so far; 0 when there was none."""
        with self.reading() as connection:
            lock(connection, "incident_events", shared=True)
            query = select(func.coalesce(func.max(incident_events.c.sequence), 0))
            return int(connection.execute(query).scalar_one())

    def incident_figures(self) -> dict[tuple[str, str, str], int]:
        """How many incidents there are by kind, level and state."""
        columns = incidents.c
        query = select(columns.kind, columns.level, columns.state, func.count())
        with self.reading() as connection:
            rows = connection.execute(query.group_by(columns.kind, columns.level, columns.state))
            return {(row[0], row[1], row[2]): row[3] for row in rows}

    def verdict_figures(self, project_ids: Iterable[str]) -> list[tuple[str, str, str | None, int]]:
        """Project, level, verdict (None: no verdict yet) and how many volume incidents."""
        columns = incidents.c
        query = select(columns.project_id, columns.level, columns.verdict, func.count())
        query = query.where(columns.kind == "volume").group_by(columns.project_id, columns.level, columns.verdict)
        with self.reading() as connection:
            return [
                (row[0], row[1], row[2], row[3])
                for portion in portions(sorted(set(project_ids)))
                for row in connection.execute(query.where(columns.project_id.in_(portion)))
            ]


def _locked(connection: Connection, incident_id: str) -> Incident | None:
    query = select(incidents.c.payload).where(incidents.c.id == incident_id).with_for_update()
    return connection.execute(query).scalar_one_or_none()


def _values(incident: Incident) -> dict[str, object]:
    names = ("project_id", "kind", "serial", "begin", "ended", "level", "state", "expires_at", "verdict")
    return {**{name: getattr(incident, name) for name in names}, "payload": incident}
