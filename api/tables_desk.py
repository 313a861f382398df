"""The desk for the assessor's tables: who may take them, for which purpose, and the note of it."""

from __future__ import annotations

from collections.abc import Sequence

from api.desk import Desk
from api.tables import TABLES, Book, TableName, book_of


class TablesDesk(Desk):
    """One reader before the tables of one office."""

    def tables(
        self,
        project_id: str,
        purpose: str | None,
        tables: Sequence[TableName] = TABLES,
        *,
        candidates: bool = False,
        form: str = "xlsx",
    ) -> Book:
        """The tables of a project; with ``candidates`` as a working paper that holds what nobody has accepted (P-23).

        Raises NotFound, Denied, ControlWording (E833).
        """
        subject = "-".join(["tables", *tables, form, *(["candidates"] if candidates else [])])
        with self._asked("tables.export", purpose, project_id, subject) as project:
            return book_of(self._office, project, tables, candidates=candidates)
