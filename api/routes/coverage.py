"""Where was looked and where not: factor × kind of source × stage (P-24)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.auth import office, reader
from api.conditional import conditional
from api.coverage_answers import CoverageShown
from api.coverage_desk import CoverageDesk
from api.policy import Reader
from api.routes.question import ProjectPath, Question
from pipeline.office import Office

router = APIRouter(prefix="/v1/projects/{project_id}/coverage", tags=["coverage"])


def coverage_desk(
    office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]
) -> CoverageDesk:
    """The desk at which this reader asks what silence rests on."""
    return CoverageDesk(office, reader)


@router.get("", response_model=CoverageShown, summary="What was found, searched and empty, or not searched")
def coverage(
    desk: Annotated[CoverageDesk, Depends(coverage_desk)],
    request: Request,
    project_id: ProjectPath,
    asked: Annotated[Question, Query()],
) -> Response:
    """Each factor in each kind of source and stage, the windows behind it, and the groups that were not heard.

    A cell without texts is `searched_empty` only where its windows say so; silence is not consent.
    """
    return conditional(request, desk.coverage(project_id, asked.purpose))
