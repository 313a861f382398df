"""What a reader sees of a proposed milestone: the step, its clock with both numbers, and the words it rests on."""

from __future__ import annotations

from typing import Any

from pipeline.records import Document, Evidence
from pipeline.store import Store, StoredMilestone


def milestones_of(store: Store, project_id: str) -> list[dict[str, Any]]:
    """The proposals for a project by date, those that were decided among them."""
    found = store.milestone_proposals(project_id)
    notices = store.documents_by_id(one.payload.document_id for one in found)
    return [milestone_of(one, notices.get(one.payload.document_id)) for one in found]


def milestone_of(stored: StoredMilestone, notice: Document | None) -> dict[str, Any]:
    """One proposal. Nothing is quoted of a notice that was withdrawn or has another text now (P-12)."""
    proposal = stored.payload
    stands = notice is not None and not notice.tombstone and notice.content_hash == stored.content_hash
    text = notice if stands else None
    clock = proposal.clock
    return {
        **proposal.model_dump(include={"id", "project_id", "document_id", "kind", "name", "date"}),
        "state": stored.state,
        "decided_by": stored.decided_by,
        "decided_at": stored.decided_at,
        "reason": stored.reason,
        "notice_title": str(text.title) if text else None,
        "notice_url": notice.url if notice and not notice.tombstone else None,
        "issued_by": _words(proposal.issued_by, text)["text"] if proposal.issued_by and text else None,
        "evidence": _words(proposal.evidence, text) if proposal.evidence and text else None,
        "clock": {
            **clock.model_dump(exclude={"evidence"}),
            "shorter": clock.shorter,
            "evidence": _words(clock.evidence, text) if clock.evidence and text else None,
        }
        if clock
        else None,
    }


def _words(evidence: Evidence, notice: Document) -> dict[str, Any]:
    return {
        "document_id": evidence.document_id,
        "start": evidence.start,
        "end": evidence.end,
        "text": evidence.quote(notice),
    }
