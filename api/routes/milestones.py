"""Milestones that official notices propose (节点建议), with the clocks that their statutes set."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import Milestones, MilestoneShown
from api.auth import AtDesk
from api.conditional import conditional
from api.routes.question import PagedQuestion, ProjectPath, Question

MilestonePath = Annotated[str, Path(pattern=r"^m[0-9a-f]{24}$", description="Id of a proposed milestone.")]
router = APIRouter(prefix="/v1/projects/{project_id}/milestones", tags=["milestones"])


class MilestoneDecided(BaseModel):
    """What a person decided; ``who`` names the person who answers for it (P-23)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    who: Annotated[str, Field(pattern=r"^[\w.@\-· ]{1,64}$", description="The person who decides.")]
    action: Literal["accept", "reject"]
    reason: Annotated[str, Field(min_length=2, max_length=500, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")]


@router.get("", response_model=Milestones, summary="Milestones that notices propose")
def milestones(
    desk: AtDesk, request: Request, project_id: ProjectPath, asked: Annotated[PagedQuestion, Query()]
) -> Response:
    """By date: what each notice about the project states, its clock, and what was decided."""
    return conditional(request, Milestones.model_validate(asked.page(desk.milestones(project_id, asked.purpose))))


@router.post("/{milestone_id}", response_model=MilestoneShown, summary="Accept or reject a proposed milestone")
def decide(
    desk: AtDesk,
    project_id: ProjectPath,
    milestone_id: MilestonePath,
    asked: Annotated[Question, Query()],
    made: MilestoneDecided,
) -> MilestoneShown:
    """An accepted one is a milestone of the project from now on. The same decision twice is one; another is a 409."""
    accept = made.action == "accept"
    decided = desk.decide_milestone(
        project_id, asked.purpose, milestone_id, who=made.who, accept=accept, reason=made.reason
    )
    return MilestoneShown.model_validate(decided)
