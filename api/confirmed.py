"""Which risk points somebody sees who may not see candidates: those that a named person confirmed, and their fate."""

from __future__ import annotations

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


def is_confirmed(point: StoredRiskPoint) -> bool:
    """Whether a named person confirmed it; one that was removed never was."""
    return point.candidate is not None and point.candidate.state in CONFIRMED
