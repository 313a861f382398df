"""Snapshots (快照): what the open candidates of a project were at which moment, as spans, ids and figures.

Each row holds from its ``first`` snapshot to its ``last``; an open one still holds. Nothing is kept twice, and a text
that is withdrawn leaves every snapshot, with the candidates that rested on it alone (P-12).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, and_, delete, func, insert, or_, select, update

from pipeline.records import Versions
from pipeline.records.snapshot import Figures
from pipeline.store.engine import Database, insert_new, portions
from pipeline.store.reanalysis_tables import (
    reading_versions,
    snapshot_passages,
    snapshot_points,
    snapshot_readings,
    snapshot_withdrawals,
    snapshots,
)
from pipeline.store.tables import outbox

FOR = "for"
"""Role of a passage that supports its candidate."""
WHOLE = ""
"""In place of a risk point: the texts of the whole project."""


class Passage(NamedTuple):
    """A passage of a candidate: a half-open span of one text; ``role`` is ``for`` or a kind of counter-evidence."""

    risk_point_id: str
    role: str
    document_id: str
    start: int
    end: int


class Snapshot(NamedTuple):
    """One moment of a project; ``through`` is the end of the outbox, ``versions`` read most of its texts."""

    project_id: str
    number: int
    taken_at: datetime
    through: int
    versions: str
    calibration: str
    routing: str
    registry: str


class Content(NamedTuple):
    """What stands at a moment: figures by risk point, passages, and the versions that read each text, by digest."""

    points: Mapping[str, Figures]
    passages: frozenset[Passage]
    readings: Mapping[str, str]


class Ground(NamedTuple):
    """What the candidates stand on beside the texts, as digests."""

    calibration: str
    routing: str
    registry: str


class Snapshots(Database):
    """The store's snapshots."""

    def keep_snapshot(
        self, project_id: str, content: Content, ground: Ground, through: int, versions: Mapping[str, Versions]
    ) -> int | None:
        """Keeps what stands now; returns the new snapshot's number, None where nothing has changed since the last."""
        with self.transaction() as connection:
            last = _newest(connection, project_id)
            number = 1 if last is None else last.number + 1
            changes = [
                _Rows(connection, table, project_id, names).change(wanted)
                for table, names, wanted in (
                    (snapshot_points, ("risk_point_id", "figures"), _points(content)),
                    (snapshot_passages, Passage._fields, {tuple(passage) for passage in content.passages}),
                    (snapshot_readings, ("document_id", "versions"), set(content.readings.items())),
                )
            ]
            as_before = last is not None and not any(changes) and Ground(*last[5:]) == ground
            if last is not None and as_before and not _withdrawn_since(connection, project_id, last.number):
                return None
            known = [{"digest": digest, "payload": versions[digest]} for digest in sorted(versions)]
            insert_new(connection, reading_versions, known, "digest")
            for change in changes:
                change.write(number)
            row = Snapshot(
                project_id, number, self.clock(), through, _most_frequent(content.readings.values()), *ground
            )
            connection.execute(insert(snapshots).values(**row._asdict()))
        return number

    def snapshots_of(self, project_id: str) -> list[Snapshot]:
        """The moments that are kept of a project, oldest first."""
        query = select(snapshots).where(snapshots.c.project_id == project_id).order_by(snapshots.c.number)
        with self.reading() as connection:
            return [Snapshot(*row) for row in connection.execute(query)]

    def snapshot_content(self, project_id: str, number: int) -> Content:
        """What stood at a moment, without what rested on texts that were withdrawn since."""
        with self.reading() as connection:

            def rows(table: Table, *names: str) -> Sequence[Any]:
                holds = and_(table.c.first <= number, or_(table.c.last.is_(None), table.c.last >= number))
                query = select(*(table.c[name] for name in names)).where(table.c.project_id == project_id, holds)
                return connection.execute(query).all()

            passages = frozenset(Passage(*row) for row in rows(snapshot_passages, *Passage._fields))
            supported = {passage.risk_point_id for passage in passages if passage.role == FOR}
            figures = dict(tuple(row) for row in rows(snapshot_points, "risk_point_id", "figures"))
            readings = dict(tuple(row) for row in rows(snapshot_readings, "document_id", "versions"))
        points = {key: Figures.model_validate_json(figures[key]) for key in sorted(figures.keys() & supported)}
        return Content(points, passages, readings)

    def reading_versions(self) -> dict[str, Versions]:
        """The versions that readings in snapshots name, by digest."""
        with self.reading() as connection:
            return {row.digest: row.payload for row in connection.execute(select(reading_versions))}

    def withdrawn_between(self, project_id: str, number: int, later: int) -> dict[str, int]:
        """Texts that were withdrawn, or changed by their source, between two snapshots: by risk point, and in all."""
        columns = snapshot_withdrawals.c
        query = select(columns.risk_point_id, func.sum(columns.texts)).where(
            columns.project_id == project_id, columns.after >= number, columns.after < later
        )
        with self.reading() as connection:
            return {row[0]: int(row[1]) for row in connection.execute(query.group_by(columns.risk_point_id))}

    def arrived_between(self, document_ids: Iterable[str], sequence: int, later: int) -> tuple[set[str], set[str]]:
        """Which of these texts the store first read, and which their source changed, between two ends of the outbox."""
        arrived: set[str] = set()
        revised: set[str] = set()
        with self.reading() as connection:
            for portion in portions(sorted(set(document_ids))):
                first = select(outbox.c.document_id, func.min(outbox.c.sequence).label("first"))
                first = first.where(outbox.c.document_id.in_(portion)).group_by(outbox.c.document_id)
                arrived |= {row.document_id for row in connection.execute(first) if row.first > sequence}
                changed = select(outbox.c.document_id).where(
                    outbox.c.document_id.in_(portion), outbox.c.kind == "delete",
                    outbox.c.sequence > sequence, outbox.c.sequence <= later,
                )  # fmt: skip
                revised |= set(connection.execute(changed).scalars())
        return arrived, revised - arrived

    def forget_snapshots(self, days: int) -> int:
        """Removes the moments that are older, but never a project's newest, and of each older day than yesterday all
        but its last; what stood at none that is left goes with them. Returns how many were removed."""
        now = self.clock()
        removed = 0
        with self.transaction() as connection:
            for project_id in list(connection.execute(select(snapshots.c.project_id).distinct()).scalars()):
                rows = self.snapshots_of(project_id)
                gone = _past(rows, now, days)
                for ids in portions(gone):
                    mine = snapshots.c.project_id == project_id
                    connection.execute(delete(snapshots).where(mine, snapshots.c.number.in_(ids)))
                removed += len(gone)
                if gone:
                    _sweep(connection, project_id)
        return removed


