"""Analyses: every one is kept, one per document is current, and its links are what projects are found by."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, delete, insert, select, update

from pipeline.records import Analysis, Document, ProjectLink, Versions
from pipeline.store import outbox
from pipeline.store.documents import RECORD_COLUMNS, Relation, document_of, texts_locked
from pipeline.store.engine import Database, StoreConflict, UnknownRecord, portions
from pipeline.store.tables import analyses, documents, links

WAITING = frozenset({"received", "quarantined"})
READ: Final = ("analysed", "indexed")
"""States of texts that have an analysis which may be superseded; what is on its way is read by the work anyway."""


class KeptAnalysis(NamedTuple):
    """An analysis, when it was made, and whether it is the one that counts."""

    made_at: datetime
    current: bool
    analysis: Analysis


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
        new: list[str] = []
        told: list[str] = []
        with self.transaction() as connection:
            for portion in portions(sorted(by_id)):
                waiting, ready = _checked(connection, [by_id[document_id] for document_id in portion])
                fresh = self._make_current(connection, ready)
                moved = sorted(waiting.union(fresh))
                _finish(connection, portion, moved)
                new += fresh
                told += moved
            outbox.append(connection, told, "upsert")
        return len(new)

    def still_as_read(self, batch: Sequence[Analysis]) -> list[Analysis]:
        """The analyses whose text is still stored, locked until the transaction ends: a source may have changed it."""
        with self.transaction() as connection:
            stored = {
                key: row
                for ids in portions(sorted({analysis.document_id for analysis in batch}))
                for key, row in texts_locked(connection, ids).items()
            }
        return [one for one in batch if one.document_id in stored
                and stored[one.document_id].content_hash == one.input_hash]  # fmt: skip

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

    def history_of(self, document_id: str) -> list[KeptAnalysis]:
        """All analyses of a document with when they were made, the newest first."""
        columns = analyses.c
        query = select(columns.made_at, columns.current, columns.payload).where(columns.document_id == document_id)
        with self.reading() as connection:
            return [KeptAnalysis(*row) for row in connection.execute(query.order_by(columns.id.desc()))]

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

    def requeue_outdated(
        self, versions: Versions, besides: Collection[str] = (), limit: int | None = None, after: str = ""
    ) -> list[str]:
        """Sends documents back whose current analysis was made by other versions; returns their ids in order.

        ``besides`` are digests of versions that may stand as well; ``limit`` is the most that are sent at once. Whoever
        sends many goes on ``after`` the last one: those before it are not looked at again.
        """
        outdated = outdated_of(select(documents.c.id), versions, besides).where(documents.c.id > after)
        found = (
            outdated.order_by(documents.c.id).limit(limit).with_for_update(of=documents, key_share=True)
        )  # as texts_locked
        values = {"state": "received", "backfill": True, "leased_by": None, "leased_until": None}
        with self.transaction() as connection:
            sent = list(connection.execute(found).scalars())
            for portion in portions(sent):
                connection.execute(update(documents).where(documents.c.id.in_(portion)).values(values))
        return sent

    def _make_current(self, connection: Connection, batch: Sequence[Analysis]) -> list[str]:
        """Ids of the documents whose current analysis is now another than before."""
        columns = analyses.c
        ids = [analysis.document_id for analysis in batch]
        query = select(columns.id, columns.document_id, columns.digest, columns.current)
        kept = {
            (row.document_id, row.digest): row for row in connection.execute(query.where(columns.document_id.in_(ids)))
        }
        digests = {analysis.document_id: digest_of(analysis) for analysis in batch}
        current = {key for key, row in kept.items() if row.current}
        fresh = [analysis for analysis in batch if (analysis.document_id, digests[analysis.document_id]) not in current]
        fresh_ids = [analysis.document_id for analysis in fresh]
        superseded = [kept[key].id for key in current if digests[key[0]] != key[1]]
        restored = [row.id for key, row in kept.items() if digests[key[0]] == key[1] and key not in current]
        if superseded:
            connection.execute(update(analyses).where(columns.id.in_(superseded)).values(current=False))
        if restored:
            connection.execute(update(analyses).where(columns.id.in_(restored)).values(current=True))
        rows = [
            {
                "document_id": analysis.document_id,
                "digest": digests[analysis.document_id],
                "versions": digest_of(analysis.versions),
                "current": True,
                "made_at": self.clock(),
                "payload": analysis,
            }
            for analysis in fresh
            if (analysis.document_id, digests[analysis.document_id]) not in kept
        ]
        if rows:
            connection.execute(insert(analyses), rows)
        _write_links(connection, fresh)
        return fresh_ids


def digest_of(record: Analysis | Versions) -> str:
    """SHA-256 of a record's canonical JSON, in hex."""
    return hashlib.sha256(record.canonical_json().encode()).hexdigest()


def outdated_of(chosen: Select[Any], versions: Versions, besides: Collection[str]) -> Select[Any]:
    """The documents whose current analysis was made by other versions than these and ``besides``."""
    joined = chosen.select_from(documents.join(analyses)).where(analyses.c.current)
    others = analyses.c.versions.not_in({digest_of(versions), *besides})
    return joined.where(others, documents.c.state.in_(READ))


def _checked(connection: Connection, batch: Sequence[Analysis]) -> tuple[set[str], list[Analysis]]:
    """Ids of the documents that wait for an analysis, and the analyses that may be stored."""
    stored = texts_locked(connection, [analysis.document_id for analysis in batch])
    waiting: set[str] = set()
    ready: list[Analysis] = []
    for analysis in batch:
        row = stored.get(analysis.document_id)
        if row is None:
            raise UnknownRecord(f"E151: no document {analysis.document_id}")
        if row.state == "withdrawn":
            continue  # it was withdrawn while it was being analysed
        if row.content_hash != analysis.input_hash:
            raise StoreConflict(f"E152: the analysis of {analysis.document_id} read another text than is stored")
        ready.append(analysis)
        if row.state in WAITING:
            waiting.add(analysis.document_id)
    return waiting, ready


def _write_links(connection: Connection, batch: Sequence[Analysis]) -> None:
    ids = [analysis.document_id for analysis in batch]
    if ids:
        connection.execute(delete(links).where(links.c.document_id.in_(ids)))
    rows = [
        {
            "document_id": analysis.document_id,
            "project_id": link.project_id,
            "relation": _counted(link),
            "p": link.p,
            "stance": link.stance,
        }
        for analysis in batch
        for link in _strongest(analysis.links)
    ]
    if rows:
        connection.execute(insert(links), rows)


def _counted(link: ProjectLink) -> str:
    """The relation that counts go by: a link that rests on the region alone is kept among the mentions."""
    return "about" if link.counts else "mentions"


def _strongest(found: Sequence[ProjectLink]) -> Iterable[ProjectLink]:
    """One link a project: about before mentions, the more probable first."""
    best: dict[str, ProjectLink] = {}
    for link in sorted(found, key=lambda link: (link.counts, link.p)):
        best[link.project_id] = link
    return best.values()


def _finish(connection: Connection, ids: Sequence[str], moved: Sequence[str]) -> None:
    free = {"leased_by": None, "leased_until": None}
    if moved:
        connection.execute(update(documents).where(documents.c.id.in_(moved)).values(state="analysed", **free))
    if len(moved) < len(ids):
        held = update(documents).where(documents.c.id.in_(ids), documents.c.leased_by.is_not(None))
        connection.execute(held.values(**free))
