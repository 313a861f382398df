"""The risk-point card: a candidate as people and machines are shown it, quotes and numbers where they may stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final

from api.card_counts import TOO_FEW_VOICES, CardCounts
from api.kept_cards import Together
from api.matter_cards import matters_under
from api.policy import quotes_of
from api.texts_in_order import TextsInOrder
from models.taxonomy import taxonomy
from pipeline.records import Document, Evidence, RiskPointCandidate
from pipeline.risk import speaks_of
from pipeline.store import Store, StoredRiskPoint

QUOTES: Final = 3
SILENT: Final = 24
"""Passages without a word of the factor after which no more are looked at."""
ENOUGH: Final = 60
"""Passages from which the quotes of a card are chosen."""


def card_of(point: StoredRiskPoint, store: Store, k: int, together: Together | None = None) -> dict[str, Any]:
    """The card of a stored risk point; a removed one is only named, a sealed one has category and time (P-14).

    Cards of one answer are made ``together``.
    """
    candidate = point.candidate
    if candidate is None:
        return {"id": point.id, "project_id": point.project_id, "removed": True, "updated_at": point.updated_at}
    if candidate.sealed:
        return _sealed_card(point, candidate)
    shown = [*candidate.evidence, *candidate.counter_evidence, *candidate.residues]

    def made() -> dict[str, Any]:
        documents = TextsInOrder(store, (passage.document_id for passage in shown))
        return _open_card(point, candidate, documents, CardCounts(candidate, documents, store, k))

    together = together or Together(store)
    card = together.card(point, k, shown, made)
    return {**card, "matters": matters_under(store, candidate.matter_ids, k, together.titles)}


def _open_card(
    point: StoredRiskPoint,
    candidate: RiskPointCandidate,
    documents: Mapping[str, Document],
    counted: CardCounts,
) -> dict[str, Any]:
    factor = taxonomy().factors[candidate.factor]
    enough = counted.enough

    def quotes(passages: Iterable[Evidence], limit: int = QUOTES) -> list[dict[str, Any]]:
        return [quote.model_dump() for quote in quotes_of(passages, documents, candidate.counts, counted.k, limit)]

    counter_quotes = (
        {"kind": passage.kind, **quote} for passage in candidate.counter_evidence for quote in quotes((passage,), 1)
    )
    title = quotes((candidate.title,), 1) if candidate.title else []
    hidden = {
        "evidence", "counter_evidence", "residues", "places", "title", "stakeholder_groups", "counts", "reasons",
        "gaps", "triangulation", "affected",
    }  # fmt: skip
    return {
        **candidate.model_dump(mode="json", exclude=hidden),
        "factor_name": factor.name_zh,
        "factor_name_en": factor.name_en,
        "category": factor.category,
        "title": title[0]["text"] if title else None,
        "quotes": quotes(_speaking(candidate, documents)),
        "counter_quotes": list(islice(counter_quotes, QUOTES)),
        "residue_quotes": quotes(candidate.residues),
        "quoting": "as_evidence" if enough else "paraphrase_only",
        "stakeholder_groups": list(candidate.stakeholder_groups) if enough else [],
        "places": [q["text"] for q in quotes(candidate.places, 5)] if enough else [],
        "proposed_unit_names": [
            taxonomy().units[code].name_zh
            for code in (*candidate.proposed_units.primary, *candidate.proposed_units.territorial)
        ],
        "counts": counted.shown(),
        "triangulation": candidate.triangulation if enough else TOO_FEW_VOICES,
        **({} if enough else {"first_seen": None, "last_seen": None}),
        "affected": candidate.affected.model_dump(mode="json") if candidate.affected and enough else None,
        "reasons": counted.reasons(),
        "gaps": counted.gaps(),
        "evidence_count": counted.passages(candidate.evidence),
        "counter_evidence_count": counted.passages(candidate.counter_evidence),
        "presence": point.presence,
        "decided_by_people": sorted(point.human),
        "updated_at": point.updated_at,
    }


def _speaking(candidate: RiskPointCandidate, documents: Mapping[str, Document]) -> Iterable[Evidence]:
    """The passages that speak of the factor in so many words; all of them when none does.

    Originals come first, and among them those that speak (:mod:`pipeline.risk.candidates`): what follows on so many
    that do not is not looked at.
    """
    found, silent = [], 0
    for passage in candidate.evidence:
        if _speaks(candidate, passage, documents):
            found.append(passage)
            silent = 0
        else:
            silent += 1
        if silent == SILENT or len(found) == ENOUGH:
            break
    return found or candidate.evidence


def _speaks(candidate: RiskPointCandidate, passage: Evidence, documents: Mapping[str, Document]) -> bool:
    text = documents.get(passage.document_id)
    return text is not None and passage.stands_in(text) and speaks_of(candidate.factor, passage.quote(text))


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
