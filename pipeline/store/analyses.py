"""Analyses: every one is kept, one per document is current, and its links are what projects are found by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, delete, insert, or_, select, update

from pipeline.records import Analysis, Document, ProjectLink, Versions
from pipeline.store import outbox
from pipeline.store.documents import RECORD_COLUMNS, Relation, document_of, texts_locked
from pipeline.store.engine import Database, StoreConflict, UnknownRecord, portions
from pipeline.store.tables import analyses, documents, links

WAITING = frozenset({"received", "quarantined"})


class Analyses(Database):
    """The store's analyses."""

    def complete_analysis(self, document_id: str, analysis: Analysis) -> bool:
        """Stores one analysis; see :meth:`complete_analyses`. Returns whether anything was new."""
        if analysis.document_id != document_id:
            raise StoreConflict(f"E152: the analysis of {analysis.document_id} was handed in for {document_id}")
        return self.complete_analyses([analysis]) == 1

    def complete_analyses(self, batch: Iterable[Analysis]) -> int:
        """Makes each analysis its document's current one, with its links and outbox row; returns how many were new.

        The documents become analysed and their leases end. An analysis that is current already is not stored twice;
        where its document was sent back to be read again, the index is told once more.
        Raises UnknownRecord for a document that the store lacks, StoreConflict when the text is not the one analysed.
        """
        by_id = {analysis.document_id: analysis for analysis in batch}
        new = 0
        told: list[str] = []
        with self.transaction() as connection:
            for portion in portions(sorted(by_id)):
                moved: list[str] = []
                stored = texts_locked(connection, portion)
                for document_id in portion:
                    row = stored.get(document_id)
                    if row is None:
                        raise UnknownRecord(f"E151: no document {document_id}")
                    if row.state == "withdrawn":
                        continue  # withdrawn while it was being analysed
                    if row.content_hash != by_id[document_id].input_hash:
                        raise StoreConflict(f"E152: the analysis of {document_id} read another text than is stored")
                    fresh = self._make_current(connection, by_id[document_id])
                    new += fresh
                    if fresh or row.state in WAITING:
                        moved.append(document_id)
                _finish(connection, portion, moved)
                told += moved
            outbox.append(connection, told, "upsert")
        return new

    def current_analyses(self, document_ids: Iterable[str]) -> dict[str, Analysis]:
        """The current analysis by document; documents without one are missing."""
        columns = analyses.c
        with self.reading() as connection:
            return {
                row.document_id: row.payload
                for portion in portions(dict.fromkeys(document_ids))
                for row in connection.execute(
                    select(columns.document_id, columns.payload).where(
                        columns.document_id.in_(portion), columns.current
                    )
                )
            }

    def analyses_of(self, document_id: str) -> list[Analysis]:
        """All analyses of a document, the newest first, superseded ones among them."""
        query = select(analyses.c.payload).where(analyses.c.document_id == document_id)
        with self.reading() as connection:
            return list(connection.execute(query.order_by(analyses.c.id.desc())).scalars())

    def analysed_documents_of(
        self, project_id: str, relation: Relation | None = "about", page: int = 500
    ) -> Iterator[tuple[Document, Analysis]]:
        """The documents linked to a project, each with its current analysis, in order of id, a page at a time."""
        after = ""
        while True:
            query = (
                select(*RECORD_COLUMNS, analyses.c.payload)
                .join(links, links.c.document_id == documents.c.id)
                .join(analyses, analyses.c.document_id == documents.c.id)
                .where(links.c.project_id == project_id, links.c.document_id > after, analyses.c.current)
            )
            if relation is not None:
                query = query.where(links.c.relation == relation)
            with self.reading() as connection:
                rows = connection.execute(query.order_by(links.c.document_id).limit(page)).all()
            yield from ((document_of(row), row.payload) for row in rows)
            if len(rows) < page:
                return
            after = rows[-1].id

    def links_of(self, document_id: str) -> tuple[ProjectLink, ...]:
        """The project links of a document's current analysis."""
        analysis = self.current_analyses([document_id]).get(document_id)
        return analysis.links if analysis else ()

    def requeue(self, document_ids: Iterable[str]) -> int:
        """Sends documents back to be analysed again; returns how many went."""
        with self.transaction() as connection:
            return sum(
                connection.execute(
                    update(documents)
                    .where(documents.c.id.in_(portion), documents.c.state.in_(("analysed", "indexed")))
                    .values(state="received", leased_by=None, leased_until=None)
                ).rowcount
                for portion in portions(sorted(set(document_ids)))
            )

    def requeue_outdated(self, versions: Versions) -> int:
        """Sends every document back whose current analysis was made by other versions; returns how many went."""
        outdated = select(analyses.c.document_id).where(analyses.c.current, analyses.c.versions != digest_of(versions))
        statement = update(documents).where(documents.c.state.in_(("analysed", "indexed")))
        statement = statement.where(documents.c.id.in_(outdated))
        with self.transaction() as connection:
            values = {"state": "received", "leased_by": None, "leased_until": None}
            return connection.execute(statement.values(values)).rowcount

    def requeue_all(self) -> int:
        """Sends every analysed document back, for a registry of projects that has changed; returns how many went."""
        statement = update(documents).where(documents.c.state.in_(("analysed", "indexed")))
        with self.transaction() as connection:
            values = {"state": "received", "leased_by": None, "leased_until": None}
            return connection.execute(statement.values(values)).rowcount

    def _make_current(self, connection: Connection, analysis: Analysis) -> bool:
        columns = analyses.c
        digest = digest_of(analysis)
        query = select(columns.id, columns.digest, columns.current).where(
            columns.document_id == analysis.document_id, or_(columns.current, columns.digest == digest)
        )
        kept = {row.digest: row for row in connection.execute(query)}
        if digest in kept and kept[digest].current:
            return False
        superseded = update(analyses).where(columns.document_id == analysis.document_id, columns.current)
        connection.execute(superseded.values(current=False))
        if digest in kept:
            connection.execute(update(analyses).where(columns.id == kept[digest].id).values(current=True))
        else:
            connection.execute(
                insert(analyses).values(
                    document_id=analysis.document_id,
                    digest=digest,
                    versions=digest_of(analysis.versions),
                    current=True,
                    made_at=self.clock(),
                    payload=analysis,
                )
            )
        _write_links(connection, analysis)
        return True


def digest_of(record: Analysis | Versions) -> str:
    """SHA-256 of a record's canonical JSON, in hex."""
    return hashlib.sha256(record.canonical_json().encode()).hexdigest()


def _write_links(connection: Connection, analysis: Analysis) -> None:
    connection.execute(delete(links).where(links.c.document_id == analysis.document_id))
    best: dict[str, ProjectLink] = {}
    for link in analysis.links:
        kept = best.get(link.project_id)
        if kept is None or (link.relation == "about", link.p) > (kept.relation == "about", kept.p):
            best[link.project_id] = link
    rows = [
        {"document_id": analysis.document_id, "project_id": link.project_id, "relation": link.relation, "p": link.p}
        for link in best.values()
    ]
    if rows:
        connection.execute(insert(links), rows)


def _finish(connection: Connection, ids: Sequence[str], moved: Sequence[str]) -> None:
    free = {"leased_by": None, "leased_until": None}
    connection.execute(update(documents).where(documents.c.id.in_(moved)).values(state="analysed", **free))
    held = update(documents).where(documents.c.id.in_(ids), documents.c.leased_by.is_not(None))
    connection.execute(held.values(**free))
