"""Risk points as they are shared: what a named person accepted (P-23), quotes trimmed (P-08), sealed ones never."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.cards import card_of
from api.kept_cards import Together
from api.policy import Figure, enough_voices, is_published, may_quote, trimmed
from api.sharing.numbers import Number
from index.days import BEIJING
from pipeline.records import Document, Evidence, Quote, RiskPointCandidate
from pipeline.store import Store, StoredRiskPoint

MOST_PASSAGES: Final = 10
SHOWN: Final = (
    "id", "factor", "factor_name", "category", "state", "attention", "trend", "quoting", "remedies", "places",
    "stakeholder_groups", "proposed_unit_names", "gaps", "escalation",
)  # fmt: skip
"""What a shared risk point shows of its card; no number but the one that the ledger knows."""


@dataclass(frozen=True, slots=True)
class SharedPoint:
    """A risk point without its number of documents, that number, and the passages behind it."""

    shown: dict[str, Any]
    number: Number
    passages: tuple[dict[str, Any], ...]

    def as_json(self, number: Number, *, evidence: bool) -> dict[str, Any]:
        """The point with its number as it may be told; passages only beside a number that was told."""
        shown = {**self.shown, "documents": number.figure.as_json()}
        if evidence:
            shown["evidence"] = [] if number.held_back else list(self.passages)
        return shown


def points_of(store: Store, points: Iterable[StoredRiskPoint], k: int) -> list[SharedPoint]:
    """Accepted risk points of a project, in their order."""
    found, together = [], Together(store)
    for point in points:
        candidate = point.candidate
        assert candidate is not None
        card = card_of(point, store, k, together)
        shown = {name: card[name] for name in SHOWN}
        shown["title"] = trimmed(card["title"]) if card["title"] else None
        shown["quotes"] = list(dict.fromkeys(trimmed(quote["text"]) for quote in card["quotes"]))
        shown |= {"first_month": _month(candidate.first_seen), "last_month": _month(candidate.last_seen)}
        passages = [*candidate.evidence, *candidate.counter_evidence]
        documents = store.documents_by_id({one.document_id for one in passages})
        found.append(SharedPoint(shown, _number(candidate, k), _passages(candidate, passages, documents, k)))
    return found


def _number(candidate: RiskPointCandidate, k: int) -> Number:
    behind = frozenset(one.document_id for one in candidate.evidence)
    if not enough_voices(candidate.counts, k):
        return Number("risk_point", candidate.id, Figure("less_than", k))
    if len(behind) != candidate.counts.documents:
        return Number("risk_point", candidate.id, Figure("at_least", k))
    return Number("risk_point", candidate.id, Figure("exact", len(behind)), behind)


def _passages(
    candidate: RiskPointCandidate, passages: Sequence[Evidence], documents: dict[str, Document], k: int
) -> tuple[dict[str, Any], ...]:
    """The first passages that may be quoted, each with where it stands; from few voices only what was published."""
    found: list[dict[str, Any]] = []
    for passage in passages:
        document = documents.get(passage.document_id)
        if document is None or not passage.stands_in(document) or not may_quote(candidate.counts, document, k):
            continue
        if not enough_voices(candidate.counts, k) and not is_published(document):
            continue
        quote = trimmed(Quote.of(passage, document).text)
        found.append(
            {
                "number": f"E{len(found) + 1}",
                "kind": getattr(passage, "kind", "for"),
                "document_id": passage.document_id,
                "start": passage.start,
                "end": passage.end,
                "quote": quote,
            }
        )
        if len(found) == MOST_PASSAGES:
            break
    return tuple(found)


def _month(moment: Any) -> str | None:
    return None if moment is None else f"{moment.astimezone(BEIJING):%Y-%m}"