class _Rows:
    """The rows of one table that hold now, against those that are to hold."""

    def __init__(self, connection: Connection, table: Table, project_id: str, names: Sequence[str]) -> None:
        self._connection, self._table, self._project_id, self._names = connection, table, project_id, names
        self._key = table.c.id if "id" in table.c else table.c.risk_point_id
        columns = [table.c[name] for name in names]
        query = select(self._key, *columns).where(table.c.project_id == project_id, table.c.last.is_(None))
        self._held = {tuple(row)[1:]: row[0] for row in connection.execute(query)}

    def change(self, wanted: Collection[tuple[Any, ...]]) -> _Rows:
        """Finds what no longer holds and what is new."""
        held = self._held.keys()
        self._gone, self._new = sorted(held - set(wanted)), sorted(set(wanted) - held)
        return self

    def __bool__(self) -> bool:
        return bool(self._gone or self._new)

    def write(self, number: int) -> None:
        """Closes the former at the snapshot before this one, and adds the latter."""
        columns = self._table.c
        for keys in portions(self._held[values] for values in self._gone):
            held = (columns.project_id == self._project_id, columns.last.is_(None), self._key.in_(keys))
            self._connection.execute(update(self._table).where(*held).values(last=number - 1))
        rows = [
            {"project_id": self._project_id, "first": number, **dict(zip(self._names, values, strict=True))}
            for values in self._new
        ]
        if rows:
            self._connection.execute(insert(self._table), rows)


