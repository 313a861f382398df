"""Steps on dispatches that another system passes on: the same as at the dispatch itself, for programs that retry."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.auth import reader
from api.idempotency import RequiredKey
from api.policy import Reader
from api.process_answers import DispatchShown
from api.routes.dispatches import DISPATCH_ID, AtDispatches, StepMade, act
from api.routes.question import Question

router = APIRouter(prefix="/v1", tags=["dispatches"])


class StepSent(StepMade):
    """A step that another system passes on, with the dispatch that it is about."""

    dispatch_id: Annotated[str, Field(pattern=DISPATCH_ID, description="Dispatch id.")]


@router.post("/dispatches", response_model=DispatchShown, summary="Pass a step on a dispatch on")
def pass_on(
    desk: AtDispatches,
    reader: Annotated[Reader, Depends(reader)],
    asked: Annotated[Question, Query()],
    sent: StepSent,
    idempotency_key: RequiredKey,
) -> DispatchShown:
    """The dispatch as it stands now; the same request again has no second effect, another under the key is 409."""
    made = StepMade.model_validate(sent.model_dump(exclude={"dispatch_id"}))
    return act(desk, reader, sent.dispatch_id, asked, made, idempotency_key)
