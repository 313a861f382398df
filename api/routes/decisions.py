"""Decisions of named people about candidates (P-23)."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.answers import Decisions
from api.auth import AtDesk, reader
from api.conditional import conditional
from api.policy import Reader
from api.problems import Unprocessable
from api.routes.question import RISK_POINT_ID, Question, RiskPointPath
from pipeline.records import Decision
from pipeline.store import StoreConflict

IdempotencyKey = Annotated[
    str | None,
    Header(pattern=r"^[\x21-\x7e]{1,200}$", description="The same key with the same body is one decision."),
]
router = APIRouter(prefix="/v1/risk-points/{risk_point_id}/decisions", tags=["decisions"])


class DecisionMade(BaseModel):
    """What a person decided. A machine cannot decide: ``who`` names the person who answers for it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    who: Annotated[str, Field(pattern=r"^[\w.@\-· ]{1,64}$", description="The person who decides.")]
    action: Literal["accept", "edit", "merge", "reject"]
    reason: Annotated[str, Field(min_length=2, max_length=500, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")]
    changes: Annotated[dict[str, JsonValue], Field(description="Human values by field name, for `edit`.")] = {}
    merge_into: Annotated[str | None, Field(pattern=RISK_POINT_ID, description="For `merge`.")] = None


@router.post(
    "",
    status_code=201,
    response_model=Decision,
    responses={200: {"model": Decision, "description": "This very decision was recorded before."}},
    summary="Decide about a candidate",
)
def decide(
    desk: AtDesk,
    reader: Annotated[Reader, Depends(reader)],
    risk_point_id: RiskPointPath,
    asked: Annotated[Question, Query()],
    made: DecisionMade,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> Decision:
    """201 for a new decision, 200 for one that was sent before under the same ``Idempotency-Key``."""
    try:
        decided = desk.decide(
            risk_point_id,
            asked.purpose,
            who=made.who,
            action=made.action,
            reason=made.reason,
            changes=dict(made.changes),
            merge_into=made.merge_into,
            decision_id=_decision_id(reader, idempotency_key),
        )
    except StoreConflict:
        raise
    except ValueError as error:
        raise Unprocessable.of(error) from error
    response.status_code = 201 if decided.new else 200
    return decided.decision


@router.get("", response_model=Decisions, summary="Decisions about a candidate")
def decisions(
    desk: AtDesk, request: Request, risk_point_id: RiskPointPath, asked: Annotated[Question, Query()]
) -> Response:
    """All decisions, in the order they came."""
    return conditional(request, Decisions(rows=desk.decisions(risk_point_id, asked.purpose)))


def _decision_id(reader: Reader, key: str | None) -> str | None:
    """Keys of two callers are never the same decision."""
    if key is None:
        return None
    return hashlib.sha256(f"{reader.who}\x1f{key}".encode()).hexdigest()[:32]
