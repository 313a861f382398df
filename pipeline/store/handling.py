"""The handling of petitions: status and grades as their board states them, replaced whenever it states others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, insert, select

from pipeline.records.handling import Handling
from pipeline.store.engine import Database, portions
from pipeline.store.tables import documents, petition_handling


class Handlings(Database):
    """The store's handling of petitions, by document."""

    def save_handling(self, stated: Mapping[str, Handling]) -> None:
        """Puts what a board states in place of what it stated before; unknown and withdrawn documents have none."""
        with self.transaction() as connection:
            for ids in portions(sorted(stated)):
                alive = documents.c.id.in_(ids) & documents.c.tombstone.is_(False)
                known = connection.execute(select(documents.c.id).where(alive)).scalars().all()
                connection.execute(delete(petition_handling).where(petition_handling.c.document_id.in_(known)))
                rows = [{"document_id": key, "stated_at": self.clock(), **stated[key].model_dump()} for key in known]
                if rows:
                    connection.execute(insert(petition_handling), rows)

    def handling_of(self, ids: Iterable[str]) -> dict[str, Handling]:
        """The handling of these documents; those of which no board states any are missing."""
        columns = [petition_handling.c[name] for name in Handling.model_fields]
        found: dict[str, Handling] = {}
        with self.reading() as connection:
            for portion in portions(dict.fromkeys(ids)):
                query = select(petition_handling.c.document_id, *columns)
                for row in connection.execute(query.where(petition_handling.c.document_id.in_(portion))):
                    values = {name: getattr(row, name) for name in Handling.model_fields}
                    found[row.document_id] = Handling.model_validate(values)
        return found
