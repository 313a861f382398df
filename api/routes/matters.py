"""Matters (事项): what the texts on a project say about the same thing, and what became of former ones."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.auth import office, reader
from api.conditional import conditional
from api.matter_answers import MatterFound, Matters
from api.matters_desk import MattersDesk
from api.policy import Reader
from api.routes.question import PagedQuestion, ProjectPath, Question
from pipeline.office import Office

router = APIRouter(prefix="/v1", tags=["matters"])
MatterPath = Annotated[str, Path(pattern=r"^m[0-9a-f]{24}$", description="Matter id.")]


def matters_desk(office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]) -> MattersDesk:
    """The desk at which this reader asks for matters."""
    return MattersDesk(office, reader)


AtMatters = Annotated[MattersDesk, Depends(matters_desk)]


@router.get("/projects/{project_id}/matters", response_model=Matters, summary="Matters of a project")
def matters(
    desk: AtMatters, request: Request, project_id: ProjectPath, asked: Annotated[PagedQuestion, Query()]
) -> Response:
    """Every matter with its title, weeks, places, units, replies and late units; numbers held back together (P-06)."""
    found = desk.matters(project_id, asked.purpose, offset=asked.offset, limit=asked.limit)
    return conditional(request, Matters.model_validate(found))


@router.get("/matters/{matter_id}", response_model=MatterFound, summary="One matter and its history")
def matter(desk: AtMatters, request: Request, matter_id: MatterPath, asked: Annotated[Question, Query()]) -> Response:
    """A living matter, or which ones hold the texts of a former one after merges and splits."""
    return conditional(request, MatterFound.model_validate(desk.matter(matter_id, asked.purpose)))
