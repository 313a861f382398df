"""Which risk points somebody sees who may not see candidates: those that a named person confirmed, and their fate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from api.policy import Reader, access
from pipeline.records import DecisionProject
from pipeline.records.risk import CandidateState
from pipeline.store import StoredRiskPoint

CONFIRMED: Final[frozenset[CandidateState]] = frozenset(
    {"confirmed_risk_point", "dispatched", "responded", "overdue", "closed", "reopened"}
)


def confirmed_only(reader: Reader, project: DecisionProject) -> bool:
    """Whether the reader's seat shows no candidates: the commissioning unit waits for what people confirm."""
    return not access().allows(reader, "candidates.read", project)


def listed(reader: Reader, project: DecisionProject, points: Iterable[StoredRiskPoint]) -> list[StoredRiskPoint]:
    """Those of the points that the reader's seat may list, without candidates where it shows none.

    Sealed ones stay: the right to them is one of its own, and who has that right alone was given nothing else (P-14).
    """
    if not confirmed_only(reader, project) or not access().allows(reader, "risk_points.read", project):
        return list(points)
    return [one for one in points if is_confirmed(one) or (one.candidate is not None and one.candidate.sealed)]


def is_confirmed(point: StoredRiskPoint) -> bool:
    """Whether a named person confirmed it; one that was removed never was."""
    return point.candidate is not None and point.candidate.state in CONFIRMED
