"""Where projects stand, counted in the database: what waits to be decided, and what each day brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, func, select

from pipeline.store.engine import Database, portions
from pipeline.store.matter_tables import matter_members, matters
from pipeline.store.process_tables import dispatches
from pipeline.store.tables import (
    alert_hours,
    documents,
    incidents,
    milestone_proposals,
    petition_handling,
    risk_points,
)

ANSWERED = ("replied", "closed")
"""What a board may state of a petition whose answer it does not show."""


@dataclass
class Standing:
    """How many of a project's records are in each state; sealed risk points and life-safety cues are not among them."""

    risk_points: dict[str, int] = field(default_factory=dict)
    """Those that texts still support."""
    dispatches: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    """Those of the dispatches that are asked of the reader's unit; all of them for who answers for any."""
    milestones: dict[str, int] = field(default_factory=dict)
    incidents: dict[tuple[str, str], int] = field(default_factory=dict)
    """Rises in volume by level and state; closed ones are left out."""


class JudgedDay(NamedTuple):
    """One civil day (days since 1970, China) of a project: its ``negative`` origins and all of them.

    ``total`` is None where the whole is not known.
    ``missing``: hours of which nothing is known; ``bounded``: whether others were cut short. A day without a row was
    read and brought nothing, or was not judged.
    """

    project_id: str
    day: int
    negative: float
    total: float | None
    voices_low: int
    voices_high: int
    missing: int
    bounded: bool


class Standings(Database):
    """The store, asked where many projects stand."""

    def standings(self, project_ids: Sequence[str], unit: str | None = None) -> dict[str, Standing]:
        """Where each of these projects stands, for a reader who answers for a unit, or for any."""
        found: dict[str, Standing] = {one: Standing() for one in project_ids}
        live = (risk_points.c.presence == "live") & ~risk_points.c.sealed
        told = (incidents.c.kind == "volume") & (incidents.c.state != "closed")
        with self.reading() as connection:
            for portion in portions(sorted(found)):
                for row in _counted(connection, risk_points, ["state"], portion, live):
                    found[row[0]].risk_points[row[1]] = row[2]
                for row in _counted(connection, dispatches, ["state"], portion):
                    found[row[0]].dispatches[row[1]] = row[2]
                    if unit is None:
                        found[row[0]].asked[row[1]] = row[2]
                for project_id, state in _asked(connection, portion, unit):
                    found[project_id].asked[state] = found[project_id].asked.get(state, 0) + 1
                for row in _counted(connection, milestone_proposals, ["state"], portion):
                    found[row[0]].milestones[row[1]] = row[2]
                for row in _counted(connection, incidents, ["level", "state"], portion, told):
                    found[row[0]].incidents[row[1], row[2]] = row[3]
        return found

    def judged_days(self, project_ids: Sequence[str], first: int, last: int) -> list[JudgedDay]:
        """The days of ``first``–``last`` (both included, days since 1970) on which something was or went wrong."""
        columns = alert_hours.c
        known = ~columns.missing
        query = select(
            columns.project_id,
            (columns.tick // 24).label("day"),
            func.sum(case((known, columns.count), else_=0.0)),
            case(
                (func.sum(case((known & columns.total.is_(None), 1), else_=0)) > 0, None),
                else_=func.sum(case((known, columns.total), else_=0.0)),
            ),
            func.max(columns.voices_low),
            func.sum(columns.voices_high),
            func.sum(case((known, 0), else_=1)),
            func.max(case((known & (columns.capped | (columns.exposure < 1)), 1), else_=0)),
        ).where(columns.tick.between(first * 24, last * 24 + 23))
        with self.reading() as connection:
            return [
                JudgedDay(row[0], int(row[1]), *row[2:7], bool(row[7]))
                for portion in portions(project_ids)
                for row in connection.execute(
                    query.where(columns.project_id.in_(portion)).group_by(columns.project_id, "day")
                )
            ]

    def matters_made(self, project_ids: Sequence[str]) -> dict[str, tuple[int, datetime]]:
        """How many matters each project has and when the newest was made: equal while they are the same."""
        columns = matters.c
        query = select(columns.project_id, func.count(), func.max(columns.updated_at)).group_by(columns.project_id)
        with self.reading() as connection:
            return {
                row[0]: (row[1], row[2])
                for portion in portions(sorted(set(project_ids)))
                for row in connection.execute(query.where(columns.project_id.in_(portion)))
            }

    def waiting_since(self, project_id: str) -> dict[str, datetime]:
        """By matter when its oldest petition without a reply came; what a board states as answered does not wait."""
        columns, replies = documents.c, documents.alias()
        query = (
            select(matter_members.c.matter_id, func.min(columns.published_at))
            .select_from(
                matters.join(matter_members, matter_members.c.matter_id == matters.c.id)
                .join(documents, columns.id == matter_members.c.document_id)
                .outerjoin(petition_handling, petition_handling.c.document_id == columns.id)
            )
            .where(matters.c.project_id == project_id, columns.source_kind.in_(("petition", "hotline")))
            .where(columns.genre == "petition", columns.published_at.is_not(None), ~columns.tombstone)
            .where(petition_handling.c.status.is_(None) | petition_handling.c.status.not_in(ANSWERED))
            .where(
                ~select(replies.c.id).where(replies.c.reply_to == columns.id, replies.c.tombstone.is_(False)).exists()
            )
            .group_by(matter_members.c.matter_id)
        )
        with self.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}


def _asked(connection: Connection, project_ids: Sequence[str], unit: str | None) -> list[tuple[str, str]]:
    """Project and state of each dispatch that waits for an answer of a unit."""
    if unit is None:
        return []
    columns = dispatches.c
    query = select(columns.project_id, columns.state, columns.payload).where(
        columns.project_id.in_(project_ids), columns.state.in_(("confirmed", "overdue"))
    )
    units = ((row[0], row[1], row[2]) for row in connection.execute(query))
    return [(one, state) for one, state, asked in units if unit in (asked.functional_unit, asked.territorial_unit)]


def _counted(
    connection: Connection, table: Any, by: Sequence[str], project_ids: Sequence[str], condition: Any = None
) -> Sequence[Any]:
    """Rows of these projects by project and ``by``, with how many there are."""
    keys = [table.c.project_id, *(table.c[name] for name in by)]
    query = select(*keys, func.count()).where(table.c.project_id.in_(project_ids)).group_by(*keys)
    return connection.execute(query if condition is None else query.where(condition)).all()


__all__ = ["JudgedDay", "Standing", "Standings"]
