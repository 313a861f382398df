"""Dispatches (派单): proposed, confirmed by a named human, answered by the unit, closed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.auth import office, reader
from api.conditional import conditional
from api.dispatch_desk import DispatchDesk
from api.idempotency import IdempotencyKey, Once
from api.policy import Reader
from api.policy.wording import ControlWording
from api.problems import Unprocessable
from api.process_answers import DispatchPage, DispatchRows, DispatchShown
from api.routes.checklist import Who, Why
from api.routes.question import PROJECT_ID, RISK_POINT_ID, PagedQuestion, Question, RiskPointPath
from pipeline.office import Office
from pipeline.process.states import StepRefused
from pipeline.records import Evidence
from pipeline.records.dispatch import DispatchAction, DispatchState
from pipeline.store import StoreConflict

DISPATCH_ID: Final = r"^t[0-9a-f]{24}$"
DispatchPath = Annotated[str, Path(pattern=DISPATCH_ID, description="Dispatch id.")]
router = APIRouter(prefix="/v1", tags=["dispatches"])


def dispatch_desk(
    office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]
) -> DispatchDesk:
    """The desk at which this reader asks about dispatches."""
    return DispatchDesk(office, reader)


AtDispatches = Annotated[DispatchDesk, Depends(dispatch_desk)]


class DispatchesQuestion(PagedQuestion):
    """Which dispatches: always those of one project (P-09)."""

    project: Annotated[str, Field(pattern=PROJECT_ID, description="Project id.")]
    state: Annotated[DispatchState | None, Field(description="Only those in this state.")] = None
    risk_point: Annotated[str | None, Field(pattern=RISK_POINT_ID, description="Only those of this one.")] = None
    unit: Annotated[str | None, Field(pattern=r"^[a-z0-9_]{1,64}$", description="Code of a unit that is asked.")] = None


class StepMade(BaseModel):
    """What a named person does with a dispatch (P-23)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    who: Who
    action: DispatchAction
    reason: Why
    due: Annotated[date | None, Field(description="For confirm: a day before the clock's last one.")] = None
    days: Annotated[int | None, Field(ge=1, le=30, description="For extend: calendar days.")] = None
    response: Annotated[
        str | None,
        Field(min_length=2, max_length=4000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$", description="For respond."),
    ] = None
    evidence: Annotated[
        list[Evidence], Field(max_length=50, description="For respond: passages of texts on the project.")
    ] = []


@router.get("/dispatches", response_model=DispatchRows, summary="Dispatches of a project")
def dispatches(desk: AtDispatches, request: Request, asked: Annotated[DispatchesQuestion, Query()]) -> Response:
    """The one that is due first at the head; `late` names the unit that is beyond its clock."""
    rows = desk.dispatches(
        asked.project, asked.purpose, state=asked.state, risk_point_id=asked.risk_point, unit=asked.unit
    )
    return conditional(request, DispatchRows.model_validate(asked.page(rows)))


@router.post("/risk-points/{risk_point_id}/dispatches", response_model=DispatchRows, summary="Have dispatches proposed")
def propose(desk: AtDispatches, risk_point_id: RiskPointPath, asked: Annotated[PagedQuestion, Query()]) -> DispatchRows:
    """For a confirmed risk point: {functional unit + territorial unit} by the routing table. Asking again adds none."""
    return DispatchRows.model_validate(asked.page(desk.propose(risk_point_id, asked.purpose)))


@router.get("/dispatches/{dispatch_id}", response_model=DispatchPage, summary="One dispatch with its steps")
def dispatch(
    desk: AtDispatches, request: Request, dispatch_id: DispatchPath, asked: Annotated[Question, Query()]
) -> Response:
    """With everything that named people did with it."""
    return conditional(request, DispatchPage.model_validate(desk.dispatch(dispatch_id, asked.purpose)))


@router.post("/dispatches/{dispatch_id}", response_model=DispatchShown, summary="Take a step on a dispatch")
def act(
    desk: AtDispatches,
    reader: Annotated[Reader, Depends(reader)],
    dispatch_id: DispatchPath,
    asked: Annotated[Question, Query()],
    made: StepMade,
    idempotency_key: IdempotencyKey = None,
) -> DispatchShown:
    """Confirm, take up, extend, respond, send back, close, withdraw, undo; 409 for what its state does not allow."""
    once = Once.of(reader, idempotency_key, f"dispatches:{dispatch_id}", made) if idempotency_key else None
    try:
        taken = desk.act(
            dispatch_id, asked.purpose, who=made.who, action=made.action, reason=made.reason, due=made.due,
            days=made.days, response=made.response, evidence=tuple(made.evidence), once=once,
        )  # fmt: skip
    except (StoreConflict, StepRefused, ControlWording):
        raise
    except ValueError as error:
        raise Unprocessable.of(error) from error
    return DispatchShown.model_validate(taken)
