"""The forecast of a project's volume (预测与节点预警)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.auth import office, reader
from api.forecast_answers import ForecastShown
from api.outlook_desk import OutlookDesk
from api.policy import Reader
from api.routes.question import ProjectPath, Question
from pipeline.office import Office

router = APIRouter(prefix="/v1/projects/{project_id}", tags=["forecast"])


def outlook_desk(office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]) -> OutlookDesk:
    """The desk at which this reader asks what lies ahead."""
    return OutlookDesk(office, reader)


class ForecastQuestion(Question):
    """How many days ahead."""

    days: Annotated[int, Field(ge=1, le=28, description="Days ahead.")] = 14


@router.get("/forecast", response_model=ForecastShown, summary="Volume of the coming days, and around milestones")
def forecast(
    desk: Annotated[OutlookDesk, Depends(outlook_desk)],
    project_id: ProjectPath,
    asked: Annotated[ForecastQuestion, Query()],
) -> ForecastShown:
    """New negative stories a day with 50 % and 90 % intervals; how volume moved around the same milestone elsewhere.

    Where too little was read, or fewer than k voices spoke, there is no number and ``withheld`` says why.
    """
    return desk.forecast(project_id, asked.purpose, asked.days)
