"""Changes of risk points in one order over all projects, so that another system can follow them by a single number.

Writers do not number anything: they move a risk point's ``revision``, as they always do. Whoever reads numbers first
what was committed and has no number yet, one reader at a time. A number is therefore given after the commit, numbers
become visible in their order, and none that is lower can appear later, however many transactions write at once.

A number begins with the second in which it was given and goes on at random: what lies between two numbers says nothing
of how many changes there were that the reader may not see, such as of sealed accusations (P-06, P-14).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Connection, and_, bindparam, func, insert, or_, select, update

from pipeline.records import Decision
from pipeline.store.engine import Database, lock, portions
from pipeline.store.platform_tables import risk_point_changes
from pipeline.store.risk_points import Presence, StoredRiskPoint, stored
from pipeline.store.tables import decisions, projects, risk_points

SECOND: Final = 2**20
"""Numbers that belong to one second; all of them are whole in JSON (below 2**53)."""
SCANNED: Final = 2000
"""Changes that are looked at in one query; who may see few of them still gets on."""


class Change(NamedTuple):
    """The newest change of one risk point; an older one of the same risk point has no number any more."""

    sequence: int
    revision: int
    risk_point_id: str
    project_id: str
    sealed: bool
    presence: Presence
    state: str
    updated_at: datetime


COLUMNS = (
    *(risk_point_changes.c[name] for name in ("sequence", "revision", "risk_point_id", "project_id")),
    risk_points.c.sealed, risk_points.c.presence, risk_points.c.state, risk_points.c.updated_at,
)  # fmt: skip


class Changes(Database):
    """The store's numbered changes of risk points."""

    def number_changes(self) -> int:
        """Numbers what was committed since the last time; returns how many. Call it before reading, in no transaction.

        A project that changed (its stage or region decides who may see it) has all its risk points numbered anew.
        """
        with self.reading() as connection:
            if not self._unnumbered(connection, limit=1):
                return 0
        with self.transaction() as connection:
            lock(connection, "risk_point_changes")
            waiting = self._unnumbered(connection)
            highest = connection.execute(select(func.coalesce(func.max(risk_point_changes.c.sequence), 0))).scalar_one()
            new: list[dict[str, Any]] = []
            known: list[dict[str, Any]] = []
            for number, row in zip(_numbers(len(waiting), self._from(int(highest))), waiting, strict=True):
                values = {"revision": row.revision, "project_digest": row.digest, "sequence": number}
                if row.numbered is None:
                    new.append({"risk_point_id": row.id, "project_id": row.project_id, **values})
                else:
                    known.append({f"new_{name}": value for name, value in {"risk_point_id": row.id, **values}.items()})
            if new:
                connection.execute(insert(risk_point_changes), new)
            if known:
                named = risk_point_changes.c.risk_point_id == bindparam("new_risk_point_id")
                changed = ("revision", "project_digest", "sequence")
                fields: dict[str, Any] = {name: bindparam(f"new_{name}") for name in changed}
                connection.execute(update(risk_point_changes).where(named).values(**fields), known)
        return len(waiting)

    def _from(self, highest: int) -> int:
        return max(highest + 1, int(self.clock().timestamp()) * SECOND)

    def changes_end(self) -> int:
        """The highest number given so far; 0 before the first."""
        with self.reading() as connection:
            query = select(func.coalesce(func.max(risk_point_changes.c.sequence), 0))
            return int(connection.execute(query).scalar_one())

    def changes_after(self, sequence: int, limit: int = SCANNED) -> list[Change]:
        """The next changes after a number, in their order; none with a lower number can appear later.

        What has changed again since it was numbered is left out: it comes once, under its next number.
        """
        same = and_(
            risk_points.c.id == risk_point_changes.c.risk_point_id,
            risk_points.c.revision == risk_point_changes.c.revision,
        )
        joined = risk_point_changes.join(risk_points, same)
        query = select(*COLUMNS).select_from(joined).where(risk_point_changes.c.sequence > sequence)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(risk_point_changes.c.sequence).limit(limit))
            return [Change(*row) for row in rows]

    def changed_points(self, changes: list[Change]) -> dict[str, StoredRiskPoint]:
        """The risk points of these changes by id, without those that have changed again meanwhile."""
        numbered = {change.risk_point_id: change.revision for change in changes}
        found: dict[str, StoredRiskPoint] = {}
        with self.reading() as connection:
            for portion in portions(numbered):
                rows = connection.execute(select(risk_points).where(risk_points.c.id.in_(portion)))
                found |= {row.id: stored(row) for row in rows if row.revision == numbered[row.id]}
        return found

    def once_confirmed(self, risk_point_ids: Iterable[str]) -> set[str]:
        """Those of these risk points that a person confirmed at any time, also where that was taken back since."""
        found: set[str] = set()
        with self.reading() as connection:
            for portion in portions(sorted(set(risk_point_ids))):
                query = select(decisions.c.risk_point_id).where(
                    decisions.c.risk_point_id.in_(portion), decisions.c.action == "confirm"
                )
                found.update(connection.execute(query).scalars())
        return found

    def merged_into(self, risk_point_id: str) -> str | None:
        """The risk point that the last merge of this one names; None when it was never merged."""
        query = select(decisions.c.payload).where(
            decisions.c.risk_point_id == risk_point_id, decisions.c.action == "merge"
        )
        with self.reading() as connection:
            last = connection.execute(query.order_by(decisions.c.position.desc()).limit(1)).scalar_one_or_none()
        return None if last is None else cast("Decision", last).merge_into

    def _unnumbered(self, connection: Connection, limit: int | None = None) -> list[Any]:
        """Risk points whose present revision, or the present version of whose project, has no number."""
        known = risk_point_changes.c
        joined = risk_points.join(projects, projects.c.id == risk_points.c.project_id).outerjoin(
            risk_point_changes, known.risk_point_id == risk_points.c.id
        )
        query = (
            select(
                risk_points.c.id,
                risk_points.c.project_id,
                risk_points.c.revision,
                projects.c.digest,
                known.sequence.label("numbered"),
            )
            .select_from(joined)
            .where(
                or_(
                    known.sequence.is_(None),
                    known.revision != risk_points.c.revision,
                    known.project_digest != projects.c.digest,
                )
            )
            .order_by(risk_points.c.updated_at, risk_points.c.project_id, risk_points.c.revision)
        )
        return list(connection.execute(query if limit is None else query.limit(limit)))


def _numbers(count: int, begin: int) -> list[int]:
    """So many numbers in their order, drawn at random: any part of them looks like as many drawn alone."""
    return sorted(secrets.SystemRandom().sample(range(begin, begin + max(SECOND, 4 * count)), count))
