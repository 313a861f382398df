"""The outbox: what the search index has to be told, in an order that never runs backwards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from sqlalchemy import Connection, exists, func, insert, select, update

from pipeline.store.engine import Database, lock, ring
from pipeline.store.meta import read_meta, write_meta
from pipeline.store.tables import documents, outbox

Kind = Literal["upsert", "delete"]
INDEXED = "indexed_through"


class OutboxRow(NamedTuple):
    """One change for the index; a row with a higher ``sequence`` is newer and wins."""

    sequence: int
    document_id: str
    kind: Kind


class Outbox(Database):
    """The store's outbox. It is read at least once: the index uses ``sequence`` as the version of a document."""

    def outbox_after(self, sequence: int, limit: int = 500) -> list[OutboxRow]:
        """The next rows after ``sequence``; none with a lower number can appear later."""
        query = select(outbox).where(outbox.c.sequence > sequence).order_by(outbox.c.sequence).limit(limit)
        with self.reading() as connection:
            lock(connection, "outbox")  # waits for writers who have a number but have not committed it yet
            return [OutboxRow(*row) for row in connection.execute(query)]

    def outbox_end(self) -> int:
        """The highest sequence so far; 0 for an empty outbox."""
        with self.reading() as connection:
            lock(connection, "outbox")
            return int(connection.execute(select(func.coalesce(func.max(outbox.c.sequence), 0))).scalar_one())

    def indexed_through(self) -> int:
        """The sequence up to which ``mark_indexed`` was told."""
        with self.reading() as connection:
            return int(read_meta(connection, INDEXED) or 0)

    def mark_indexed(self, sequence: int) -> int:
        """Notes that the index holds every row up to ``sequence``; returns how many documents became indexed.

        A document with a newer row in the outbox stays analysed. A second call with the same sequence does nothing.
        """
        with self.transaction() as connection:
            lock(connection, "indexed")
            before = int(read_meta(connection, INDEXED) or 0)
            newer = outbox.alias()
            told = select(outbox.c.document_id).where(outbox.c.sequence > before, outbox.c.sequence <= sequence)
            statement = (
                update(documents)
                .where(documents.c.state == "analysed", documents.c.id.in_(told))
                .where(~exists().where(newer.c.document_id == documents.c.id, newer.c.sequence > sequence))
                .values(state="indexed", leased_by=None, leased_until=None)
            )
            if sequence > before:
                write_meta(connection, INDEXED, str(sequence))
            return connection.execute(statement).rowcount


def append(connection: Connection, document_ids: Iterable[str], kind: Kind) -> None:
    """Adds one row a document, in the transaction of the change itself."""
    rows = [{"document_id": document_id, "kind": kind} for document_id in document_ids]
    if rows:
        lock(connection, "outbox", shared=True)
        connection.execute(insert(outbox), rows)
        ring(connection)
