"""The audit trail (审计日志): an append-only chain of who did what for which purpose, never of content (P-10)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, Text, func, insert, select, type_coerce

from pipeline.records import AuditEvent, Purpose, Role
from pipeline.store.engine import Database, lock
from pipeline.store.tables import audit

GENESIS = "0" * 64
ACTION = re.compile(r"[a-z][a-z_.]{1,63}")
SUBJECT = re.compile(r"[A-Za-z0-9_.:\-]{1,100}")
LOOKED_BACK = 2000
"""How many events of a kind and project are searched for somebody's last one."""
WHO = re.compile(r"[\w.@\- ]{1,64}")


class BrokenLink(NamedTuple):
    """The first place where the chain does not hold."""

    sequence: int
    reason: Literal["changed", "missing", "reordered", "unreadable"]


class Asked(NamedTuple):
    """Which events: from a moment, before another, of an action, on a project; None leaves it open."""

    since: datetime | None = None
    until: datetime | None = None
    action: str | None = None
    project_id: str | None = None


class AuditLog:
    """The chain of audit events in a store; events are appended in the transaction of what they tell about."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(
        self,
        who: str,
        role: Role | Literal["system"],
        action: str,
        *,
        purpose: Purpose | None = None,
        project_id: str | None = None,
        subject: str | None = None,
    ) -> AuditEvent:
        """Adds one event and returns it. Raises ValueError (E162) for anything that could carry content.

        ``action`` is a code such as ``risk_points.read``; ``subject`` is an id, never a query or a text.
        """
        for name, value, form in (("who", who, WHO), ("action", action, ACTION), ("subject", subject, SUBJECT)):
            if value is not None and not form.fullmatch(value):
                raise ValueError(f"E162: {name} in the audit trail is a name, a code or an id, never content (P-10)")
        with self._database.transaction() as connection:
            lock(connection, "audit")
            query = select(audit.c.sequence, audit.c.hash).order_by(audit.c.sequence.desc()).limit(1)
            last = connection.execute(query).one_or_none()
            event = AuditEvent(
                sequence=1 if last is None else last.sequence + 1,
                when=self._database.clock(),
                who=who,
                role=role,
                purpose=purpose,
                project_id=project_id,
                action=action,
                subject=subject,
                previous_hash=GENESIS if last is None else last.hash,
                hash="",
            )
            event = event.model_copy(update={"hash": hash_of(event)})
            connection.execute(
                insert(audit).values(
                    sequence=event.sequence,
                    when=event.when,
                    project_id=project_id,
                    action=action,
                    hash=event.hash,
                    payload=event,
                )
            )
        return event

    def events(self, after: int = 0, limit: int = 1000) -> list[AuditEvent]:
        """The events after a sequence number, in order."""
        query = select(audit.c.payload).where(audit.c.sequence > after).order_by(audit.c.sequence).limit(limit)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def found(self, asked: Asked, before: int | None = None, limit: int = 100) -> list[AuditEvent]:
        """The events that fit, the newest first; ``before`` is the number of the last one of the page before."""
        query = select(audit.c.payload).where(*_fitting(asked)).order_by(audit.c.sequence.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.sequence < before)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def count(self, asked: Asked) -> int:
        """How many events fit."""
        with self._database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(audit).where(*_fitting(asked))).scalar_one())

    def in_order(self, asked: Asked, through: int, page: int = 1000) -> Iterator[AuditEvent]:
        """The events that fit, the oldest first, up to the one with this number; they are read a page at a time."""
        after = 0
        while True:
            within = (audit.c.sequence > after, audit.c.sequence <= through)
            query = select(audit.c.payload).where(*_fitting(asked), *within).order_by(audit.c.sequence).limit(page)
            with self._database.reading() as connection:
                rows = list(connection.execute(query).scalars())
            yield from rows
            if len(rows) < page:
                return
            after = rows[-1].sequence

    def actions(self) -> list[str]:
        """The codes of everything that was done so far, refused things among them."""
        with self._database.reading() as connection:
            return list(connection.execute(select(audit.c.action).distinct().order_by(audit.c.action)).scalars())

    def last(self, who: str, action: str, project_id: str, subject: str, before: datetime) -> AuditEvent | None:
        """The newest event up to a moment by which this person did this to this subject, among the last LOOKED_BACK."""
        query = select(audit.c.payload).where(
            audit.c.project_id == project_id, audit.c.action == action, audit.c.when <= before
        )
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(audit.c.sequence.desc()).limit(LOOKED_BACK)).scalars()
            return next((event for event in found if (event.who, event.subject) == (who, subject)), None)

    def head(self) -> AuditEvent | None:
        """The newest event. Note its number and hash elsewhere: only that shows when the end is cut off."""
        query = select(audit.c.payload).order_by(audit.c.sequence.desc()).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def head_at(self, moment: datetime) -> AuditEvent | None:
        """The newest event up to a moment: the same whenever it is asked."""
        query = select(audit.c.payload).where(audit.c.when <= moment).order_by(audit.c.sequence.desc()).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def verify(self, anchor: AuditEvent | None = None) -> BrokenLink | None:
        """The first broken link, or None when the whole chain holds and, if given, contains ``anchor``."""
        previous, expected = GENESIS, 1
        for sequence, stored_hash, payload in self._rows():
            if sequence != expected:
                return BrokenLink(expected, "missing")
            try:
                event = AuditEvent.model_validate_json(payload)
            except ValueError:
                return BrokenLink(sequence, "unreadable")
            if event.previous_hash != previous or event.sequence != sequence:
                return BrokenLink(sequence, "reordered")
            if event.hash != hash_of(event) or event.hash != stored_hash:
                return BrokenLink(sequence, "changed")
            if anchor is not None and anchor.sequence == sequence and anchor.hash != event.hash:
                return BrokenLink(sequence, "changed")
            previous, expected = event.hash, expected + 1
        if anchor is not None and anchor.sequence >= expected:
            return BrokenLink(expected, "missing")
        return None

    def _rows(self, page: int = 1000) -> Iterator[tuple[int, str, str]]:
        columns = audit.c
        after = 0
        while True:
            query = select(columns.sequence, columns.hash, type_coerce(columns.payload, Text))
            with self._database.reading() as connection:
                rows = connection.execute(
                    query.where(columns.sequence > after).order_by(columns.sequence).limit(page)
                ).all()
            yield from ((row[0], row[1], row[2]) for row in rows)
            if len(rows) < page:
                return
            after = rows[-1][0]


def _fitting(asked: Asked) -> list[ColumnElement[bool]]:
    bounds = (
        audit.c.when >= asked.since if asked.since else None,
        audit.c.when < asked.until if asked.until else None,
        audit.c.action == asked.action if asked.action else None,
        audit.c.project_id == asked.project_id if asked.project_id else None,
    )
    return [bound for bound in bounds if bound is not None]


def hash_of(event: AuditEvent) -> str:
    """SHA-256 over all fields but the hash itself, as JSON with sorted keys, in hex."""
    fields = event.model_dump(mode="json", exclude={"hash"})
    encoded = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(encoded.encode()).hexdigest()
