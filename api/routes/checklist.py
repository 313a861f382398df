"""The process of a project: its checklist, its stage, and what recurs after it was closed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.auth import office, reader
from api.conditional import conditional
from api.idempotency import IdempotencyKey, Once
from api.policy import Reader
from api.process_answers import Checklist, RecurrenceRows
from api.process_desk import ProcessDesk, StepState
from api.routes.question import PagedQuestion, ProjectPath, Question
from pipeline.office import Office
from pipeline.records.project import Stage

StepPath = Annotated[str, Path(pattern=r"^[a-z_]{1,32}$|^\d{1,2}$", description="Code or number of a step.")]
Who = Annotated[str, Field(pattern=r"^[\w.@\-· ]{1,64}$", description="The person who answers for it.")]
Why = Annotated[str, Field(min_length=2, max_length=500, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")]
router = APIRouter(prefix="/v1/projects/{project_id}", tags=["process"])


def process_desk(office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]) -> ProcessDesk:
    """The desk at which this reader asks about the process."""
    return ProcessDesk(office, reader)


AtProcess = Annotated[ProcessDesk, Depends(process_desk)]


class StepMarked(BaseModel):
    """How a named person sees a step (P-23)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    who: Who
    state: StepState
    reason: Why


class StageChanged(BaseModel):
    """Into which stage a named person moves the project."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    who: Who
    stage: Stage
    reason: Why
    with_open_steps: Annotated[bool, Field(description="Move on although steps of the stage are open.")] = False


@router.get("/checklist", response_model=Checklist, summary="The thirteen steps of the assessment")
def checklist(
    desk: AtProcess, request: Request, project_id: ProjectPath, asked: Annotated[Question, Query()]
) -> Response:
    """By stage, with who takes part, what people marked, and what the system counts for each step."""
    return conditional(request, Checklist.model_validate(desk.checklist(project_id, asked.purpose)))


@router.post("/checklist/{step}", response_model=Checklist, summary="Mark a step")
def mark(
    desk: AtProcess,
    reader: Annotated[Reader, Depends(reader)],
    project_id: ProjectPath,
    step: StepPath,
    asked: Annotated[Question, Query()],
    made: StepMarked,
    idempotency_key: IdempotencyKey = None,
) -> Checklist:
    """Done, not applicable, or open again. The same ``Idempotency-Key`` with the same body is one mark."""
    once = Once.of(reader, idempotency_key, f"checklist:{project_id}:{step}", made) if idempotency_key else None
    done = desk.mark(project_id, asked.purpose, step, who=made.who, state=made.state, reason=made.reason, once=once)
    return Checklist.model_validate(done)


@router.post("/stage", response_model=Checklist, summary="Move a project to another stage")
def move(
    desk: AtProcess,
    reader: Annotated[Reader, Depends(reader)],
    project_id: ProjectPath,
    asked: Annotated[Question, Query()],
    made: StageChanged,
    idempotency_key: IdempotencyKey = None,
) -> Checklist:
    """One stage on or one back; 409 (E645) while steps of the stage are open, unless the body says they stay open."""
    once = Once.of(reader, idempotency_key, f"stage:{project_id}", made) if idempotency_key else None
    moved = desk.move(
        project_id, asked.purpose, made.stage, who=made.who, reason=made.reason,
        with_open_steps=made.with_open_steps, once=once,
    )  # fmt: skip
    return Checklist.model_validate(moved)


@router.get("/recurrences", response_model=RecurrenceRows, summary="Closed risk points that recur")
def recurrences(
    desk: AtProcess, request: Request, project_id: ProjectPath, asked: Annotated[PagedQuestion, Query()]
) -> Response:
    """Proposals of the system: a named person decides `reopen`, or `keep_closed` with the reason why."""
    rows = desk.recurrences(project_id, asked.purpose)
    return conditional(request, RecurrenceRows.model_validate(asked.page(rows)))
