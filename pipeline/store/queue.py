"""The queue: documents on their way from received to analysed to indexed, claimed with a lease."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, Literal

from sqlalchemy import func, select, update

from pipeline.records import Document
from pipeline.store.documents import RECORD_COLUMNS, document_of
from pipeline.store.engine import Database
from pipeline.store.lease_time import is_free
from pipeline.store.reanalysis_tables import analysis_queue
from pipeline.store.tables import documents

BACKFILL_SHARE: Final = 0.25
"""Of each claim so much goes to back-fills while new texts wait."""
Waiting = Literal["received", "analysed"]
LEASED = (documents, analysis_queue)
"""What is claimed with a lease: documents on their way, and those that are read again."""


def reserved(limit: int, share: float) -> int:
    """How many of a claim are kept for back-fills while new texts wait."""
    return max(1, int(limit * share)) if limit > 1 else 0


class Queue(Database):
    """The store's queue."""

    def claim(
        self, state: Waiting, limit: int, worker: str, lease_seconds: float, share: float = BACKFILL_SHARE
    ) -> list[Document]:
        """Up to ``limit`` documents of that state, oldest first, which nobody else gets until the lease ends.

        New ones come before back-fills, which get ``share`` of the claim (of more than one: one at least) while both
        wait, and all of it where nothing new does: neither waits for the other to end. A worker that dies loses its
        lease by time, and the documents are claimed again; see :meth:`renew`.
        """
        now = self.clock()
        free = is_free(documents.c.leased_until, now)
        with self.transaction() as connection:

            def next_ones(backfill: bool, number: int, besides: Sequence[str] = ()) -> list[Any]:
                query = select(*RECORD_COLUMNS).where(documents.c.state == state, documents.c.backfill.is_(backfill))
                query = query.where(free, documents.c.id.not_in(besides))
                query = query.order_by(documents.c.collected_at, documents.c.id).limit(number)
                return list(connection.execute(query.with_for_update(skip_locked=True)).all())

            rows = next_ones(False, limit - reserved(limit, share))
            rows += next_ones(True, limit - len(rows))
            if len(rows) < limit:
                rows += next_ones(False, limit - len(rows), [row.id for row in rows])
            if rows:
                statement = update(documents).where(documents.c.id.in_([row.id for row in rows]))
                until = now + timedelta(seconds=lease_seconds)
                connection.execute(statement.values(leased_by=worker, leased_until=until))
        return [document_of(row) for row in rows]

    def renew(self, worker: str, lease_seconds: float) -> int:
        """Makes all leases of a worker that have not ended last so long from now; returns how many."""
        now = self.clock()
        with self.transaction() as connection:
            until, renewed = now + timedelta(seconds=lease_seconds), 0
            for table in LEASED:
                statement = update(table).where(table.c.leased_by == worker, table.c.leased_until > now)
                renewed += connection.execute(statement.values(leased_until=until)).rowcount
            return renewed

    def release(self, worker: str) -> int:
        """Ends all leases of a worker, for one that stops or was restarted; returns how many."""
        with self.transaction() as connection:
            ended = 0
            for table in LEASED:
                statement = update(table).where(table.c.leased_by == worker)
                ended += connection.execute(statement.values(leased_by=None, leased_until=None)).rowcount
            return ended

    def lease_holders(self) -> set[str]:
        """The workers that hold a lease now."""
        now = self.clock()
        with self.reading() as connection:
            return {
                holder
                for table in LEASED
                for holder in connection.execute(
                    select(table.c.leased_by).where(table.c.leased_until > now).distinct()
                ).scalars()
            }

    def in_hands(self, state: Waiting) -> int:
        """How many documents of that state somebody is working on."""
        query = select(func.count()).select_from(documents)
        with self.reading() as connection:
            held = query.where(documents.c.state == state, documents.c.leased_until > self.clock())
            return connection.execute(held).scalar_one()

    def waiting(self, state: Waiting) -> int:
        """How many documents are in that state, leased ones among them."""
        with self.reading() as connection:
            query = select(func.count()).select_from(documents).where(documents.c.state == state)
            return connection.execute(query).scalar_one()

    def new_ones_wait(self) -> bool:
        """Whether any text that is no back-fill is still to be read, in whosever hands."""
        new = select(documents.c.id).where(documents.c.state == "received", documents.c.backfill.is_(False))
        with self.reading() as connection:
            return connection.execute(new.limit(1)).first() is not None

    def more_wait_than(self, bound: int) -> bool:
        """Whether more than so many documents wait to be read; asks no further than the bound."""
        with self.reading() as connection:
            query = select(documents.c.id).where(documents.c.state == "received").limit(bound + 1)
            return connection.execute(select(func.count()).select_from(query.subquery())).scalar_one() > bound
