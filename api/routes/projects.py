"""Decision projects (重大决策事项)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.answers import Projects
from api.auth import AtDesk
from api.conditional import conditional
from api.routes.question import ProjectPath, Question
from pipeline.records import DecisionProject

router = APIRouter(prefix="/v1/projects", tags=["projects"])


@router.get("", response_model=Projects, summary="Projects that you may see")
def projects(desk: AtDesk, request: Request, asked: Annotated[Question, Query()]) -> Response:
    """The projects in whose present stage your role has a seat, in order of id."""
    return conditional(request, Projects(rows=desk.projects(asked.purpose)))


@router.get("/{project_id}", response_model=DecisionProject, summary="One project")
def project(desk: AtDesk, request: Request, project_id: ProjectPath, asked: Annotated[Question, Query()]) -> Response:
    """The registered project with its aliases, places, milestones and stage."""
    return conditional(request, desk.project(project_id, asked.purpose))