def forget_texts(connection: Connection, document_ids: Sequence[str]) -> None:
    """Takes texts out of every snapshot, in the transaction that withdraws or changes them (P-12).

    How many that were is noted, without their ids; a candidate that rested on nothing else leaves the snapshots too.
    """
    for ids in portions(document_ids):
        _note(connection, snapshot_passages, ids, snapshot_passages.c.risk_point_id)
        _note(connection, snapshot_readings, ids, None)
        there = snapshot_passages.c
        query = select(there.project_id, there.risk_point_id).where(there.document_id.in_(ids)).distinct()
        touched = connection.execute(query).all()
        connection.execute(delete(snapshot_passages).where(there.document_id.in_(ids)))
        connection.execute(delete(snapshot_readings).where(snapshot_readings.c.document_id.in_(ids)))
        for row in touched:
            points = snapshot_points.c
            supported = select(there.id).where(
                there.project_id == points.project_id, there.risk_point_id == points.risk_point_id, there.role == FOR,
                or_(points.last.is_(None), there.first <= points.last),
                or_(there.last.is_(None), there.last >= points.first),
            )  # fmt: skip
            mine = (points.project_id == row.project_id, points.risk_point_id == row.risk_point_id)
            connection.execute(delete(snapshot_points).where(*mine, ~supported.exists()))


def _note(connection: Connection, table: Table, ids: Sequence[str], point: Any) -> None:
    columns = snapshot_withdrawals.c
    keys = [table.c.project_id] + ([] if point is None else [point])
    query = select(*keys, func.count(table.c.document_id.distinct()).label("texts"))
    query = query.where(table.c.document_id.in_(ids), table.c.last.is_(None)).group_by(*keys)
    for row in connection.execute(query).all():
        newest = _newest(connection, row.project_id)
        if newest is None:
            continue
        key = {
            "project_id": row.project_id,
            "risk_point_id": WHOLE if point is None else row.risk_point_id,
            "after": newest.number,
        }
        same = [columns[name] == value for name, value in key.items()]
        more = update(snapshot_withdrawals).where(*same).values(texts=columns.texts + row.texts)
        if not connection.execute(more).rowcount:
            connection.execute(insert(snapshot_withdrawals).values(**key, texts=row.texts))


def _points(content: Content) -> set[tuple[Any, ...]]:
    return {(key, figures.canonical_json()) for key, figures in content.points.items()}


def _newest(connection: Connection, project_id: str) -> Snapshot | None:
    query = select(snapshots).where(snapshots.c.project_id == project_id)
    row = connection.execute(query.order_by(snapshots.c.number.desc()).limit(1)).one_or_none()
    return None if row is None else Snapshot(*row)


def _withdrawn_since(connection: Connection, project_id: str, number: int) -> bool:
    columns = snapshot_withdrawals.c
    query = select(columns.texts).where(columns.project_id == project_id, columns.after >= number).limit(1)
    return connection.execute(query).one_or_none() is not None


def _most_frequent(digests: Iterable[str]) -> str:
    """The digest that most readings have, of equals the first; empty without a reading."""
    counted: dict[str, int] = {}
    for digest in digests:
        counted[digest] = counted.get(digest, 0) + 1
    return min(counted, key=lambda digest: (-counted[digest], digest), default="")


def _past(rows: Sequence[Snapshot], now: datetime, days: int) -> list[int]:
    """Numbers of the moments that need not be kept: too old, or followed by another one on the same past day."""
    gone = []
    for row, following in pairwise(rows):
        old = row.taken_at < now - timedelta(days=days)
        thinned = following.taken_at < now - timedelta(days=2) and row.taken_at.date() == following.taken_at.date()
        same_ground = (row.versions, *row[5:]) == (following.versions, *following[5:])
        if old or (thinned and same_ground):
            gone.append(row.number)
    return gone


def _sweep(connection: Connection, project_id: str) -> None:
    """Removes rows that hold at no moment that is kept."""
    for table in (snapshot_points, snapshot_passages, snapshot_readings):
        kept = select(snapshots.c.number).where(
            snapshots.c.project_id == table.c.project_id,
            snapshots.c.number >= table.c.first,
            snapshots.c.number <= table.c.last,
        )
        closed = (table.c.project_id == project_id, table.c.last.is_not(None))
        connection.execute(delete(table).where(*closed, ~kept.exists()))
    oldest = select(func.min(snapshots.c.number)).where(snapshots.c.project_id == project_id).scalar_subquery()
    mine = snapshot_withdrawals.c.project_id == project_id
    connection.execute(delete(snapshot_withdrawals).where(mine, snapshot_withdrawals.c.after < oldest))
