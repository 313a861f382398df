"""The watch after closing (后评估): a closed risk point that people complain about anew is proposed for reopening.

Nothing reopens by itself: a named person reopens it with the new evidence, or states why it stays closed (P-23). What
is proposed is computed from what the store holds at this moment, so a withdrawn text is gone from it at once (P-12).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from pipeline.process.states import Standing
from pipeline.records import Document, Evidence
from pipeline.store import Store, StoredRiskPoint

PAGE = 500


class Recurrence(NamedTuple):
    """A closed risk point with the passages of texts that appeared after it was closed."""

    risk_point_id: str
    project_id: str
    factor: str
    since: datetime
    """When a person closed it, or last stated that it stays closed."""
    evidence: tuple[Evidence, ...]
    first: datetime
    last: datetime
    """When the first and the last of the new texts appeared."""


def recurrences(store: Store, project_id: str) -> list[Recurrence]:
    """All closed risk points of a project that recur, by id; sealed ones are not among them (P-14)."""
    points = list(_points(store, project_id))
    merged = [point for point in points if point.candidate and point.candidate.state == "merged"]
    found = [_recurring(store, point, merged) for point in points if point.candidate]
    return sorted(one for one in found if one is not None)


def recurrence_of(store: Store, point: StoredRiskPoint) -> Recurrence | None:
    """What speaks for reopening one risk point; None while it is not closed, or nothing new appeared."""
    if point.candidate is None or point.candidate.state != "closed" or point.candidate.sealed:
        return None
    merged = [one for one in _points(store, point.project_id) if one.candidate and one.candidate.state == "merged"]
    return _recurring(store, point, merged)


def _recurring(store: Store, point: StoredRiskPoint, merged: Iterable[StoredRiskPoint]) -> Recurrence | None:
    candidate = point.candidate
    if candidate is None or candidate.state != "closed":
        return None
    since = closed_since(store.standing_of(point.id))
    if since is None:
        return None
    passages = list(candidate.evidence)
    for other in merged:  # what was merged into it counts with it
        if other.candidate and store.standing_of(other.id).merged_into == point.id:
            passages += other.candidate.evidence
    documents = dict(store.documents_by_id({one.document_id for one in passages}))
    documents |= store.documents_by_id({one.origin_id for one in documents.values()} - set(documents))
    new = [one for one in dict.fromkeys(passages) if appeared_after(documents.get(one.document_id), documents, since)]
    if not new:
        return None
    moments = sorted(moment_of(documents[one.document_id]) for one in new)
    return Recurrence(point.id, point.project_id, candidate.factor, since, tuple(new), moments[0], moments[-1])


def closed_since(standing: Standing) -> datetime | None:
    """When a person closed the risk point, or last stated that it stays closed; None while it is not closed."""
    if standing.state != "closed":
        return None
    return max(one.when for one in standing.effective if one.action in ("close", "keep_closed"))


def appeared_after(document: Document | None, known: Mapping[str, Document], since: datetime) -> bool:
    """Whether a text is new: it and the text it copies appeared after that moment, and it was not withdrawn."""
    if document is None or document.tombstone or moment_of(document) <= since:
        return False
    origin = known.get(document.origin_id)
    return origin is None or moment_of(origin) > since


def moment_of(document: Document) -> datetime:
    """When a text appeared; when it was collected, where that is not known."""
    return document.published_at or document.collected_at


def _points(store: Store, project_id: str) -> Iterator[StoredRiskPoint]:
    cursor = None
    while True:
        page = store.risk_points(project_id, cursor, PAGE, sealed=False)
        yield from page.rows
        if len(page.rows) < PAGE:
            return
        cursor = page.next_cursor
