"""What a project's coming days may bring: volume of texts with its intervals, and what milestones brought elsewhere."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Query, Response
from pydantic import BaseModel, Field

from api.charts import Expected
from api.console.charts import Charts, Drawn
from api.console.csv_files import csv_file
from api.console.rules import ConsoleRouter, InProject
from api.console.visit import AtConsole, ProjectPath, Visit
from api.forecast_answers import ForecastShown
from api.outlook_desk import OutlookDesk

SPANS: Final = (7, 14, 28)
router = ConsoleRouter()


class ForecastAsked(BaseModel):
    """How many days ahead."""

    days: Annotated[int, Field(ge=1, le=28)] = 14


@router.page("/projects/{project_id}/forecast", rule=InProject("alerts.read"))
def forecast(visit: AtConsole, project_id: ProjectPath, asked: Annotated[ForecastAsked, Query()]) -> Response:
    """The coming days."""
    ahead = visit.desk(OutlookDesk).forecast(project_id, visit.purpose(project_id), asked.days)
    return visit.page(
        "forecast/page.html", ahead=ahead, asked=asked, spans=SPANS, drawn=_drawn(visit, ahead) if ahead.days else None
    )


@router.page("/projects/{project_id}/forecast/days.csv", rule=InProject("alerts.read"))
def days(visit: AtConsole, project_id: ProjectPath, asked: Annotated[ForecastAsked, Query()]) -> Response:
    """The figures of the chart."""
    ahead = visit.desk(OutlookDesk).forecast(project_id, visit.purpose(project_id), asked.days)
    drawn = _drawn(visit, ahead)
    return csv_file(drawn.heads, drawn.lines, f"forecast-{project_id}")


def _drawn(visit: Visit, ahead: ForecastShown) -> Drawn:
    return Charts(visit.language).ahead([Expected(one.day, one.median, one.half, one.ninety) for one in ahead.days])
