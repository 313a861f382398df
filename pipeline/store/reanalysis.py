"""Runs of re-analysis (重新分析): which texts are to be read again, by which versions, and how far that is."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.records import Analysis, Document, Versions
from pipeline.store.analyses import READ, Analyses, digest_of, outdated_of
from pipeline.store.documents import RECORD_COLUMNS, document_of
from pipeline.store.engine import lock, portions, ring
from pipeline.store.lease_time import is_free
from pipeline.store.reanalysis_tables import analysis_queue, analysis_runs
from pipeline.store.tables import analyses, documents, links, outbox
from pipeline.store.workers import at_work


class Scope(NamedTuple):
    """Which texts: by publication (else by collection), project and kind of source; None is no restriction."""

    since: datetime | None = None
    until: datetime | None = None
    project_id: str | None = None
    source_kind: str | None = None

    def as_json(self) -> dict[str, str]:
        """The restrictions that there are."""
        values = {name: value.isoformat() if isinstance(value, datetime) else value
                  for name, value in self._asdict().items()}  # fmt: skip
        return {name: value for name, value in values.items() if value is not None}


class AnalysisRun(NamedTuple):
    """One run: ``texts`` are to be read, ``read`` were, ``failed`` could not be and keep their earlier analysis.

    ``begun_on`` and ``ended_on`` are ends of the outbox; ``usual`` is the digest of what the settings named then.
    """

    id: str
    digest: str
    usual: str
    scope: dict[str, str]
    state: str
    texts: int
    read: int
    failed: int
    begun_at: datetime
    ended_at: datetime | None
    begun_on: int
    ended_on: int | None
    versions: Versions


class Reanalysis(Analyses):
    """The store's runs of re-analysis."""

    def outdated(self, versions: Versions, besides: Collection[str] = ()) -> int:
        """How many documents :meth:`requeue_outdated` would send back.

        Once there were none, only what the outbox names since is looked at: whoever makes an analysis a text's current
        one, by whatever versions, adds a row there. A worker is woken often, and its versions change seldom.
        """
        digests = frozenset({digest_of(versions), *besides})
        since, query = self._none_outdated.get(digests), outdated_of(select(func.count()), versions, besides)
        if since is not None:
            one = outdated_of(select(documents.c.id), versions, besides).where(documents.c.id == outbox.c.document_id)
            told = select(func.count(outbox.c.document_id.distinct())).where(outbox.c.sequence > since)
            query = told.where(one.correlate(outbox).exists())
        with self.reading() as connection:
            lock(connection, "outbox")  # waits for writers who have a number but have not committed it yet
            end = int(connection.execute(select(func.coalesce(func.max(outbox.c.sequence), 0))).scalar_one())
        with self.reading() as connection:
            found = int(connection.execute(query).scalar_one())
        if not found:
            self._none_outdated[digests] = end
        return found

    @cached_property
    def _none_outdated(self) -> dict[frozenset[str], int]:
        """By digests of versions: up to which row of the outbox no text was of others."""
        return {}

    def texts_to_read(self, versions: Versions, scope: Scope) -> tuple[int, int]:
        """How many texts of the scope other versions read, and how many there are in it."""
        with self.reading() as connection:

            def number(*conditions: ColumnElement[bool]) -> int:
                query = select(func.count()).select_from(documents.join(analyses)).where(*_within(scope), *conditions)
                return int(connection.execute(query).scalar_one())

            return number(analyses.c.versions != digest_of(versions)), number()

    def begin_run(self, versions: Versions, usual: Versions, scope: Scope) -> AnalysisRun | None:
        """Queues the texts of the scope that other versions read. Returns the run, the one of the same versions and
        scope that is still open where there is one, and None where nothing is left to read."""
        digest = digest_of(versions)
        with self.transaction() as connection:
            lock(connection, "analysis_runs")
            same = (analysis_runs.c.digest == digest, analysis_runs.c.state == "open")
            known = next((run for run in _runs(connection, *same) if run.scope == scope.as_json()), None)
            new = select(documents.c.id).select_from(documents.join(analyses)).where(*_within(scope))
            new = new.where(analyses.c.versions != digest, documents.c.id.not_in(_queued(digest)))
            if known is None and connection.execute(new.limit(1)).first() is None:
                return None
            run_id = known.id if known else _add_run(connection, versions, usual, scope, self.clock())
            added = _queue(connection, new.add_columns(literal(run_id)))
            more = update(analysis_runs).where(analysis_runs.c.id == run_id)
            connection.execute(more.values(texts=analysis_runs.c.texts + added))
            ring(connection)
            return _runs(connection, analysis_runs.c.id == run_id)[0]

    def analysis_runs(self) -> list[AnalysisRun]:
        """All runs, the newest first."""
        with self.reading() as connection:
            return _runs(connection)

    def analysis_run(self, run_id: str) -> AnalysisRun | None:
        """The run of this id, or None."""
        with self.reading() as connection:
            return next(iter(_runs(connection, analysis_runs.c.id == run_id)), None)

    def open_runs(self, versions: Versions) -> list[AnalysisRun]:
        """The runs of these versions that have not ended, the newest first."""
        with self.reading() as connection:
            return _runs(connection, analysis_runs.c.digest == digest_of(versions), analysis_runs.c.state == "open")

    def left_to_read(self, versions: Versions) -> int:
        """How many texts these versions are still to read again."""
        with self.reading() as connection:
            query = select(func.count()).select_from(_queued(digest_of(versions)).subquery())
            return int(connection.execute(query).scalar_one())

    def claim_again(self, versions: Versions, limit: int, worker: str, lease_seconds: float) -> list[Document]:
        """Up to ``limit`` texts to read again by these versions, which nobody else gets until the lease ends.

        A text that is on its way through the work (its source changed it) is left to that and leaves the queue.
        """
        queue = analysis_queue.c
        mine = queue.run_id.in_(_runs_of(digest_of(versions)))
        query = select(*RECORD_COLUMNS, documents.c.state).join(analysis_queue).order_by(documents.c.id).limit(limit)
        while True:
            now = self.clock()
            free = query.where(mine, is_free(queue.leased_until, now))
            with self.transaction() as connection:
                rows = connection.execute(free.with_for_update(skip_locked=True, of=analysis_queue)).all()
                ready = [row for row in rows if row.state in READ]
                passed_on = [row.id for row in rows if row.state not in READ]
                if passed_on:
                    connection.execute(delete(analysis_queue).where(queue.document_id.in_(passed_on)))
                if ready:
                    statement = update(analysis_queue).where(queue.document_id.in_([row.id for row in ready]))
                    until = now + timedelta(seconds=lease_seconds)
                    connection.execute(statement.values(leased_by=worker, leased_until=until))
            if ready or not passed_on:
                return [document_of(row) for row in ready]

    def complete_again(self, versions: Versions, batch: Sequence[Analysis], failed: Collection[str] = ()) -> int:
        """Stores analyses of texts that these versions read again; they and the failed ones leave the queue.

        What was current before is superseded and kept. A text that a run of other versions took over since it was
        claimed is left to that. Returns how many texts were read again.
        """
        with self.transaction() as connection:
            kept = self.still_as_read(batch)  # texts are locked before their places in the queue
            read = _dequeued(connection, versions, [one.document_id for one in batch])
            unread = _dequeued(connection, versions, failed)
            self.complete_analyses([one for one in kept if one.document_id in read])
            _count(connection, "read", read.values())
            _count(connection, "failed", unread.values())
        return len(read)

    def queued(self) -> dict[str, int]:
        """How many texts each run has left to read, by id; runs with none are missing."""
        queue = analysis_queue.c
        with self.reading() as connection:
            rows = connection.execute(select(queue.run_id, func.count().label("left")).group_by(queue.run_id))
            return {row.run_id: row.left for row in rows}

    def end_runs(self, versions: Versions, usual: Versions) -> list[AnalysisRun]:
        """Ends the runs that have nothing left to read; returns those that ended now.

        Of other versions those too that nobody reads with now: a later run took over what they had left, or it was
        withdrawn or changed. ``usual`` are the versions that the settings name. What these have read leaves the
        queues of runs that were begun when the settings, the code lists or the registry were others.
        """
        columns, queue, digest = analysis_runs.c, analysis_queue.c, digest_of(versions)
        opened = columns.state == "open"
        with self.reading() as connection:
            if not _runs(connection, opened):
                return []
        left = select(queue.run_id).where(queue.run_id == columns.id).exists()
        living = at_work(self.clock())
        with self.transaction() as connection:
            lock(connection, "analysis_runs")
            past = select(columns.id).where(opened, columns.digest.not_in({digest, digest_of(usual)}))
            past = past.where(columns.usual != digest_of(usual), columns.digest.not_in(living))
            for portion in portions(connection.execute(past).scalars().all()):
                read = select(analyses.c.document_id).where(analyses.c.document_id == queue.document_id)
                read = read.where(analyses.c.current, analyses.c.versions == digest_of(usual))
                gone = delete(analysis_queue).where(queue.run_id.in_(portion), read.exists())
                connection.execute(gone)
            end = connection.execute(select(func.coalesce(func.max(outbox.c.sequence), 0))).scalar_one()
            mine = (columns.digest == digest) | columns.digest.not_in(living)
            statement = update(analysis_runs).where(opened, mine, ~left)
            ended = statement.values(state="done", ended_at=self.clock(), ended_on=end)
            ids = list(connection.execute(ended.returning(columns.id)).scalars())
            return _runs(connection, columns.id.in_(ids)) if ids else []

    def asked_besides(self, versions: Versions) -> set[str]:
        """Digests of the versions that runs with another model had while the settings named these.

        What they read is not outdated until the settings, the code lists or the registry change.
        """
        digest = digest_of(versions)
        return {run.digest for run in self.analysis_runs() if run.usual == digest}


