"""The weekly bulletin as a page: the words of the document, in the look of the console."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import Path, Query, Response
from pydantic import BaseModel, Field

from api.bulletin import Bulletin, Week, words
from api.bulletin.docx import docx
from api.charts import Bar
from api.console.charts import Charts
from api.console.csv_files import csv_file
from api.console.fields import OrNone
from api.console.rules import ConsoleRouter, Deployment
from api.console.visit import AtConsole, Visit
from api.outlook_desk import OutlookDesk
from api.problems import BadParameter
from api.routes.bulletins import DOCX

PROJECTS: Final = 12
"""Projects on a page: a chart each."""
WEEK: Final = r"^\d{4}-W\d{2}$"
router = ConsoleRouter()


Region = Annotated[Annotated[str, Field(pattern=r"^\d{2,12}$")] | None, OrNone]


class BulletinAsked(BaseModel):
    """Of which week and region, and which of the projects."""

    week: Annotated[Annotated[str, Field(pattern=WEEK)] | None, OrNone] = None
    region: Region = None
    page: Annotated[int, Field(ge=1, le=10_000)] = 1


@router.page("/bulletins", rule=Deployment("alerts.read"))
def bulletin(visit: AtConsole, asked: Annotated[BulletinAsked, Query()]) -> Response:
    """The bulletin of a week that is over; without one, of the last."""
    told = _told(visit, asked.week, asked.region)
    choices = visit.desk(OutlookDesk).bulletin_choices(visit.general_purpose())
    first = (asked.page - 1) * PROJECTS
    shown = range(first, min(first + PROJECTS, len(told.projects)))
    charts = Charts(visit.language)
    weeks = [*choices.weeks] if told.week in choices.weeks else [told.week, *choices.weeks]
    return visit.page(
        "bulletins/page.html",
        told=told,
        words=words,
        weeks=weeks,
        regions=choices.regions,
        shown=[(at, told.projects[at], _drawn(charts, told.projects[at].bars)) for at in shown],
        first=first,
        pages=-(-len(told.projects) // PROJECTS),
        at=asked.page,
        address=lambda page: _address(told, page),
        document=f"/bulletins/{told.week.name}/document" + (f"?region={told.region}" if told.region else ""),
        figures=f"/bulletins/{told.week.name}/figures.csv" + (f"?region={told.region}" if told.region else ""),
        offered=asked.region in {one.code for one in choices.regions} or asked.region is None,
    )


@router.page("/bulletins/{week}/document", rule=Deployment("alerts.read"))
def document(
    visit: AtConsole, week: Annotated[str, Path(pattern=WEEK)], region: Annotated[Region, Query()] = None
) -> Response:
    """The bulletin as a Word document."""
    told = _told(visit, week, region)
    name = {"Content-Disposition": f'attachment; filename="minyi-{told.week.name}.docx"'}
    return Response(docx(told), media_type=DOCX, headers=name)


@router.page("/bulletins/{week}/figures.csv", rule=Deployment("alerts.read"))
def figures(
    visit: AtConsole, week: Annotated[str, Path(pattern=WEEK)], region: Annotated[Region, Query()] = None
) -> Response:
    """The figures of the projects, a line each, as they are printed."""
    told, say = _told(visit, week, region), visit.gettext
    heads = [say("项目"), say("地区"), say("阶段"), say("本周"), say("上周"), say("常态基线")]
    lines = [[one.name, one.region, one.stage, one.volume, one.before, one.baseline] for one in told.projects]
    return csv_file(heads, lines, f"bulletin-{told.week.name}")


def _told(visit: Visit, week: str | None, region: str | None) -> Bulletin:
    """Raises BadParameter for a week that is none (E831) or not over (E832), ControlWording (E833)."""
    desk, purpose = visit.desk(OutlookDesk), visit.general_purpose()
    try:
        told = desk.bulletin(purpose, Week.named(week) if week else None, region)
    except ValueError as error:
        raise BadParameter.of(error) from None
    return words.checked(told)


def _drawn(charts: Charts, bars: tuple[Bar, ...]) -> Any:
    return charts.volume(bars) if bars else None


def _address(told: Bulletin, page: int) -> str:
    asked = {"week": told.week.name, "region": told.region, "page": page if page > 1 else None}
    return "/bulletins?" + urlencode({name: value for name, value in asked.items() if value})
