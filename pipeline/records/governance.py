"""Decisions and the audit trail: what people do with what was found."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from pipeline.records.base import Instant, Interval, ProjectId, Record
from pipeline.records.evidence import Evidence

Role = Literal[
    "assessor", "supervisor", "commissioning_unit", "response_unit", "local_government", "expert",
    "discipline_inspection", "platform", "auditor", "admin",
]  # fmt: skip
Purpose = Literal["risk_survey", "risk_identification", "supervision", "dispatch", "expert_review", "post_assessment",
                  "audit", "administration"]  # fmt: skip
"""Closed list of purposes (P-09)."""
DecisionAction = Literal[
    "accept", "edit", "merge", "reject", "review", "confirm", "close", "reopen", "keep_closed", "undo"
]
"""Steps of a named person on a risk point; those on its dispatches are :mod:`pipeline.records.dispatch`."""


class Decision(Record):
    """What a named human decided about a candidate, and why (P-23)."""

    id: str
    risk_point_id: str
    who: Annotated[str, Field(min_length=1)]
    when: Instant
    action: DecisionAction
    reason: Annotated[str, Field(min_length=2, max_length=1000)]
    """Redacted, since reasons name people."""
    changes: dict[str, Any] = Field(default_factory=dict)
    """Human values by field name; they win over every later analysis, and a cleared one stays cleared."""
    merge_into: str | None = None
    undoes: str | None = None
    """Id of the decision that an ``undo`` takes back."""
    evidence: tuple[Evidence, ...] = ()
    """Of a ``reopen``: the passages that came after the closing. Spans only, no text."""


class AuditEvent(Record):
    """One link of the append-only chain: who did what for which purpose; never content (P-10)."""

    sequence: int
    when: Instant
    who: str
    role: Role | Literal["system"]
    purpose: Purpose | None
    project_id: ProjectId | None
    action: str
    subject: str | None = None
    previous_hash: str
    hash: str


__all__ = ["AuditEvent", "Decision", "DecisionAction", "Interval", "Purpose", "Role"]
