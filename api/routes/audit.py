"""The audit trail (审计日志), for auditors."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.answers import AuditTrail
from api.auth import AtDesk
from api.routes.question import Question

router = APIRouter(prefix="/v1/audit", tags=["audit"])


class AuditQuestion(Question):
    """Which events."""

    after: Annotated[int, Field(ge=0, lt=2**53, description="`next_cursor` of the page before.")] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


@router.get("", response_model=AuditTrail, summary="Who did what, when, for which purpose")
def audit(desk: AtDesk, asked: Annotated[AuditQuestion, Query()]) -> AuditTrail:
    """Events of the hash chain, never content (P-10). Reading the trail is an event itself."""
    events = desk.audit_events(asked.purpose, after=asked.after, limit=asked.limit)
    return AuditTrail(rows=events, next_cursor=events[-1].sequence if events else asked.after)
