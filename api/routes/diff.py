"""The semantic difference of a project's candidates between two moments."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.auth import office, reader
from api.diff_answers import MomentsKept, RiskPointDiff
from api.diff_desk import DiffDesk
from api.policy import Reader
from api.routes.question import PagedQuestion, ProjectPath
from pipeline.office import Office

MOMENT = r"^[0-9A-Za-z:.+\-]{1,64}$"
router = APIRouter(prefix="/v1", tags=["risk points"])


class DiffQuestion(PagedQuestion):
    """Between which moments: a run, `before:` a run, a snapshot (`s12`), a version, a time, `30d` or `now`."""

    earlier: Annotated[str, Field(alias="from", pattern=MOMENT, description="The earlier moment.")]
    later: Annotated[str, Field(alias="to", pattern=MOMENT, description="The later moment.")] = "now"


def diff_desk(office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]) -> DiffDesk:
    """The desk at which this reader compares."""
    return DiffDesk(office, reader)


AtDiff = Annotated[DiffDesk, Depends(diff_desk)]


@router.get("/projects/{project_id}/risk-points/diff", summary="What changed between two moments, and why")
def diff(desk: AtDiff, project_id: ProjectPath, asked: Annotated[DiffQuestion, Query()]) -> RiskPointDiff:
    """Candidates that appeared, vanished or changed, with quotes where they may stand (P-07); sealed ones never."""
    found = desk.diff(project_id, asked.purpose, asked.earlier, asked.later)
    return RiskPointDiff.model_validate({**found, **asked.page(found["rows"])})


@router.get("/projects/{project_id}/risk-points/moments", summary="The moments that are kept")
def moments(desk: AtDiff, project_id: ProjectPath, asked: Annotated[PagedQuestion, Query()]) -> MomentsKept:
    """Snapshots of the candidates, oldest first; each can be an end of a difference as `s` and its number."""
    return MomentsKept.model_validate(asked.page(desk.moments(project_id, asked.purpose)))
