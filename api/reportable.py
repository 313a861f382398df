"""Which risk points may stand in a report or be shared: those that a named person accepted, with a reason (P-23)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from models.taxonomy import taxonomy
from pipeline.store import Store, StoredRiskPoint

NOT_YET: Final = frozenset({"proposed", "under_review", "merged", "rejected"})
"""States of a candidate that is no risk point: nobody has accepted it, or somebody has refused it."""
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
        if not taxonomy().factors[candidate.factor].out_of_scope:
            yield point


def is_accepted(store: Store, point: StoredRiskPoint) -> bool:
    """Whether a named person accepted it, and it was not refused since."""
    if point.candidate is None or point.candidate.state in NOT_YET:
        return False
    return any(decision.action == "accept" for decision in store.decisions_on(point.id))


def accepted_points(store: Store, project_id: str) -> list[StoredRiskPoint]:
    """The risk points of a project that may stand in a report, by id."""
    return [point for point in open_points(store, project_id) if is_accepted(store, point)]
