"""The process of one project: thirteen steps in four stages, who takes part, what people marked, and its moves."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Form, Path, Query, Response
from pydantic import BaseModel, Field

from api.console.rules import ConsoleRouter, InProject
from api.console.visit import AtConsole, ProjectPath, Visit
from api.once import Once
from api.process_desk import ProcessDesk, StepState
from pipeline.process.stages import process
from pipeline.process.states import StepRefused
from pipeline.records.project import Stage

StepPath = Annotated[str, Path(pattern=r"^[a-z_]{1,32}$")]
Why = Annotated[str, Field(max_length=500)]
Key = Annotated[str, Field(max_length=64)]
SHORTEST = 2
router = ConsoleRouter()


class ChecklistAsked(BaseModel):
    """Which form is open: that of a step, or that of a move."""

    step: Annotated[str | None, Field(pattern=r"^[a-z_]{1,32}$")] = None
    move: Stage | None = None


class StepForm(BaseModel):
    """How somebody sees a step, and why."""

    state: StepState
    reason: Why = ""
    once: Key = ""


class MoveForm(BaseModel):
    """Into which stage, and why."""

    stage: Stage
    reason: Why = ""
    with_open_steps: bool = False
    once: Key = ""


@router.page("/projects/{project_id}/checklist", rule=InProject("checklist.read"))
def checklist(visit: AtConsole, project_id: ProjectPath, asked: Annotated[ChecklistAsked, Query()]) -> Response:
    """The checklist, with at most one form open."""
    return _page(visit, project_id, step=asked.step, move=asked.move)


@router.act("/projects/{project_id}/checklist/{step}", rule=InProject("checklist.mark"))
def mark(visit: AtConsole, project_id: ProjectPath, step: StepPath, given: Annotated[StepForm, Form()]) -> Response:
    """A named person marks a step (P-23)."""
    if len(given.reason.strip()) < SHORTEST:
        return _page(visit, project_id, step=step, given=given, errors=_no_reason(visit))
    visit.desk(ProcessDesk).mark(
        project_id, visit.purpose(project_id), step, who=visit.account.name, state=given.state,
        reason=given.reason.strip(), once=_once(visit, given.once, f"checklist:{project_id}:{step}", given),
    )  # fmt: skip
    return visit.redirect(f"/projects/{project_id}/checklist#{step}", flash=visit.gettext("已记录。"))


@router.act("/projects/{project_id}/stage", rule=InProject("stages.change"))
def move(visit: AtConsole, project_id: ProjectPath, given: Annotated[MoveForm, Form()]) -> Response:
    """A named person moves the project to the stage after its own or before it (P-23)."""
    if len(given.reason.strip()) < SHORTEST:
        return _page(visit, project_id, move=given.stage, given=given, errors=_no_reason(visit))
    try:
        visit.desk(ProcessDesk).move(
            project_id, visit.purpose(project_id), given.stage, who=visit.account.name, reason=given.reason.strip(),
            with_open_steps=given.with_open_steps,
            once=_once(visit, given.once, f"stage:{project_id}", given),
        )  # fmt: skip
    except StepRefused as error:
        if not str(error).startswith("E645"):
            raise
        told = visit.gettext("本阶段还有未完成的程序。请先标记，或勾选“保留未完成程序，仍然转入”。")
        return _page(visit, project_id, move=given.stage, given=given, errors={"with_open_steps": told})
    return visit.redirect(f"/projects/{project_id}/checklist", flash=visit.gettext("项目已转入新的阶段。"))


def _page(
    visit: Visit,
    project_id: str,
    *,
    step: str | None = None,
    move: Stage | None = None,
    given: StepForm | MoveForm | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    shown = visit.desk(ProcessDesk).checklist(project_id, visit.purpose(project_id))
    return visit.page(
        "project/checklist.html",
        status=422 if errors else 200,
        checklist=shown,
        marks=visit.allows("checklist.mark", visit.project),
        moves=_moves(shown["stage"]) if visit.allows("stages.change", visit.project) else [],
        step=step,
        move=move,
        given=given,
        errors=errors or {},
    )


def _moves(stage: Stage) -> list[tuple[Stage, bool]]:
    """The stages that a project may be moved to, and whether that is forwards."""
    order: list[Any] = [one.code for one in process().stages]
    at = order.index(stage)
    return [(order[to], to > at) for to in (at + 1, at - 1) if 0 <= to < len(order)]


def _no_reason(visit: Visit) -> dict[str, str]:
    return {"reason": visit.gettext("请写明理由，至少 %(n)s 个字。", n=SHORTEST)}


def _once(visit: Visit, key: str, route: str, given: BaseModel) -> Once | None:
    return Once.of(visit.reader, key, route, given) if key else None
