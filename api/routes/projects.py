"""Decision projects (重大决策事项)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.alias_answers import ProjectShown, SubProject
from api.answers import Projects
from api.auth import AtDesk
from api.conditional import conditional
from api.routes.aliases import AtRegistry
from api.routes.question import PagedQuestion, ProjectPath, Question

router = APIRouter(prefix="/v1/projects", tags=["projects"])


@router.get("", response_model=Projects, summary="Projects that you may see")
def projects(desk: AtDesk, request: Request, asked: Annotated[PagedQuestion, Query()]) -> Response:
    """The projects in whose present stage your role has a seat, in order of id."""
    return conditional(request, Projects(**asked.page(desk.projects(asked.purpose))))


@router.get("/{project_id}", response_model=ProjectShown, summary="One project")
def project(
    desk: AtRegistry, request: Request, project_id: ProjectPath, asked: Annotated[Question, Query()]
) -> Response:
    """The registered project with its aliases, places, milestones and stage, and with what is part of it."""
    found, below = desk.family(project_id, asked.purpose)
    parts = tuple(SubProject(id=one.id, name_zh=one.name_zh, stage=one.stage) for one in below)
    return conditional(request, ProjectShown(**dict(found), sub_projects=parts))
