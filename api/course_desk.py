"""The desk for the course of a project (走势): weeks of negative stories beside their habit, and their share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from pydantic import Field

from api.answers import Answer, Count
from api.board_answers import ExpectedOfDay, ShareShown
from api.board_volume import by_week, monday_of, negative_share, week_shown
from api.bulletin.volume import Volumes
from api.charts import Calibrated
from api.desk import Desk
from api.policy import enough
from pipeline.forecast.habit import DayOfProject, days_of, first_day, together, usual_week
from pipeline.process.clocks import day_of
from pipeline.records import DecisionProject

WEEKS: Final = 26


class WeekOfCourse(Answer):
    """New negative stories of one week from Monday; ``count`` null: nothing was read, or nothing may be told."""

    first: date
    count: Count | None
    read: bool = Field(description="Whether any hour of it was read.")
    usual: ExpectedOfDay | None
    negative: ShareShown | None


class CourseShown(Answer):
    """The weeks of a project, the newest last; empty where it was never judged."""

    project_id: str
    k_anonymity: int
    weeks: list[WeekOfCourse]


class CourseDesk(Desk):
    """One reader before the course of one project."""

    def course(self, project_id: str, purpose: str | None, weeks: int = WEEKS) -> CourseShown:
        """The last weeks of one project, from the first that was watched on. Raises NotFound or Denied."""
        with self._asked("alerts.read", purpose, project_id, "course") as project:
            store = self._office.store
            everything, this_week = store.projects(), monday_of(day_of(store.clock()))
            mondays = [this_week - timedelta(weeks=back) for back in reversed(range(weeks))]
            series = store.alert_series(one.id for one in everything)
            mine = series.get(project.id)
            if mine is None:
                return CourseShown(project_id=project.id, k_anonymity=self._k, weeks=[])
            mondays = [monday for monday in mondays if monday >= monday_of(first_day(mine))] or [this_week]
            days = days_of(store, series, mondays[0], this_week + timedelta(days=6))
            weeks_of_all = by_week(days)
            known = self._known(days[project.id])
            read = {monday_of(one.day) for one in days[project.id] if one.read > 0}
            mondays = [monday for monday in mondays if monday >= min(read, default=this_week)]
            return CourseShown(
                project_id=project.id,
                k_anonymity=self._k,
                weeks=[
                    self._week(
                        project.id, weeks_of_all[monday], everything, usual_week(mine, monday) if known else None
                    )
                    for monday in mondays
                ],
            )

    def _week(
        self, project_id: str, days: Mapping[str, list[DayOfProject]], projects: Sequence[DecisionProject],
        band: tuple[float, int, int] | None,
    ) -> WeekOfCourse:  # fmt: skip
        mine = days[project_id]
        volumes = Volumes(projects, {key: together(week) for key, week in days.items()}, {project_id}, self._k)
        figure, found = week_shown(volumes, project_id), negative_share(mine, self._k)
        share = None
        if found and volumes.tells(project_id):  # share and interval would give a hidden number away
            count, whole = found
            low, high = Calibrated(0.0, count / whole, whole).interval
            share = ShareShown(p=round(count / whole, 2), low=round(low, 2), high=round(high, 2))
        return WeekOfCourse.model_validate({
            "first": mine[0].day, "count": figure.as_json() if figure else None,
            "read": any(one.read > 0 for one in mine),
            "usual": ExpectedOfDay(expected=round(band[0], 1), low=band[1], high=band[2]) if band else None,
            "negative": share,
        })  # fmt: skip

    def _known(self, days: list[DayOfProject]) -> bool:
        """Whether k voices stand behind the habit."""
        low, high = max((one.voices_low for one in days), default=0), sum(one.voices_high for one in days)
        return enough(low, high, sum(one.count for one in days), self._k)
