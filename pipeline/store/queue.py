"""The queue: documents on their way from received to analysed to indexed, claimed with a lease."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from sqlalchemy import func, or_, select, update

from pipeline.records import Document
from pipeline.store.documents import RECORD_COLUMNS, document_of
from pipeline.store.engine import Database
from pipeline.store.tables import documents

Waiting = Literal["received", "analysed"]


class Queue(Database):
    """The store's queue."""

    def claim(self, state: Waiting, limit: int, worker: str, lease_seconds: float) -> list[Document]:
        """Up to ``limit`` documents of that state, oldest first, which nobody else gets until the lease ends.

        A worker that dies loses its lease by time, and the documents are claimed again; see :meth:`renew`.
        """
        now = self.clock()
        free = or_(documents.c.leased_until.is_(None), documents.c.leased_until <= now)
        query = select(*RECORD_COLUMNS).where(documents.c.state == state, free)
        query = query.order_by(documents.c.collected_at, documents.c.id).limit(limit).with_for_update(skip_locked=True)
        with self.transaction() as connection:
            rows = connection.execute(query).all()
            if rows:
                statement = update(documents).where(documents.c.id.in_([row.id for row in rows]))
                until = now + timedelta(seconds=lease_seconds)
                connection.execute(statement.values(leased_by=worker, leased_until=until))
        return [document_of(row) for row in rows]

    def renew(self, worker: str, lease_seconds: float) -> int:
        """Makes all leases of a worker that have not ended last so long from now; returns how many."""
        now = self.clock()
        statement = update(documents).where(documents.c.leased_by == worker, documents.c.leased_until > now)
        with self.transaction() as connection:
            until = now + timedelta(seconds=lease_seconds)
            return connection.execute(statement.values(leased_until=until)).rowcount

    def release(self, worker: str) -> int:
        """Ends all leases of a worker, for one that stops or was restarted; returns how many."""
        statement = update(documents).where(documents.c.leased_by == worker)
        with self.transaction() as connection:
            return connection.execute(statement.values(leased_by=None, leased_until=None)).rowcount

    def lease_holders(self) -> set[str]:
        """The workers that hold a lease now."""
        query = select(documents.c.leased_by).where(documents.c.leased_until > self.clock()).distinct()
        with self.reading() as connection:
            return set(connection.execute(query).scalars())

    def waiting(self, state: Waiting) -> int:
        """How many documents are in that state, leased ones among them."""
        with self.reading() as connection:
            query = select(func.count()).select_from(documents).where(documents.c.state == state)
            return connection.execute(query).scalar_one()
