"""Risk-point candidates (风险点候选) as they stand: what the machine proposes, under what people have decided."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final, Literal, NamedTuple, cast

from sqlalchemy import Connection, Text, func, insert, select, type_coerce, update

from pipeline.records import RiskPointCandidate
from pipeline.store.decoded import Decoded
from pipeline.store.engine import Database, StoreConflict, UnknownRecord, portions
from pipeline.store.tables import projects, risk_points

Presence = Literal["live", "withdrawn", "removed"]
"""live: still supported; withdrawn: decided by a person, no longer supported; removed: nobody decided, unsupported."""


_LIGHT: Final = [column for column in risk_points.c if column.name != "payload"]
_decoded: Final = Decoded[RiskPointCandidate](16_000_000)


class StoredRiskPoint(NamedTuple):
    """A risk point as it is shown: the machine's candidate with human values on top; None once it is removed."""

    id: str
    project_id: str
    candidate: RiskPointCandidate | None
    presence: Presence
    updated_at: datetime
    human: dict[str, Any]
    """Human values by field name, as they were decided."""


class RiskPointPage(NamedTuple):
    """Risk points in the order of their last change; ``next_cursor`` continues after them, now or next week."""

    rows: tuple[StoredRiskPoint, ...]
    next_cursor: str


class Replaced(NamedTuple):
    """What a new run changed, by id."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    withdrawn: tuple[str, ...]
    removed: tuple[str, ...]


class RiskPoints(Database):
    """The store's risk points."""

    def replace_candidates(self, project_id: str, candidates: Iterable[RiskPointCandidate]) -> Replaced:
        """Makes these the project's candidates. What did not change is not touched; human values always stay.

        A decided candidate that is no longer supported is withdrawn and stays readable, an undecided one is removed
        and reported as such to ``updated_since`` readers. Raises UnknownRecord for an unknown project.
        """
        by_id = {candidate.id: candidate for candidate in candidates}
        strangers = [candidate.id for candidate in by_id.values() if candidate.project_id != project_id]
        if strangers:
            raise StoreConflict(f"E152: {strangers[0]} belongs to another project than {project_id}")
        outcome: dict[str, list[str]] = {name: [] for name in Replaced._fields}
        with self.transaction() as connection:
            revision = count(next_revision(connection, project_id))
            query = select(risk_points).where(risk_points.c.project_id == project_id).order_by(risk_points.c.id)
            known = {row.id: row for row in connection.execute(query)}
            _refuse_foreign(connection, [candidate_id for candidate_id in by_id if candidate_id not in known])
            for candidate_id in sorted(by_id):
                result = self._propose(connection, by_id[candidate_id], known.get(candidate_id), revision)
                outcome[result].append(candidate_id)
            for row in known.values():
                if row.id not in by_id and row.presence == "live":
                    outcome[self._retire(connection, row, revision)].append(row.id)
        return Replaced(**{name: tuple(ids) for name, ids in outcome.items()})

    def read_anew(self) -> None:
        """Forgets what this process has read: who checks the database is not answered from memory."""
        _decoded.forget()

    def risk_points(
        self, project_id: str, updated_since: str | None = None, limit: int = 100, *, sealed: bool | None = None
    ) -> RiskPointPage:
        """The risk points changed after the cursor, in the order of change; without a cursor, all that exist.

        Nothing is missed between two pages. Removed ones are reported to readers with a cursor. ``sealed`` False leaves
        sealed ones out, so that neither rows nor cursor tell of them, True gives them alone (P-14).
        """
        after = _position(updated_since)
        query = select(*_LIGHT).where(risk_points.c.project_id == project_id, risk_points.c.revision > after)
        if sealed is not None:
            query = query.where(risk_points.c.sealed.is_(sealed))
        if updated_since is None:
            query = query.where(risk_points.c.presence != "removed")
        with self.reading() as connection:
            rows = connection.execute(query.order_by(risk_points.c.revision).limit(limit)).all()
            if len(rows) == limit:
                after = rows[-1].revision
            elif rows or updated_since is None:
                after = max([after, *(row.revision for row in rows)])
            return RiskPointPage(tuple(_with_candidates(connection, rows)), f"r{after}")

    def risk_point(self, risk_point_id: str) -> StoredRiskPoint | None:
        """The risk point of this id, withdrawn ones among them; None when unknown or removed."""
        query = select(*_LIGHT).where(risk_points.c.id == risk_point_id, risk_points.c.presence != "removed")
        with self.reading() as connection:
            return next(iter(_with_candidates(connection, connection.execute(query).all())), None)

    def _propose(self, connection: Connection, candidate: RiskPointCandidate, row: Any, revision: Iterator[int]) -> str:
        candidate = candidate.model_copy(update={"state": "proposed"})
        digest = hashlib.sha256(candidate.canonical_json().encode()).hexdigest()
        if row is not None and row.digest == digest and row.presence == "live":
            return "unchanged"
        values = {
            "factor": candidate.factor,
            "sealed": candidate.sealed,
            "presence": "live",
            "digest": digest,
            "revision": next(revision),
            "payload": candidate,
        }
        if row is not None:
            self._change(connection, candidate.id, values)
            return "new" if row.presence == "removed" else "changed"
        fixed = {"id": candidate.id, "project_id": candidate.project_id, "state": "proposed", "human": {}}
        connection.execute(insert(risk_points).values(**fixed, **values, updated_at=self.clock()))
        return "new"

    def _retire(self, connection: Connection, row: Any, revision: Iterator[int]) -> str:
        if row.state != "proposed" or row.human:
            self._change(connection, row.id, {"presence": "withdrawn", "revision": next(revision)})
            return "withdrawn"
        self._change(connection, row.id, {"presence": "removed", "payload": None, "revision": next(revision)})
        return "removed"

    def _change(self, connection: Connection, risk_point_id: str, values: dict[str, Any]) -> None:
        statement = update(risk_points).where(risk_points.c.id == risk_point_id)
        connection.execute(statement.values(**values, updated_at=self.clock()))


