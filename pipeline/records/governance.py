"""Decisions, dispatches, shares and the audit trail: what people do with what was found."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from pipeline.records.base import Instant, Interval, ProjectId, Record, UnitCode
from pipeline.records.evidence import Evidence

Role = Literal[
    "assessor", "supervisor", "commissioning_unit", "response_unit", "local_government", "expert",
    "discipline_inspection", "platform", "auditor", "admin",
]  # fmt: skip
Purpose = Literal["risk_survey", "risk_identification", "supervision", "dispatch", "expert_review", "post_assessment",
                  "audit", "administration"]  # fmt: skip
"""Closed list of purposes (P-09)."""


class Decision(Record):
    """What a named human decided about a candidate, and why (P-23)."""

    id: str
    risk_point_id: str
    who: Annotated[str, Field(min_length=1)]
    when: Instant
    action: Literal["accept", "edit", "merge", "reject"]
    reason: Annotated[str, Field(min_length=2, max_length=500)]
    changes: dict[str, Any] = Field(default_factory=dict)
    """Human values by field name; they win over every later analysis, and a cleared one stays cleared."""
    merge_into: str | None = None


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


class DispatchProposal(Record):
    """Who could be asked to resolve a risk point, by when, on which basis."""

    id: str
    risk_point_id: str
    functional_unit: UnitCode
    territorial_unit: UnitCode
    basis: str
    due: date
    state: Literal["proposed", "confirmed", "responded", "overdue", "closed"] = "proposed"
    confirmed_by: str | None = None
    response: str | None = None
    response_evidence: tuple[Evidence, ...] = ()


class Share(Record):
    """A data-sharing contract; refused outside its terms."""

    id: str
    project_id: ProjectId
    grantee_unit: str
    level: Literal["aggregates", "risk_points", "evidence"]
    form: Literal["view", "export", "api"]
    purpose: Purpose
    valid_from: Instant
    valid_until: Instant
    revoked: bool = False


__all__ = ["AuditEvent", "Decision", "DispatchProposal", "Interval", "Purpose", "Role", "Share"]