def _within(scope: Scope) -> list[ColumnElement[bool]]:
    """The texts of a scope that have a current analysis, joined with it."""
    published = func.coalesce(documents.c.published_at, documents.c.collected_at)
    conditions: list[ColumnElement[bool]] = [analyses.c.current, documents.c.state.in_(READ)]
    if scope.since is not None:
        conditions.append(published >= scope.since)
    if scope.until is not None:
        conditions.append(published < scope.until)
    if scope.source_kind is not None:
        conditions.append(documents.c.source_kind == scope.source_kind)
    if scope.project_id is not None:
        linked = select(links.c.document_id).where(links.c.project_id == scope.project_id)
        conditions.append(documents.c.id.in_(linked))
    return conditions


def _queued(digest: str) -> Select[Any]:
    """Ids of the texts that runs of these versions have left to read."""
    return select(analysis_queue.c.document_id).where(analysis_queue.c.run_id.in_(_runs_of(digest)))


def _runs_of(digest: str) -> Select[Any]:
    """Ids of the runs of these versions."""
    return select(analysis_runs.c.id).where(analysis_runs.c.digest == digest)


def _dequeued(connection: Connection, versions: Versions, ids: Collection[str]) -> dict[str, str]:
    """Takes texts out of the queue that runs of these versions have in it; returns these runs by text."""
    queue, taken = analysis_queue.c, dict[str, str]()
    mine = queue.run_id.in_(_runs_of(digest_of(versions)))
    for portion in portions(sorted(ids)):
        held = select(queue.document_id, queue.run_id).where(queue.document_id.in_(portion), mine)
        found = connection.execute(held.order_by(queue.document_id).with_for_update(of=analysis_queue))
        here = {row.document_id: row.run_id for row in found}
        if here:
            connection.execute(delete(analysis_queue).where(queue.document_id.in_(here)))
        taken |= here
    return taken


