"""Which risk points may stand in a report or be shared: those that a named person accepted, with a reason (P-23)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from api.confirmed import is_confirmed
from models.taxonomy import taxonomy
from pipeline.records.risk import CandidateState
from pipeline.store import Store, StoredRiskPoint

REPORTABLE: Final[frozenset[CandidateState]] = frozenset(
    {"accepted", "confirmed_risk_point", "dispatched", "responded", "overdue", "closed", "reopened"}
)
"""States of what somebody accepted and nobody refused since: a closed risk point and one that was reopened stay in the
report, the first as settled, the second as open again."""
PAGE: Final = 500


def open_points(store: Store, project_id: str) -> Iterator[StoredRiskPoint]:
    """The risk points and candidates of a project, by id: no accusation, no law suit, nothing without evidence."""
    points: list[StoredRiskPoint] = []
    cursor = None
    while True:
        page = store.risk_points(project_id, cursor, PAGE, sealed=False)
        points += page.rows
        if len(page.rows) < PAGE:
            break
        cursor = page.next_cursor
    for point in sorted(points, key=lambda point: point.id):
        candidate = point.candidate
        if candidate is None or candidate.sealed or point.presence != "live":
            continue
        factor = taxonomy().factors[candidate.factor]
        if not factor.out_of_scope and not factor.confidential:
            yield point


def is_accepted(store: Store, point: StoredRiskPoint) -> bool:
    """Whether a named person accepted it and neither took that back nor refused it since.

    Counted are decisions that stand: an acceptance that was undone is none, however far the risk point had come.
    """
    if point.candidate is None or point.candidate.state not in REPORTABLE:
        return False
    return any(decision.action == "accept" for decision in store.standing_of(point.id).effective)


def accepted_points(store: Store, project_id: str) -> list[StoredRiskPoint]:
    """The risk points of a project that may stand in a report, by id."""
    return [point for point in open_points(store, project_id) if is_accepted(store, point)]


def confirmed_points(store: Store, project_id: str) -> list[StoredRiskPoint]:
    """Those among them that a named person also confirmed, by id: for whom candidates are not shown."""
    return [point for point in accepted_points(store, project_id) if is_confirmed(point)]