def next_revision(connection: Connection, project_id: str) -> int:
    """The next free revision of a project, whose row stays locked until the transaction ends.

    Revisions therefore appear to readers in their order, and a cursor never skips one. Who only refers to the project
    (links of a text) is not held up: they would wait for us with the row in hand, and we for them at the outbox.
    """
    project = select(projects.c.id).where(projects.c.id == project_id).with_for_update(key_share=True)
    if connection.execute(project).one_or_none() is None:
        raise UnknownRecord(f"E151: no project {project_id}; import it first (minyi projects import FILE)")
    query = select(func.coalesce(func.max(risk_points.c.revision), 0)).where(risk_points.c.project_id == project_id)
    return int(connection.execute(query).scalar_one()) + 1


def with_human_values(candidate: RiskPointCandidate, state: str, human: dict[str, Any]) -> RiskPointCandidate:
    """The candidate as people see it. Raises pydantic's ValidationError when the values do not fit together."""
    if not human:
        return candidate.model_copy(update={"state": state})
    return RiskPointCandidate.model_validate({**dict(candidate), **human, "state": state})


def stored(row: Any) -> StoredRiskPoint:
    """A row as it is shown: the machine's candidate under human values."""
    return _shown(row, row.payload)


def _shown(row: Any, machine: RiskPointCandidate | None) -> StoredRiskPoint:
    candidate = None if machine is None else with_human_values(machine, row.state, row.human)
    presence = cast("Presence", row.presence)
    return StoredRiskPoint(row.id, row.project_id, candidate, presence, row.updated_at, dict(row.human))


def _with_candidates(connection: Connection, rows: Sequence[Any]) -> Iterator[StoredRiskPoint]:
    """Rows without their candidates as they are shown; those candidates are read that were not read before."""
    there = [row for row in rows if row.presence != "removed"]
    known = {row.id: found for row in there if (found := _decoded.get(row.digest)) is not None}
    for ids in portions(row.id for row in there if row.id not in known):
        query = select(risk_points.c.id, risk_points.c.digest, type_coerce(risk_points.c.payload, Text))
        for point_id, digest, text in connection.execute(query.where(risk_points.c.id.in_(ids))):
            if text is not None:
                known[point_id] = RiskPointCandidate.model_validate_json(text)
                _decoded.keep(digest, known[point_id], len(text))
    for row in rows:
        yield _shown(row, known.get(row.id))


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.startswith("r") and cursor[1:].isascii() and cursor[1:].isdigit() and len(cursor) <= 20):
        raise ValueError(f"E155: {cursor!r} is not a cursor of risk points; use next_cursor of an earlier answer")
    return int(cursor[1:])


def _refuse_foreign(connection: Connection, ids: list[str]) -> None:
    for portion in portions(ids):
        query = select(risk_points.c.id).where(risk_points.c.id.in_(portion)).limit(1)
        found = connection.execute(query).scalar_one_or_none()
        if found is not None:
            raise StoreConflict(f"E152: {found} belongs to another project")
