"""Two risk points side by side with the passages of both, before one is merged into the other."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from api.console.pages.risk_points import RiskPointPath, purpose_of
from api.console.rules import About, ConsoleRouter
from api.console.visit import AtConsole, Visit
from api.desk import NotFound
from api.review_desk import ReviewDesk

SHOWN = 30
"""Passages of each that are shown beside each other."""
router = ConsoleRouter()


@router.page("/risk-points/{risk_point_id}/merge/{other_id}", rule=About("risk_points.decide"))
def side_by_side(visit: AtConsole, risk_point_id: RiskPointPath, other_id: RiskPointPath) -> Response:
    """What both rest on, and the form that merges the first into the second."""
    purpose = purpose_of(visit)
    desk = visit.desk(ReviewDesk)
    review, other = desk.review(risk_point_id, purpose), desk.risk_point(other_id, purpose)
    if other.get("sealed") or review.card.get("sealed") or other["project_id"] != review.card["project_id"]:
        raise NotFound(f"E311: no risk point {other_id} beside which this one could stand")
    opens = visit.allows("evidence.read", visit.project)
    both = [_passages(visit, desk, card, purpose, opens) for card in (review.card, other)]
    shared = {one["document_id"] for one in both[0]} & {one["document_id"] for one in both[1]}
    return visit.page(
        "risk-points/merge.html",
        review=review,
        card=review.card,
        other=other,
        passages=both,
        shared=shared,
        is_open="merge" in review.steps.open,
    )


def _passages(visit: Visit, desk: ReviewDesk, card: dict[str, Any], purpose: str, opens: bool) -> list[dict[str, Any]]:
    if opens:
        return desk.evidence(card["id"], purpose, limit=SHOWN).rows
    return [*({"kind": "for", **one} for one in card["quotes"]), *card["counter_quotes"]]