def _queue(connection: Connection, rows: Select[Any]) -> int:
    """Queues texts for a run, those of runs of other versions too, within the database: there may be millions.

    In order of id, as those that were read leave the queue.
    """
    insert_rows = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    ordered = rows.order_by(documents.c.id)
    statement = insert_rows(analysis_queue).from_select(["document_id", "run_id"], ordered)
    taken = {"run_id": statement.excluded.run_id, "leased_by": None, "leased_until": None}
    statement = statement.on_conflict_do_update(index_elements=["document_id"], set_=taken)
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount


def _runs(connection: Connection, *conditions: ColumnElement[bool]) -> list[AnalysisRun]:
    columns = [analysis_runs.c[name] for name in AnalysisRun._fields]
    query = select(*columns).where(*conditions).order_by(analysis_runs.c.serial.desc())
    return [AnalysisRun(*row) for row in connection.execute(query)]


def _add_run(connection: Connection, versions: Versions, usual: Versions, scope: Scope, now: datetime) -> str:
    last = connection.execute(select(func.coalesce(func.max(analysis_runs.c.serial), 0))).scalar_one()
    begun_on = connection.execute(select(func.coalesce(func.max(outbox.c.sequence), 0))).scalar_one()
    digest = digest_of(versions)
    values: dict[str, Any] = {
        "id": "a" + hashlib.sha256(f"{last + 1}\x1f{digest}\x1f{now.isoformat()}".encode()).hexdigest()[:24],
        "serial": last + 1, "digest": digest, "usual": digest_of(usual), "scope": scope.as_json(), "state": "open",
        "texts": 0, "read": 0, "failed": 0, "begun_at": now, "begun_on": begun_on, "versions": versions,
    }  # fmt: skip
    connection.execute(insert(analysis_runs).values(**values))
    return str(values["id"])


def _count(connection: Connection, name: str, run_ids: Iterable[str]) -> None:
    counted: dict[str, int] = {}
    for run_id in run_ids:
        counted[run_id] = counted.get(run_id, 0) + 1
    for run_id, number in sorted(counted.items()):
        column = analysis_runs.c[name]
        more = update(analysis_runs).where(analysis_runs.c.id == run_id)
        connection.execute(more.values({name: column + number}))
