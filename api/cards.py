"""The risk-point card: a candidate as people and machines are shown it, with quotes where they may stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.policy import enough_voices, quotes_of
from models.taxonomy import taxonomy
from pipeline.records import Document, Evidence, RiskPointCandidate
from pipeline.risk import speaks_of
from pipeline.store import Store, StoredRiskPoint

QUOTES = 3
TOO_FEW_VOICES = "too_few_voices"


def card_of(point: StoredRiskPoint, store: Store, k: int) -> dict[str, Any]:
    """The card of a stored risk point; a removed one is only named, a sealed one has category and time (P-14)."""
    candidate = point.candidate
    if candidate is None:
        return {"id": point.id, "project_id": point.project_id, "removed": True, "updated_at": point.updated_at}
    if candidate.sealed:
        return _sealed_card(point, candidate)
    shown = [*candidate.evidence, *candidate.counter_evidence, *candidate.residues]
    documents = store.documents_by_id({passage.document_id for passage in shown})
    return _open_card(point, candidate, documents, k)


def _open_card(
    point: StoredRiskPoint, candidate: RiskPointCandidate, documents: Mapping[str, Document], k: int
) -> dict[str, Any]:
    factor = taxonomy().factors[candidate.factor]
    counts = candidate.counts
    enough = enough_voices(counts, k)

    def quotes(passages: tuple[Evidence, ...], limit: int = QUOTES) -> list[dict[str, Any]]:
        return [quote.model_dump() for quote in quotes_of(passages, documents, counts, k, limit)]

    title = quotes((candidate.title,), 1) if candidate.title else []
    hidden = {"evidence", "counter_evidence", "residues", "places", "title", "stakeholder_groups", "gaps"}
    return {
        **candidate.model_dump(mode="json", exclude=hidden),
        "factor_name": factor.name_zh,
        "factor_name_en": factor.name_en,
        "category": factor.category,
        "title": title[0]["text"] if title else None,
        "quotes": quotes(_speaking(candidate, documents)),
        "counter_quotes": [
            {"kind": passage.kind, **quote} for passage in candidate.counter_evidence for quote in quotes((passage,), 1)
        ][:QUOTES],
        "residue_quotes": quotes(candidate.residues),
        "gaps": _gaps(candidate, enough),
        "quoting": "as_evidence" if enough else "paraphrase_only",
        "stakeholder_groups": list(candidate.stakeholder_groups) if enough else [],
        "places": [q["text"] for q in quotes(candidate.places, 5)] if enough else [],
        "proposed_unit_names": [
            taxonomy().units[code].name_zh
            for code in (*candidate.proposed_units.primary, *candidate.proposed_units.territorial)
        ],
        "evidence_count": len(candidate.evidence),
        "counter_evidence_count": len(candidate.counter_evidence),
        "presence": point.presence,
        "decided_by_people": sorted(point.human),
        "updated_at": point.updated_at,
    }


def _gaps(candidate: RiskPointCandidate, enough: bool) -> list[dict[str, Any]]:
    """Who and what was not heard. Below k voices no group is named: the one left out would be who spoke (P-07)."""
    gaps = [gap.model_dump() for gap in candidate.gaps]
    if enough:
        return gaps
    return [{"kind": "group", "code": TOO_FEW_VOICES}, *(gap for gap in gaps if gap["kind"] != "group")]


def _speaking(candidate: RiskPointCandidate, documents: Mapping[str, Document]) -> tuple[Evidence, ...]:
    """The passages that speak of the factor in so many words; all of them when none does."""
    there = [(e, documents[e.document_id]) for e in candidate.evidence if e.document_id in documents]
    speaking = [e for e, text in there if not text.tombstone and speaks_of(candidate.factor, e.quote(text))]
    return tuple(speaking) or candidate.evidence


def _sealed_card(point: StoredRiskPoint, candidate: RiskPointCandidate) -> dict[str, Any]:
    factor = taxonomy().factors[candidate.factor]
    return {
        "id": point.id,
        "project_id": point.project_id,
        "sealed": True,
        "category": factor.category,
        "factor_name": factor.name_zh,
        "first_seen": candidate.first_seen,
        "last_seen": candidate.last_seen,
    }
