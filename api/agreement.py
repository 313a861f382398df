"""Whether store, index, evidence, voices and audit trail agree with each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from api.findings import Finding
from index import SearchError
from pipeline.feed import entry_of, sealed_among
from pipeline.office import Office
from pipeline.records import Document, Evidence, EvidenceError
from pipeline.records.base import spans_in
from pipeline.store import StoredRiskPoint

BATCH: Final = 500
WORK: Final = "run: minyi work"
REINDEX: Final = "run: minyi reindex"


def agreement(office: Office) -> Iterator[Finding]:
    """One finding a check. Texts that other processes bring in meanwhile may show as behind."""
    yield _analyses(office)
    yield from _index(office)
    yield _evidence(office)
    yield _voices(office)
    yield _audit(office)


def _analyses(office: Office) -> Finding:
    """Every current analysis read the text that is stored."""
    examined, strays = 0, []
    for batch in _documents(office):
        analyses = office.store.current_analyses(document.id for document in batch)
        examined += len(analyses)
        strays += [d.id for d in batch if d.id in analyses and analyses[d.id].input_hash != d.content_hash]
    return Finding.of("analyses read the stored texts", examined, strays, "restore the store from a backup")


def _index(office: Office) -> Iterator[Finding]:
    """The index is whole, has taken in the outbox to its end, and holds what may be searched and nothing else."""
    end, through = office.store.outbox_end(), office.store.indexed_through()
    try:
        health = office.index.verify()
        behind = min(through, office.index.last_sequence())
    except SearchError as error:
        yield Finding.of("index is sound", 0, [str(error)], REINDEX)
        return
    yield Finding.of("index is sound", health.documents, health.problems, REINDEX)
    waiting = [f"{end - through:,} changes wait"] if through < end else []
    lost = ["changes that were marked as indexed are not there"] if not waiting and behind < end else []
    yield Finding.of("outbox is indexed to its end", end, waiting + lost, WORK if waiting else REINDEX)
    if health.problems or waiting or lost:
        return
    wanted, sealed, strays = 0, [], []
    for batch in _documents(office):
        analyses = office.store.current_analyses(document.id for document in batch)
        found = office.index.get(document.id for document in batch)
        hidden = sealed_among(office.store, {document.id: document for document in batch}, analyses)
        for document in batch:
            analysis, entry = analyses.get(document.id), found.get(document.id)
            if analysis is None or document.id in hidden:
                sealed += [document.id] if entry else []
                continue
            wanted += 1
            if entry is None or entry != entry_of(document, analysis, entry.sequence):
                strays.append(document.id)
    if health.documents != wanted and not strays and not sealed:
        strays.append(f"{health.documents:,} texts in the index, {wanted:,} in the store")
    yield Finding.of("index holds what the store holds", wanted, strays, REINDEX)
    yield Finding.of("sealed texts are not in the index (P-14)", 0, sealed, REINDEX)


def _evidence(office: Office) -> Finding:
    """Every passage of every candidate opens in its document; one that a person decided on may outlive its texts."""
    examined, broken = 0, []
    office.store.read_anew()
    for point in _risk_points(office):
        passages = [span for span in spans_in(point.candidate) if isinstance(span, Evidence)]
        documents = office.store.documents_by_id({passage.document_id for passage in passages})
        examined += len(passages)
        if not all(_opens(passage, documents.get(passage.document_id), point) for passage in passages):
            broken.append(point.id)
    return Finding.of("evidence opens in its texts", examined, broken, WORK)


def _opens(passage: Evidence, document: Document | None, point: StoredRiskPoint) -> bool:
    if document is None:
        return False
    if document.tombstone:
        return point.presence == "withdrawn"
    try:
        return bool(passage.quote(document))
    except EvidenceError:
        return False


def _voices(office: Office) -> Finding:
    """No token and no secret of a past period is left (P-04)."""
    running = office.voice_keys.period()
    kept = {*office.store.periods_with_tokens(), *office.voice_keys.periods()}
    past = sorted(kept - {running})
    return Finding.of("no voice tokens of past periods (P-04)", 0, past, WORK)


def _audit(office: Office) -> Finding:
    broken = office.audit.verify()
    head = office.audit.head()
    problems = [f"event {broken.sequence} is {broken.reason}"] if broken else []
    advice = "somebody or something changed the trail: keep the data folder as it is and compare with a backup"
    return Finding.of("audit chain holds (P-10)", head.sequence if head else 0, problems, advice)


def _documents(office: Office) -> Iterator[list[Document]]:
    documents = office.store.all_documents(BATCH)
    while batch := list(islice(documents, BATCH)):
        yield batch


def _risk_points(office: Office) -> Iterable[StoredRiskPoint]:
    for project in office.store.projects():
        cursor = None
        while (page := office.store.risk_points(project.id, cursor, BATCH)).rows:
            yield from (point for point in page.rows if point.candidate is not None)
            cursor = page.next_cursor
