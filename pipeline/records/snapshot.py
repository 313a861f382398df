"""What is kept of a candidate at a moment: figures and codes, never a text (P-12)."""

from __future__ import annotations

from typing import Literal

from pipeline.records.base import FactorCode, Interval, Record, UnitCode
from pipeline.records.risk import RiskPointCandidate


class Figures(Record):
    """The machine's figures of one open candidate at one moment. Sealed ones are not kept at all (P-14)."""

    factor: FactorCode
    attention: Literal["watch", "focus", "verify_first"]
    p_valid: Interval
    priority: int
    trend: Literal["rising", "steady", "falling", "cannot_tell"]
    triangulation: Literal["one_voice", "several_voices", "several_source_kinds"]
    escalation: int
    units: tuple[UnitCode, ...]

    @classmethod
    def of(cls, candidate: RiskPointCandidate) -> Figures:
        """The figures of a candidate."""
        names = ("factor", "attention", "p_valid", "priority", "trend", "triangulation", "escalation")
        proposed = candidate.proposed_units
        return cls(
            **{name: getattr(candidate, name) for name in names}, units=(*proposed.primary, *proposed.territorial)
        )
