"""Which texts an erasure means, and whether anything of them is left (P-12)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, Text, func, or_, select, type_coerce

from pipeline.records.base import spans_in
from pipeline.redacted import seal
from pipeline.store.account_tables import account_links
from pipeline.store.engine import Database, portions
from pipeline.store.tables import documents, metadata, milestone_proposals

assert account_links is not None  # the tables of every module are in the metadata by now
TOMBSTONES = frozenset({"documents", "outbox", "snapshot_withdrawals"})
"""Tables that keep the id of a withdrawn text, without its words: the tombstone itself, and what the index is told."""
KEYS = {"quarantine": ("id",), "milestone_proposals": ()}
"""Columns that name a text, where they are not those of every table; milestones are looked at for passages."""


class Erasing:
    """Asks a store which texts are meant, and looks through all of its tables afterwards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def at(self, urls: Collection[str]) -> list[str]:
        """Ids of the texts with one of these addresses."""
        return self._found(documents.c.url.in_(sorted(urls)))

    def of_source(self, source: str, since: datetime | None = None, until: datetime | None = None) -> list[str]:
        """Ids of the texts of a source, by name as it was imported or crawled, that came in between two moments."""
        columns = documents.c
        mine = or_(columns.source == seal(source), columns.window_id.startswith(f"{source}:", autoescape=True))
        bounds = [columns.collected_at >= since] if since else []
        bounds += [columns.collected_at < until] if until else []
        return self._found(mine, *bounds)

    def of_window(self, window_id: str) -> list[str]:
        """Ids of the texts that one crawl brought."""
        return self._found(documents.c.window_id == window_id)

    def remains(self, ids: Sequence[str]) -> Iterator[tuple[str, int]]:
        """Tables in which rows of these documents are left, with their number; texts and addresses too."""
        with self._database.reading() as connection:
            for name, table in sorted(metadata.tables.items()):
                keys = [column for column in table.c if column.name in KEYS.get(name, ("document_id", "reply_to"))]
                if name in TOMBSTONES or not keys:
                    continue
                rows = 0
                for portion in portions(ids):
                    query = select(func.count()).select_from(table).where(or_(*(key.in_(portion) for key in keys)))
                    rows += connection.execute(query).scalar_one()
                if rows:
                    yield name, rows
            if proposed := sum(_milestones(connection, portion) for portion in portions(ids)):
                yield "milestone_proposals", proposed
            told = (type_coerce(documents.c.title, Text) != "", type_coerce(documents.c.body, Text) != "")
            left = 0
            for portion in portions(ids):
                query = select(func.count()).where(
                    documents.c.id.in_(portion),
                    or_(*told, documents.c.url.is_not(None), documents.c.tombstone.is_(False)),
                )
                left += connection.execute(query).scalar_one()
            if left:
                yield "documents", left

    def _found(self, *where: object) -> list[str]:
        query = select(documents.c.id).where(*where, documents.c.tombstone.is_(False))  # type: ignore[arg-type]
        with self._database.reading() as connection:
            return list(connection.execute(query.order_by(documents.c.id)).scalars())


def _milestones(connection: Connection, ids: Sequence[str]) -> int:
    """How many proposed milestones wait, or hold a passage; what a person decided stays without it."""
    columns = milestone_proposals.c
    query = select(columns.state, columns.payload).where(columns.document_id.in_(ids))
    return sum(row.state == "proposed" or bool(spans_in(row.payload)) for row in connection.execute(query))
