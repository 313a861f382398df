"""The desk for training rows: decisions of one project leave the office as labelled texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.desk import Desk
from api.label_rows import row, verdicts
from api.policy.quoting import may_quote
from pipeline.feed import sealed_among
from pipeline.records import RiskPointCandidate


@dataclass(frozen=True)
class Labels:
    """Rows by document id, and how many texts are kept back since too few voices stand behind them."""

    rows: list[dict[str, Any]]
    withheld: int


class LabelDesk(Desk):
    """One reader who takes decisions away to train with."""

    def labels(self, project_id: str, purpose: str | None) -> Labels:
        """What was decided about the project's candidates, a row a text; the same decisions give the same rows.

        Whole redacted texts go out, so a text goes only where its candidate may be quoted (P-06, P-07); sealed and
        withdrawn ones never do (P-14, P-12). Raises NotFound or Denied; leaves one audit event.
        """
        store = self._office.store
        with self._asked("labels.export", purpose, project_id):
            points = store.risk_points(project_id, limit=10**6, sealed=False).rows
            decisions = {point.id: store.decisions_on(point.id) for point in points}
            into = {
                point_id: decision.merge_into
                for point_id, found in decisions.items()
                for decision in found
                if decision.merge_into is not None
            }
            candidates = [p.candidate for p in points if p.candidate is not None and decisions[p.id]]
            ids = {passage.document_id for candidate in candidates for passage in candidate.evidence}
            documents, analyses = store.documents_by_id(ids), store.current_analyses(ids)
            sealed = sealed_among(store, documents, analyses)
            withheld: set[str] = set()

            def may_show(candidate: RiskPointCandidate, document_id: str) -> bool:
                document = documents.get(document_id)
                if document is None or document.tombstone or document_id in sealed:
                    return False
                if document.origin_id != document_id and document.origin_id in documents:
                    return False  # a copy teaches nothing that its original does not
                if not may_quote(candidate.counts, document, self._k):
                    withheld.add(document_id)
                    return False
                return True

            found = verdicts(points, {k: [d.id for d in v] for k, v in decisions.items()}, into, may_show)
            rows = [row(documents[key], analyses.get(key), found[key], project_id) for key in sorted(found)]
            return Labels([each for each in rows if each is not None], len(withheld - set(found)))
