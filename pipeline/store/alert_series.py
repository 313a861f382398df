"""What the detector remembers of each project, and the hours as they were judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.store.engine import Database, portions
from pipeline.store.tables import alert_hours, alert_series, links, projects


class Series(NamedTuple):
    """One project: its first and its last judged hour, the detector's state and who made it, and its sources.

    ``sources``: by key of a source the tick since which it is watched, its negative origins so far, and whether it
    counts.
    """

    project_id: str
    begin: int
    tick: int
    version: str
    state: bytes
    sources: dict[str, Any]


@dataclass(frozen=True, slots=True)
class JudgedHour:
    """One hour as it was judged, in negative origins; hours without a row were seen and brought nothing."""

    project_id: str
    tick: int
    count: float
    total: float | None
    voices_low: int
    voices_high: int
    by_source: dict[str, int]
    exposure: float
    capped: bool
    missing: bool


class AlertSeries(Database):
    """The store's detector states and judged hours; both are moved in one transaction."""

    def watched_projects(self) -> list[str]:
        """Active projects that at least one text is about, by id."""
        told = select(links.c.project_id).where(links.c.relation == "about", links.c.project_id == projects.c.id)
        query = select(projects.c.id).where(projects.c.status == "active", told.exists())
        with self.reading() as connection:
            return list(connection.execute(query.order_by(projects.c.id)).scalars())

    def alert_series(self, project_ids: Iterable[str]) -> dict[str, Series]:
        """The series of these projects; those never judged are missing."""
        with self.reading() as connection:
            return {
                row.project_id: Series(*row)
                for portion in portions(sorted(set(project_ids)))
                for row in connection.execute(select(alert_series).where(alert_series.c.project_id.in_(portion)))
            }

    def save_alert_series(self, moved: Iterable[Series], judged: Iterable[JudgedHour]) -> None:
        """Writes states and the hours that they were moved by."""
        hours = [asdict(hour) for hour in judged]
        rows = [series._asdict() for series in moved]
        with self.transaction() as connection:
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            if rows:
                statement = insert(alert_series)
                names = ("begin", "tick", "version", "state", "sources")
                changed = {name: statement.excluded[name] for name in names}
                connection.execute(statement.on_conflict_do_update(index_elements=["project_id"], set_=changed), rows)
            if hours:
                connection.execute(insert(alert_hours), hours)

    def forget_alert_series(self, project_ids: Iterable[str]) -> None:
        """Forgets states and judged hours, so that they are judged anew; incidents stay."""
        with self.transaction() as connection:
            for portion in portions(sorted(set(project_ids))):
                for table in (alert_series, alert_hours):
                    connection.execute(delete(table).where(table.c.project_id.in_(portion)))

    def judged_hours(self, project_id: str, first: int, last: int) -> list[JudgedHour]:
        """The hours of ``first``–``last`` (both included) in which something was or went wrong, in order."""
        columns = alert_hours.c
        query = select(alert_hours).where(columns.project_id == project_id, columns.tick.between(first, last))
        with self.reading() as connection:
            return [JudgedHour(*row) for row in connection.execute(query.order_by(columns.tick))]

    def alert_reach(self) -> tuple[int, int | None]:
        """How many projects are watched, and up to which hour the one that lies furthest behind was judged."""
        with self.reading() as connection:
            row = connection.execute(select(func.count(), func.min(alert_series.c.tick))).one()
        return row[0], row[1]
