"""Decisions of named people about candidates (P-23)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.answers import Decisions
from api.auth import AtDesk, reader
from api.conditional import conditional
from api.desk import Desk
from api.idempotency import IdempotencyKey, Once, RequiredKey
from api.policy import Reader
from api.problems import Unprocessable
from api.routes.question import RISK_POINT_ID, PagedQuestion, Question, RiskPointPath
from pipeline.process.states import StepRefused
from pipeline.records import Decision
from pipeline.records.governance import DecisionAction
from pipeline.store import StoreConflict

router = APIRouter(prefix="/v1", tags=["decisions"])
OF_ONE: Final = "/risk-points/{risk_point_id}/decisions"


class DecisionMade(BaseModel):
    """What a person decided. A machine cannot decide: ``who`` names the person who answers for it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    who: Annotated[str, Field(pattern=r"^[\w.@\-· ]{1,64}$", description="The person who decides.")]
    action: DecisionAction
    reason: Annotated[str, Field(min_length=2, max_length=500, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")]
    changes: Annotated[dict[str, JsonValue], Field(description="Human values by field name, for `edit`.")] = {}
    merge_into: Annotated[str | None, Field(pattern=RISK_POINT_ID, description="For `merge`.")] = None


class DecisionSent(DecisionMade):
    """A decision that another system passes on, with the candidate that it is about."""

    risk_point_id: Annotated[str, Field(pattern=RISK_POINT_ID, description="Risk-point id.")]


RECORDED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": Decision, "description": "This very request was answered before."}
}


@router.post(
    "/decisions",
    status_code=201,
    response_model=Decision,
    responses=RECORDED,
    summary="Pass a decision on",
)
def pass_on(
    desk: AtDesk,
    reader: Annotated[Reader, Depends(reader)],
    asked: Annotated[Question, Query()],
    made: DecisionSent,
    response: Response,
    idempotency_key: RequiredKey,
) -> Decision:
    """For programs: 201 for a new decision, 200 for one sent before under the same key, 409 for another one."""
    once = Once.of(reader, idempotency_key, "decisions", made)
    return _decided(desk, made.risk_point_id, asked, made, response, once)


@router.post(
    OF_ONE,
    status_code=201,
    response_model=Decision,
    responses=RECORDED,
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
    once = Once.of(reader, idempotency_key, f"decisions:{risk_point_id}", made) if idempotency_key else None
    return _decided(desk, risk_point_id, asked, made, response, once)


@router.get(OF_ONE, response_model=Decisions, summary="Decisions about a candidate")
def decisions(
    desk: AtDesk, request: Request, risk_point_id: RiskPointPath, asked: Annotated[PagedQuestion, Query()]
) -> Response:
    """All decisions, in the order they came."""
    return conditional(request, Decisions(**asked.page(desk.decisions(risk_point_id, asked.purpose))))


def _decided(
    desk: Desk, risk_point_id: str, asked: Question, made: DecisionMade, response: Response, once: Once | None
) -> Decision:
    try:
        decided = desk.decide(
            risk_point_id,
            asked.purpose,
            who=made.who,
            action=made.action,
            reason=made.reason,
            changes=dict(made.changes),
            merge_into=made.merge_into,
            once=once,
        )
    except (StoreConflict, StepRefused):
        raise
    except ValueError as error:
        raise Unprocessable.of(error) from error
    response.status_code = 201 if decided.new else 200
    return decided.decision
