"""Figures about the store itself for those who keep it running: how many, in which state, since when; never which."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from pipeline.store.engine import Database
from pipeline.store.tables import analyses, documents, links, quarantine


class Aside(NamedTuple):
    """What is set aside: at which stage, for which reason code, how many items."""

    stage: str
    reason: str
    items: int


class Figures(Database):
    """The store's figures about its own work, true for all processes and machines that share it."""

    def oldest_waiting(self) -> datetime | None:
        """When the document was collected that waits longest to be read; None when none waits."""
        collected = documents.c.collected_at
        query = select(func.min(collected, type_=collected.type)).where(documents.c.state == "received")
        with self.reading() as connection:
            found: datetime | None = connection.execute(query).scalar_one()
        return found

    def asides(self) -> list[Aside]:
        """What is in the quarantine, by stage and reason code."""
        columns = quarantine.c.stage, quarantine.c.reason
        query = select(*columns, func.count()).group_by(*columns).order_by(*columns)
        with self.reading() as connection:
            return [Aside(*row) for row in connection.execute(query)]

    def analyses_kept(self) -> int:
        """How many analyses are kept, superseded ones among them."""
        return self._number(select(func.count()).select_from(analyses))

    def links_by_relation(self) -> dict[str, int]:
        """How many links between texts and projects stand now, by what they say."""
        query = select(links.c.relation, func.count()).group_by(links.c.relation)
        with self.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def _number(self, query: Any) -> int:
        with self.reading() as connection:
            return int(connection.execute(query).scalar_one())
