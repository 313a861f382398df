"""The desk: every question and every decision of a reader passes here, is checked, and leaves an audit event.

Command line and HTTP both stand at it; neither reads the store for a reader by another way (P-09, P-10).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from api.cards import card_of
from api.policy import Denied, Reader, access
from index import Page, Search
from pipeline.office import Office
from pipeline.records import AuditEvent, Decision, DecisionProject, Document, Purpose
from pipeline.store import StoredRiskPoint

PASSAGE_CONTEXT = 40
"""Characters around a passage that an opened piece of evidence shows."""


class NotFound(LookupError):
    """E311: there is nothing by that id that the reader may see."""


@dataclass(frozen=True)
class Cards:
    """A page of risk-point cards and the cursor that continues after it."""

    rows: list[dict[str, Any]]
    next_cursor: str


class Desk:
    """One reader at one office."""

    def __init__(self, office: Office, reader: Reader) -> None:
        self._office = office
        self._reader = reader

    def projects(self, purpose: str | None) -> list[DecisionProject]:
        """The projects that the reader's role may see in their stages."""
        table = access()
        found = [p for p in self._office.store.projects() if table.allows(self._reader, "projects.read", p)]
        granted = table.check(self._reader, "projects.read", purpose, found[0]) if found else self._stated(purpose)
        self._note("projects.read", granted, None)
        return found

    def project(self, project_id: str, purpose: str | None) -> DecisionProject:
        """One project. Raises NotFound or Denied."""
        with self._asked("projects.read", project_id, purpose) as project:
            return project

    def documents(self, project_id: str, purpose: str | None, search: Search) -> Page:
        """Searches the redacted texts that are about one project; sealed texts are not among them (P-14)."""
        with self._asked("documents.read", project_id, purpose):
            filters = {**search.filters, "project_ids": project_id}
            narrowed = Search(
                query=search.query, filters=filters, sort=search.sort, size=search.size, after=search.after,
                facets=search.facets, histogram=search.histogram, origins=search.origins, highlight=search.highlight,
            )  # fmt: skip
            return self._office.index.search(narrowed)

    def risk_points(
        self, project_id: str, purpose: str | None, *, updated_since: str | None = None, limit: int = 100
    ) -> Cards:
        """Cards in the order of their last change; sealed ones only for those who may see them."""
        with self._asked("risk_points.read", project_id, purpose) as project:
            page = self._office.store.risk_points(project_id, updated_since, limit)
            rows = [card_of(p, self._office.store, self._k) for p in page.rows if self._may_see(p, project)]
            return Cards(rows, page.next_cursor)

    def risk_point(self, risk_point_id: str, purpose: str | None) -> dict[str, Any]:
        """One card. Raises NotFound or Denied."""
        point = self._point(risk_point_id)
        with self._asked("risk_points.read", point.project_id, purpose, risk_point_id) as project:
            self._refuse_sealed(point, project)
            return card_of(point, self._office.store, self._k)

    def evidence(
        self, risk_point_id: str, purpose: str | None, *, offset: int = 0, limit: int = 50
    ) -> list[dict[str, Any]]:
        """Opens the passages behind a candidate, for and against, each with its surroundings in the stored text."""
        point = self._point(risk_point_id)
        with self._asked("evidence.read", point.project_id, purpose, risk_point_id) as project:
            self._refuse_sealed(point, project)
            assert point.candidate is not None
            candidate = point.candidate
            passages: list[tuple[str, Any]] = [("for", e) for e in candidate.evidence]
            passages += [(e.kind, e) for e in candidate.counter_evidence]
            passages += [("residue", e) for e in candidate.residues]
            page = passages[offset : offset + limit]
            documents = self._office.store.documents_by_id({passage.document_id for _, passage in page})
            return [_opened(kind, e, documents[e.document_id]) for kind, e in page if e.document_id in documents]

    def decide(
        self,
        risk_point_id: str,
        purpose: str | None,
        *,
        who: str,
        action: Literal["accept", "edit", "merge", "reject"],
        reason: str,
        changes: dict[str, Any] | None = None,
        merge_into: str | None = None,
        decision_id: str | None = None,
    ) -> Decision:
        """Records what a named person decided, with a reason (P-23); the same decision twice is one decision."""
        point = self._point(risk_point_id)
        with self._asked("risk_points.decide", point.project_id, purpose, risk_point_id) as project:
            self._refuse_sealed(point, project)
            known = {decision.id: decision for decision in self._office.store.decisions_on(risk_point_id)}
            decision = Decision(
                id=decision_id or uuid.uuid4().hex,
                risk_point_id=risk_point_id,
                who=who,
                when=known[decision_id].when if decision_id in known else self._office.store.clock(),
                action=action,
                reason=reason,
                changes=changes or {},
                merge_into=merge_into,
            )
            self._office.store.add_decision(decision)
            return decision

    def audit_events(self, purpose: str | None, *, after: int = 0, limit: int = 1000) -> list[AuditEvent]:
        """The audit trail, for auditors; reading it is an event itself."""
        granted = access().check(self._reader, "audit.read", purpose, None)
        self._note("audit.read", granted, None)
        return self._office.audit.events(after, limit)

    @property
    def _k(self) -> int:
        return self._office.settings.k_anonymity

    @contextmanager
    def _asked(
        self, action: str, project_id: str, purpose: str | None, subject: str | None = None
    ) -> Iterator[DecisionProject]:
        """Checks, and notes the event in the same transaction as what is done; a refusal is noted too."""
        project = self._office.store.project(project_id)
        if project is None:
            raise NotFound(f"E311: no project {project_id}; see: minyi projects list")
        try:
            granted = access().check(self._reader, action, purpose, project)
        except Denied:
            self._note(f"{action}.denied", None, project_id, subject)
            raise
        with self._office.store.transaction():
            self._note(action, granted, project_id, subject)
            yield project

    def _note(self, action: str, purpose: Purpose | None, project_id: str | None, subject: str | None = None) -> None:
        reader = self._reader
        self._office.audit.append(
            reader.who, reader.role, action, purpose=purpose, project_id=project_id, subject=subject
        )

    def _stated(self, purpose: str | None) -> Purpose:
        for role_purpose, roles in access().purposes.items():
            if purpose == role_purpose and self._reader.role in roles:
                return purpose  # type: ignore[return-value]
        raise Denied("E301: every question states its purpose (P-09)")

    def _point(self, risk_point_id: str) -> StoredRiskPoint:
        point = self._office.store.risk_point(risk_point_id)
        if point is None or point.candidate is None:
            raise NotFound(f"E311: no risk point {risk_point_id}")
        return point

    def _may_see(self, point: StoredRiskPoint, project: DecisionProject) -> bool:
        sealed = point.candidate is not None and point.candidate.sealed
        return not sealed or access().allows(self._reader, "sealed.read", project)

    def _refuse_sealed(self, point: StoredRiskPoint, project: DecisionProject) -> None:
        if not self._may_see(point, project):
            raise NotFound(f"E311: no risk point {point.id}")


def _opened(kind: str, passage: Any, document: Document) -> dict[str, Any]:
    text = passage.quote(document)
    start, end = max(0, passage.start - PASSAGE_CONTEXT), min(len(document.text), passage.end + PASSAGE_CONTEXT)
    return {
        "kind": kind,
        "document_id": document.id,
        "start": passage.start,
        "end": passage.end,
        "text": text,
        "before": document.text[start : passage.start],
        "after": document.text[passage.end : end],
        "source_kind": document.source_kind,
        "genre": document.genre,
        "published_at": document.published_at,
        "origin_id": document.origin_id,
    }
