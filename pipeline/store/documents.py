"""Documents: written once, unless their source changes or withdraws them; found by id, by project, by petition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, delete, func, select, update

from pipeline.records import Document
from pipeline.redacted import NOTHING
from pipeline.store import outbox
from pipeline.store.alias_tables import alias_passages
from pipeline.store.aliases import forget_unsaid
from pipeline.store.engine import Database, insert_new, portions, ring
from pipeline.store.fingerprints import Fingerprint, save_fingerprints
from pipeline.store.hearing import note_untold
from pipeline.store.matter_tables import matter_vectors
from pipeline.store.milestones import forget_notices
from pipeline.store.reanalysis_tables import analysis_queue
from pipeline.store.scrubbing import scrub_later
from pipeline.store.snapshots import forget_texts
from pipeline.store.tables import (
    analyses,
    documents,
    fingerprints,
    links,
    minhash_bands,
    petition_handling,
    quarantine,
    source_pointers,
    voices,
)
from pipeline.store.voices import save_voices
from pipeline.store.watch_tables import search_hits
from pipeline.voices import Voice

Relation = Literal["about", "mentions"]
RECORD_COLUMNS = [documents.c[name] for name in Document.model_fields]
"""The columns that make a Document, in the order of its fields."""
INDEXABLE = frozenset({"analysed", "indexed"})
LIVE: Final = timedelta(days=7)
"""What was published so long before it was collected is a back-fill: it waits beside what is new."""


class Added(NamedTuple):
    """Which documents an import brought, and which the store had already."""

    new: tuple[str, ...]
    known: tuple[str, ...]


class Documents(Database):
    """The store's documents."""

    def add_documents(
        self,
        batch: Iterable[Document],
        voices: Iterable[Voice] = (),
        fingerprints: Iterable[Fingerprint] = (),
    ) -> Added:
        """Stores documents with their voices and fingerprints, state received; what is known stays as it is.

        An item that was quarantined at intake and now comes in leaves the quarantine.
        """
        by_id: dict[str, Document] = {}
        seen: list[str] = []
        for document in batch:
            by_id.setdefault(document.id, document)
            seen.append(document.id)
        with self.transaction() as connection:
            rows = [_row(by_id[document_id]) for document_id in sorted(by_id)]
            new = set(insert_new(connection, documents, rows, "id"))
            save_voices(connection, [voice for voice in voices if voice.document_id in new])
            save_fingerprints(connection, [print_ for print_ in fingerprints if print_.document_id in new])
            for ids in portions(sorted(new)):
                connection.execute(delete(quarantine).where(quarantine.c.id.in_(ids)))
            if new:
                ring(connection)
        fresh = tuple(document_id for document_id in by_id if document_id in new)
        return Added(fresh, tuple((Counter(seen) - Counter(fresh)).elements()))

    def document(self, document_id: str) -> Document | None:
        """The document of this id, or None."""
        return self.documents_by_id([document_id]).get(document_id)

    def documents_by_id(self, ids: Iterable[str]) -> dict[str, Document]:
        """The documents of these ids; unknown ids are missing from the answer."""
        found: dict[str, Document] = {}
        with self.reading() as connection:
            for portion in portions(dict.fromkeys(ids)):
                for row in connection.execute(select(*RECORD_COLUMNS).where(documents.c.id.in_(portion))):
                    found[row.id] = document_of(row)
        return found

    def known_documents(self, ids: Iterable[str]) -> set[str]:
        """Which of these ids the store has."""
        with self.reading() as connection:
            return {
                document_id
                for portion in portions(dict.fromkeys(ids))
                for document_id in connection.execute(
                    select(documents.c.id).where(documents.c.id.in_(portion))
                ).scalars()
            }

    def all_documents(self, page: int = 500) -> Iterator[Document]:
        """Every document that is not withdrawn, in order of id, a page at a time in flat memory."""
        after = ""
        while True:
            query = select(*RECORD_COLUMNS).where(documents.c.id > after, documents.c.tombstone.is_(False))
            with self.reading() as connection:
                rows = connection.execute(query.order_by(documents.c.id).limit(page)).all()
            yield from map(document_of, rows)
            if len(rows) < page:
                return
            after = rows[-1].id

    def documents_of(self, project_id: str, relation: Relation | None = "about", page: int = 500) -> Iterator[Document]:
        """The documents linked to a project (``relation`` None: any link), in order of id, a page at a time."""
        after = ""
        while rows := self._page_of(project_id, relation, after, page):
            yield from rows
            after = rows[-1].id

    def replies_to(self, ids: Iterable[str]) -> dict[str, list[Document]]:
        """The official replies by the petition that they answer, oldest first; petitions without one are missing."""
        found: dict[str, list[Document]] = {}
        with self.reading() as connection:
            for portion in portions(dict.fromkeys(ids)):
                query = select(*RECORD_COLUMNS).where(
                    documents.c.reply_to.in_(portion), documents.c.tombstone.is_(False)
                )
                for row in connection.execute(query.order_by(documents.c.published_at, documents.c.id)):
                    found.setdefault(row.reply_to, []).append(document_of(row))
        return found

    def documents_of_origin(self, origin_id: str, limit: int) -> list[Document]:
        """The first ``limit`` copies of one origin that were not withdrawn, the origin first, then the oldest."""
        query = select(*RECORD_COLUMNS).where(documents.c.origin_id == origin_id, documents.c.tombstone.is_(False))
        query = query.order_by(documents.c.id != origin_id, documents.c.published_at, documents.c.id).limit(limit)
        with self.reading() as connection:
            return [document_of(row) for row in connection.execute(query)]

    def came_after(self, ids: Iterable[str], moment: datetime) -> set[str]:
        """Which of these documents came into the store after a moment."""
        wanted = set(ids)
        later = select(documents.c.id).where(documents.c.collected_at > moment)
        with self.reading() as connection:
            if not wanted or connection.execute(later.limit(1)).scalar() is None:
                return set()
            return {
                document_id
                for portion in portions(sorted(wanted))
                for document_id in connection.execute(later.where(documents.c.id.in_(portion))).scalars()
            }

    def set_origins(self, origins: Mapping[str, str]) -> int:
        """Sets the first copy of each near-duplicate; returns how many changed. What the index has is sent again."""
        changed: dict[str, str] = {}
        with self.transaction() as connection:
            for document_id, origin_id in sorted(origins.items()):
                statement = update(documents).where(documents.c.id == document_id, documents.c.origin_id != origin_id)
                moved = connection.execute(statement.values(origin_id=origin_id).returning(documents.c.state)).scalar()
                if moved is not None:
                    changed[document_id] = moved
            outbox.append(connection, (key for key, state in changed.items() if state in INDEXABLE), "upsert")
            if not INDEXABLE.issuperset(changed.values()):
                note_untold(connection)
        return len(changed)

    def withdraw_documents(self, ids: Iterable[str]) -> int:
        """Removes text, voices, links and analyses of documents and leaves tombstones (P-12); returns how many.

        Asked again, it removes what came in beside a tombstone since, such as the place in a run of re-analysis.
        """
        asked = sorted(set(ids))
        with self.transaction() as connection:
            gone: list[str] = []
            forget_notices(connection, asked, self.clock())
            for portion in portions(asked):
                statement = update(documents).where(documents.c.id.in_(portion), documents.c.tombstone.is_(False))
                empty: dict[str, Any] = {
                    "title": NOTHING,
                    "body": NOTHING,
                    "url": None,
                    "engagement": {},
                    "redactions": {},
                }
                statement = statement.values(
                    tombstone=True, state="withdrawn", leased_by=None, leased_until=None, content_hash="", **empty
                )
                gone += connection.execute(statement.returning(documents.c.id)).scalars()
            for portion in portions(asked):
                for table in (
                    links, voices, analyses, fingerprints, minhash_bands, petition_handling, source_pointers,
                    matter_vectors, alias_passages, search_hits, analysis_queue,
                ):  # fmt: skip
                    connection.execute(delete(table).where(table.c.document_id.in_(portion)))
                connection.execute(delete(quarantine).where(quarantine.c.id.in_(portion)))
            forget_texts(connection, asked)
            forget_unsaid(connection)
            outbox.append(connection, gone, "delete")
            if asked:
                scrub_later(connection)
        return len(gone)

    def documents_of_window(self, source: str, since: datetime, until: datetime) -> dict[str, str | None]:
        """Address by id of what a crawled source published in a stretch of time, withdrawn ones left out.

        Replies and comments belong to the time of what they stand below, and are not among them.
        """
        query = select(documents.c.id, documents.c.url).where(
            documents.c.window_id >= f"{source}:", documents.c.window_id < f"{source};",
            documents.c.genre.not_in(("reply", "comment")),
            documents.c.published_at >= since, documents.c.published_at < until, documents.c.tombstone.is_(False),
        )  # fmt: skip
        with self.reading() as connection:
            return {row.id: row.url for row in connection.execute(query.order_by(documents.c.id))}

    def documents_at(self, source: str, url: str) -> list[str]:
        """Ids of what a crawled source gave under an address, withdrawn ones left out."""
        query = select(documents.c.id).where(
            documents.c.window_id >= f"{source}:", documents.c.window_id < f"{source};",
            documents.c.url == url, documents.c.tombstone.is_(False),
        )  # fmt: skip
        with self.reading() as connection:
            return list(connection.execute(query).scalars())

    def revise_document(
        self, document: Document, voices_of: Iterable[Voice] = (), fingerprint: Fingerprint | None = None
    ) -> bool:
        """Replaces the text of a document that its source has changed; whether it did (P-12).

        The old text goes with all that was found in it; the new one is received. Nothing changes for an unknown or
        withdrawn document, and for one whose text is the same.
        """
        kept = {"id", "source", "source_kind", "window_id", "collected_at", "origin_id"}
        values = {name: value for name, value in _row(document).items() if name not in kept}
        with self.transaction() as connection:
            stored = (documents.c.id == document.id) & documents.c.tombstone.is_(False)
            statement = update(documents).where(stored, documents.c.content_hash != document.content_hash)
            values |= {"leased_by": None, "leased_until": None, "origin_id": document.id}
            if not connection.execute(statement.values(values)).rowcount:
                return False
            for table in (links, analyses, fingerprints, minhash_bands, source_pointers, matter_vectors):
                connection.execute(delete(table).where(table.c.document_id == document.id))
            forget_texts(connection, [document.id])
            heard = list(voices_of)
            mine = voices.c.document_id == document.id
            connection.execute(delete(voices).where(mine, voices.c.project_id.not_in([v.project_id for v in heard])))
            known = set(connection.execute(select(voices.c.project_id).where(mine)).scalars())
            save_voices(connection, [voice for voice in heard if voice.project_id not in known])
            save_fingerprints(connection, [fingerprint] if fingerprint else [])
            outbox.append(connection, [document.id], "delete")
            scrub_later(connection)
            ring(connection)
        return True

    def counts_by_state(self) -> dict[str, int]:
        """How many documents are in each state."""
        with self.reading() as connection:
            query = select(documents.c.state, func.count()).group_by(documents.c.state)
            return {row[0]: row[1] for row in connection.execute(query)}

    def _page_of(self, project_id: str, relation: Relation | None, after: str, limit: int) -> list[Document]:
        query = select(*RECORD_COLUMNS).join(links, links.c.document_id == documents.c.id)
        query = query.where(links.c.project_id == project_id, links.c.document_id > after)
        if relation is not None:
            query = query.where(links.c.relation == relation)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(links.c.document_id).limit(limit)).all()
        return [document_of(row) for row in rows]


def document_of(row: Any) -> Document:
    """The Document that a row of RECORD_COLUMNS holds; it was validated when it was written."""
    return Document.model_validate({name: getattr(row, name) for name in Document.model_fields})


def texts_locked(connection: Connection, ids: Sequence[str]) -> dict[str, Any]:
    """Content hash and state by id, locked until the transaction ends; rows that name them may still be written."""
    query = select(documents.c.id, documents.c.content_hash, documents.c.state).where(documents.c.id.in_(ids))
    return {row.id: row for row in connection.execute(query.order_by(documents.c.id).with_for_update(key_share=True))}


def _row(document: Document) -> dict[str, Any]:
    values = {name: getattr(document, name) for name in Document.model_fields}
    return {
        **values,
        "content_hash": document.content_hash,
        "state": "received",
        "backfill": is_backfill(document),
    }


def is_backfill(document: Document) -> bool:
    """Whether a text is from earlier days; an undated one is new where a crawl found it: crawls look at what is new."""
    if document.published_at is None:
        return document.window_id is None
    if None in (document.published_at.tzinfo, document.collected_at.tzinfo):
        return False  # the columns refuse it
    return document.collected_at - document.published_at > LIVE
