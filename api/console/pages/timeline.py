"""The timeline of one project: its milestones, those that notices propose, and the course of opinion beside them."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Form, Path, Query, Response
from pydantic import BaseModel, Field

from api.charts import Bar, Share
from api.charts.counts import NOT_READ
from api.console.charts import Charts, Drawn
from api.console.csv_files import csv_file
from api.console.formats import exact_number
from api.console.opinion import stance_chart
from api.console.paging import PageNumber, leaf
from api.console.rules import ConsoleRouter, InProject
from api.console.visit import AtConsole, ProjectPath, Visit
from api.course_desk import CourseDesk, CourseShown, WeekOfCourse
from api.desk import Desk

MilestonePath = Annotated[str, Path(pattern=r"^m[0-9a-f]{24}$")]
PROPOSED: Final = 20
router = ConsoleRouter()


class TimelineAsked(BaseModel):
    """The proposed milestone whose form is open, and the page of the proposed ones."""

    decide: Annotated[str | None, Field(pattern=r"^m[0-9a-f]{24}$")] = None
    page: PageNumber = 1


class MilestoneForm(BaseModel):
    """What is decided about a proposed milestone, and why."""

    accept: bool
    reason: Annotated[str, Field(min_length=2, max_length=500)]


@router.page("/projects/{project_id}/timeline", rule=InProject("milestones.read"))
def timeline(visit: AtConsole, project_id: ProjectPath, asked: Annotated[TimelineAsked, Query()]) -> Response:
    """Milestones by date, and the weeks of the last half year."""
    purpose = visit.purpose(project_id)
    course = _course(visit, project_id) if visit.allows("alerts.read", visit.project) else None
    return visit.page(
        "project/timeline.html",
        proposed=leaf(
            visit.desk(Desk).milestones(project_id, purpose),
            asked.page,
            PROPOSED,
            lambda n: f"/projects/{project_id}/timeline?page={n}",
        ),
        at_page=asked.page,
        decides=visit.allows("milestones.decide", visit.project),
        deciding=asked.decide,
        course=course,
        volume=_volume(visit, course) if course and course.weeks else None,
        share=_share(visit, course) if course and any(week.negative for week in course.weeks) else None,
        k=visit.office.settings.k_anonymity,
        opinion=stance_chart(visit) if visit.allows("documents.read", visit.project) else None,
    )


@router.page("/projects/{project_id}/timeline/stance.csv", rule=InProject("documents.read"))
def stance_csv(visit: AtConsole, project_id: ProjectPath) -> Response:
    """The months by stance as a file; only its heads where there are no texts."""
    drawn = stance_chart(visit) or Charts(visit.language).stance(())
    return csv_file(drawn.heads, drawn.lines, f"stance-{project_id}")


@router.page("/projects/{project_id}/timeline/volume.csv", rule=InProject("alerts.read"))
def volume_csv(visit: AtConsole, project_id: ProjectPath) -> Response:
    """The weeks as a file."""
    drawn = _volume(visit, _course(visit, project_id))
    return csv_file(drawn.heads, drawn.lines, f"volume-{project_id}")


@router.page("/projects/{project_id}/timeline/share.csv", rule=InProject("alerts.read"))
def share_csv(visit: AtConsole, project_id: ProjectPath) -> Response:
    """The negative share by week as a file."""
    drawn = _share(visit, _course(visit, project_id))
    return csv_file(drawn.heads, drawn.lines, f"share-{project_id}")


@router.act("/projects/{project_id}/timeline/{milestone_id}", rule=InProject("milestones.decide"))
def decide(
    visit: AtConsole, project_id: ProjectPath, milestone_id: MilestonePath, given: Annotated[MilestoneForm, Form()]
) -> Response:
    """A named person takes a proposed milestone into the project, or not (P-23)."""
    visit.desk(Desk).decide_milestone(
        project_id, visit.purpose(project_id), milestone_id, who=visit.account.name, accept=given.accept,
        reason=given.reason,
    )  # fmt: skip
    said = visit.gettext("节点已采纳，写入项目登记册。") if given.accept else visit.gettext("已记录：节点未采纳。")
    return visit.redirect(f"/projects/{project_id}/timeline", flash=said)


def _course(visit: Visit, project_id: str) -> CourseShown:
    return visit.desk(CourseDesk).course(project_id, visit.purpose(project_id))


def _volume(visit: Visit, course: CourseShown) -> Drawn:
    return Charts(visit.language).volume([_bar(week) for week in course.weeks])


def _share(visit: Visit, course: CourseShown) -> Drawn:
    shares = [
        Share(week.first, week.negative.p, week.negative.low, week.negative.high)
        if week.negative
        else Share(week.first, None)
        for week in course.weeks
    ]
    return Charts(visit.language).share(shares, visit.gettext("每周负面占比"))


def _bar(week: WeekOfCourse) -> Bar:
    band = (week.usual.expected, week.usual.low, week.usual.high) if week.usual and week.read else None
    if week.count is None:
        return Bar(week.first, None, 0, band, "*" if week.read else NOT_READ)
    count = week.count.model_dump()
    exact = exact_number(count)
    if exact is not None:
        return Bar(week.first, "exact", exact, band)
    [(form, number)] = count.items()
    return Bar(week.first, form, number, band)
