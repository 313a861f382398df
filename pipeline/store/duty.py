"""Duty officers, and the sealed pointers to sources that they alone open (P-18)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from pipeline.store.engine import Database, UnknownRecord, insert_new
from pipeline.store.tables import duty_officers, projects, source_pointers


class SealedPointer(NamedTuple):
    """Where a text was found, as ciphertext; gone when it expires."""

    document_id: str
    sealed: bytes
    expires_at: datetime


class Duty(Database):
    """The store's duty officers and pointers."""

    def name_duty_officer(self, project_id: str, officer: str | None) -> None:
        """Names the officer who is told of life-safety cues on a project; None names nobody. Raises UnknownRecord."""
        values = {"officer": officer, "named_at": self.clock()}
        with self.transaction() as connection:
            if connection.execute(select(projects.c.id).where(projects.c.id == project_id)).one_or_none() is None:
                raise UnknownRecord(f"E151: no project {project_id}; import it first (minyi projects import FILE)")
            mine = duty_officers.c.project_id == project_id
            if officer is None:
                connection.execute(delete(duty_officers).where(mine))
            elif not connection.execute(update(duty_officers).where(mine).values(values)).rowcount:
                connection.execute(insert(duty_officers).values(project_id=project_id, **values))

    def duty_officer(self, project_id: str) -> str | None:
        """The officer named for a project, or None."""
        query = select(duty_officers.c.officer).where(duty_officers.c.project_id == project_id)
        with self.reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def keep_pointers(self, pointers: Iterable[SealedPointer]) -> int:
        """Stores pointers to texts that were just stored; returns how many are new."""
        with self.transaction() as connection:
            rows = [pointer._asdict() for pointer in pointers]
            return len(insert_new(connection, source_pointers, rows, "document_id"))

    def sealed_pointer(self, document_id: str) -> SealedPointer | None:
        """The pointer to a text's source; None when there is none or its time is over."""
        query = select(source_pointers).where(source_pointers.c.document_id == document_id)
        with self.reading() as connection:
            row = connection.execute(query.where(source_pointers.c.expires_at > self.clock())).one_or_none()
        return None if row is None else SealedPointer(*row)

    def forget_pointers(self, now: datetime) -> int:
        """Removes the pointers whose time is over; returns how many."""
        with self.transaction() as connection:
            return connection.execute(delete(source_pointers).where(source_pointers.c.expires_at <= now)).rowcount
