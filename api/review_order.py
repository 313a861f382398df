"""In which order candidates are reviewed: those first on which a person's judgement tells most, each with its reasons.

A judgement tells most where the machine is least sure, where waiting costs most, where something new came after the
last decision, and where the texts contradict each other. Only what a card shows orders the queue (P-06).
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from pipeline.records import RiskPointCandidate

First = Literal["recurs", "verify_first", "focus", "new_evidence", "uncertain", "contradicted"]
ATTENTION: Final = {"verify_first": 2.0, "focus": 1.0, "watch": 0.0}
NEW_EVIDENCE: Final = 1.5
"""Above "focus": a decision that rests on less than there is now comes before one that nobody has made yet."""
CONTRADICTED: Final = 0.5
UNSURE: Final = 0.75
"""From here on uncertainty is named as a reason: a likelihood between .25 and .75."""


class Place(NamedTuple):
    """How much a judgement tells, and why."""

    score: float
    reasons: tuple[First, ...]


def place_of(candidate: RiskPointCandidate, *, new_evidence: bool) -> Place:
    """Where a candidate stands in the queue; the score is only compared with those of the same project."""
    p, reasons = candidate.p_valid.p, list[First]()
    uncertain = 4 * p * (1 - p)
    if candidate.attention != "watch":
        reasons.append(candidate.attention)
    if new_evidence:
        reasons.append("new_evidence")
    if uncertain >= UNSURE:
        reasons.append("uncertain")
    if candidate.counter_evidence:
        reasons.append("contradicted")
    score = ATTENTION[candidate.attention] + uncertain
    score += NEW_EVIDENCE * new_evidence + CONTRADICTED * bool(candidate.counter_evidence)
    return Place(score, tuple(reasons))
