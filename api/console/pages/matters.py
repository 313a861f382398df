"""The matters (事项) of one project, and one of them with what became of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import Path, Query, Response
from pydantic import BaseModel, Field

from api.charts import Bar
from api.console.charts import Charts, Drawn
from api.console.csv_files import csv_file
from api.console.formats import exact_number
from api.console.names import names
from api.console.rules import ConsoleRouter, InProject
from api.console.visit import AtConsole, ProjectPath, Visit
from api.matter_answers import MatterCard, MatterFound, Matters
from api.matters_desk import MattersDesk

MatterPath = Annotated[str, Path(pattern=r"^m[0-9a-f]{24}$")]
PAGE = 20
LONGEST = 52
"""Weeks up to which empty ones between are drawn too."""
router = ConsoleRouter()


class MattersAsked(BaseModel):
    """Which page of the matters."""

    page: Annotated[int, Field(ge=1, le=50_000)] = 1


@router.page("/projects/{project_id}/matters", rule=InProject("candidates.read"))
def matters(visit: AtConsole, project_id: ProjectPath, asked: Annotated[MattersAsked, Query()]) -> Response:
    """A page of the matters, the most texts first."""
    start = (asked.page - 1) * PAGE
    found = visit.desk(MattersDesk).matters(project_id, visit.purpose(project_id), offset=start, limit=PAGE)
    return visit.page(
        "project/matters.html",
        found=Matters.model_validate(found),
        page=asked.page,
        pages=-(-found["count"] // PAGE),
        start=start,
    )


@router.page("/projects/{project_id}/matters/{matter_id}", rule=InProject("candidates.read"))
def matter(visit: AtConsole, project_id: ProjectPath, matter_id: MatterPath) -> Response:
    """One matter, or which ones hold the texts of a former one."""
    found = _found(visit, project_id, matter_id)
    return visit.page(
        "project/matter.html",
        found=found,
        drawn=_weeks(visit, found.matter) if found.matter and found.matter.weeks else None,
        groups=names("stakeholders", visit.language),
    )


@router.page("/projects/{project_id}/matters/{matter_id}/weeks.csv", rule=InProject("candidates.read"))
def weeks_csv(visit: AtConsole, project_id: ProjectPath, matter_id: MatterPath) -> Response:
    """The weeks of one matter as a file."""
    found = _found(visit, project_id, matter_id)
    drawn = _weeks(visit, found.matter) if found.matter else None
    return csv_file(drawn.heads if drawn else [], drawn.lines if drawn else [], f"matter-{matter_id}")


def _found(visit: Visit, project_id: str, matter_id: str) -> MatterFound:
    desk = visit.desk(MattersDesk)
    return MatterFound.model_validate(desk.matter(matter_id, visit.purpose(project_id), project_id))


def _weeks(visit: Visit, card: MatterCard) -> Drawn:
    """The weeks from the first to the last that may be named; one between that is not is empty, or may not be told."""
    known = {date.fromisoformat(week.week): week.count.model_dump() for week in card.weeks if week.week != "undated"}
    shown = sorted(known)
    if shown and (shown[-1] - shown[0]).days <= 7 * LONGEST:
        shown = [shown[0] + timedelta(weeks=at) for at in range((shown[-1] - shown[0]).days // 7 + 1)]
    return Charts(visit.language).volume([_bar(week, known.get(week), card.other_weeks is not None) for week in shown])


def _bar(week: date, count: dict[str, int] | None, some_untold: bool) -> Bar:
    if count is None:
        return Bar(week, None, 0, None, "*") if some_untold else Bar(week, "exact", 0)
    exact = exact_number(count)
    if exact is not None:
        return Bar(week, "exact", exact)
    [(form, number)] = count.items()
    return Bar(week, form, number)
