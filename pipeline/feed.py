"""Feeds the search index from the outbox: at least once, newest state wins, sealed texts never (P-14)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from index import Change, Deletion, IndexEntry, SearchIndex
from models.taxonomy import taxonomy
from pipeline import meters
from pipeline.matters import is_sealed
from pipeline.records import Analysis, Document
from pipeline.store import OutboxRow, Store

BATCH = 1000
VACUUM_DUE = "vacuum_due"
"""The fact that a text was taken out of the index whose files may still hold it."""


def feed(store: Store, index: SearchIndex, progress: Callable[[int], None] = lambda rows: None) -> int:
    """Brings the index up to the end of the outbox and marks what it holds as indexed; returns how many rows.

    What was withdrawn, or sealed after it was searchable, leaves the files of the index too (P-12, P-14): at the end of
    this run, or of the first later one in which the engine could do it. Raises IndexBusy.
    """
    done = 0
    sequence = min(index.last_sequence(), store.indexed_through()) if index.last_sequence() else 0
    while rows := store.outbox_after(sequence, BATCH):
        changes = changes_of(store, rows)
        if _takes_texts_out(index, changes):
            store.set_fact(VACUUM_DUE, "yes")  # before it is written: a process that dies in between forgets nothing
        index.write(changes)
        index.commit()
        sequence = rows[-1].sequence
        store.mark_indexed(sequence)
        done += len(rows)
        meters.count("index", "indexed", len(rows))
        progress(len(rows))
    if store.fact(VACUUM_DUE) == "yes" and index.vacuum():
        store.set_fact(VACUUM_DUE, "")
    return done


def _takes_texts_out(index: SearchIndex, changes: Iterable[Change]) -> bool:
    """Whether one of the deletions is of a document that is there, and not of one that never was."""
    return bool(index.get(change.id for change in changes if isinstance(change, Deletion)))


def everything(store: Store) -> Callable[[int], Iterable[Change]]:
    """What :func:`index.rebuild.rebuild` reads: all changes after a sequence, each document's latest state."""

    def read(after: int) -> Iterator[Change]:
        while rows := store.outbox_after(after, BATCH):
            yield from changes_of(store, rows)
            after = rows[-1].sequence

    return read


def changes_of(store: Store, rows: Iterable[OutboxRow]) -> list[Change]:
    """The state behind each outbox row as it is now, once a document, in the order of the rows.

    Official replies come along with the petition that they answer, since its seal is theirs.
    """
    latest = {row.document_id: row.sequence for row in rows}
    for petition, replies in store.replies_to(tuple(latest)).items():
        for reply in replies:
            latest[reply.id] = max(latest.get(reply.id, 0), latest[petition])
    documents = store.documents_by_id(latest)
    analyses = store.current_analyses(latest)
    sealed = sealed_among(store, documents, analyses)
    changes: list[Change] = []
    for document_id, sequence in sorted(latest.items(), key=lambda item: item[1]):
        document, analysis = documents.get(document_id), analyses.get(document_id)
        if document is None or analysis is None or document.tombstone or document_id in sealed:
            changes.append(Deletion(document_id, sequence))
        else:
            changes.append(entry_of(document, analysis, sequence))
    return changes


def sealed_among(store: Store, documents: Mapping[str, Document], analyses: Mapping[str, Analysis]) -> set[str]:
    """Ids of the documents that nobody may search: 检举控告, and official replies to them, which repeat them (P-14).

    A reply to a petition that was not read yet, could not be read or was withdrawn stays out as well: nobody knows
    what it repeats.
    """
    answered = {document.reply_to for document in documents.values() if document.reply_to}
    read = store.current_analyses(answered)
    petitions = {key for key in store.known_documents(answered) if key not in read or is_sealed(read[key])}
    replies = {document.id for document in documents.values() if document.reply_to in petitions}
    return replies | {key for key, analysis in analyses.items() if is_sealed(analysis)}


def entry_of(document: Document, analysis: Analysis, sequence: int) -> IndexEntry:
    """A document as it is searched: redacted text and findings, nothing about persons."""
    factors = taxonomy().factors
    codes = tuple(dict.fromkeys(f.code for g in analysis.grievances for f in g.factors))
    groups = (s.code for g in analysis.grievances for s in g.stakeholder_groups if s.p >= 0.5)
    places = [entity for entity in analysis.entities if entity.type == "place"]
    return IndexEntry(
        id=document.id,
        sequence=sequence,
        title=str(document.title),
        body=str(document.body),
        published_at=document.published_at,
        source_kind=document.source_kind,
        source=str(document.source),
        genre=document.genre,
        attitude=analysis.attitude.label,
        is_grievance=analysis.is_grievance,
        factors=codes,
        categories=tuple(dict.fromkeys(factors[code].category for code in codes)),
        stakeholder_groups=tuple(dict.fromkeys(groups)),
        escalation=max((g.escalation.level for g in analysis.grievances), default=0),
        places=tuple(dict.fromkeys(document.text[p.start : p.end] for p in places)),
        region_codes=tuple(sorted({prefix for p in places if p.code for prefix in _prefixes(p.code)})),
        project_ids=tuple(link.project_id for link in analysis.links if link.counts),
        project_mentions=tuple(link.project_id for link in analysis.links if not link.counts),
        origin_id=document.origin_id,
        is_origin=document.origin_id == document.id,
    )


def _prefixes(code: str) -> Iterator[str]:
    """省, 市, 县, 乡: a county finds its townships."""
    for length in (2, 4, 6, 9):
        if len(code) >= length and code[length - 2 : length].strip("0"):
            yield code[:length]
