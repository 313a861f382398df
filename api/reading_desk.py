"""The desk at which the readings of one text are compared: what which versions found in it, superseded ones too."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from api.desk import Desk, NotFound
from api.policy import access
from pipeline.matters.opinion import is_sealed
from pipeline.store.analyses import KeptAnalysis


class ReadingDesk(Desk):
    """One reader of readings. Needs what opening evidence needs, on a project that the text is about."""

    def history(self, document_id: str, purpose: str | None) -> list[dict[str, Any]]:
        """All analyses of a text, the newest first: codes, figures and spans, no words. Raises NotFound or Denied.

        A text that any of them reads as an accusation is not there (P-14).
        """
        store = self._office.store
        document, kept = store.document(document_id), store.history_of(document_id)
        linked = sorted({link.project_id for one in kept for link in one.analysis.links if link.relation == "about"})
        projects = [project for project in map(store.project, linked) if project is not None]
        allowed = [one for one in projects if access().allows(self._reader, "evidence.read", one)]
        project = next(iter(allowed or projects), None)
        with self._asked("evidence.read", purpose, project.id if project else "", document_id):
            if document is None or any(is_sealed(one.analysis) for one in kept):
                raise NotFound(f"E311: no text {document_id}")
            return self._readings(kept)

    def _readings(self, kept: Sequence[KeptAnalysis]) -> list[dict[str, Any]]:
        """What each analysis found; of the projects that it links those that the reader may know of."""
        linked = {link.project_id for one in kept for link in one.analysis.links}
        projects = [project for project in map(self._office.store.project, sorted(linked)) if project is not None]
        known = {one.id for one in projects if access().allows(self._reader, "projects.read", one)}
        return [_reading(one, known) for one in kept]


def _reading(kept: KeptAnalysis, known: AbstractSet[str]) -> dict[str, Any]:
    """What one analysis found, and which versions made it."""
    analysis = kept.analysis
    return {
        "made_at": kept.made_at,
        "current": kept.current,
        "versions": analysis.versions.model_dump(),
        "is_grievance": analysis.is_grievance,
        "p_grievance": analysis.p_grievance,
        "attitude": analysis.attitude.label,
        "factors": [finding.model_dump() for one in analysis.grievances for finding in one.factors],
        "links": [
            {"project_id": link.project_id, "relation": link.relation, "p": link.p}
            for link in analysis.links
            if link.project_id in known
        ],
        "limits": list(analysis.limits),
    }
