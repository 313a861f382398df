"""The months of a project by what its texts want of it, as a chart with the project's milestones."""

from __future__ import annotations

from datetime import date
from typing import Final

from api.charts import Stances
from api.console.charts import Charts, Drawn
from api.console.visit import Visit
from api.counting import Timeline
from api.desk import Desk
from api.finding import Beside
from index import Search
from index.query import All
from pipeline.records import DecisionProject

TO_THE_DAY: Final = 10
"""Characters of a date that is known to the day; others have no place on an axis."""


def stance_chart(visit: Visit) -> Drawn | None:
    """All dated texts about the project of the address; None where there are none. Raises Denied."""
    project = visit.project
    assert project is not None
    asked = Search(query=All(), size=0)
    beside = Beside(histogram="month", stances=True)
    found = visit.desk(Desk).documents(project.id, visit.purpose(project.id), asked, beside)
    return _drawn(Charts(visit.language), found.timeline, project) if found.timeline and found.timeline.months else None


def _drawn(charts: Charts, line: Timeline, project: DecisionProject) -> Drawn:
    totals = {period.first: period.count for period in line.periods}
    months = [Stances(month.first, month.last, totals[month.first], month.counts) for month in line.months]
    first, last = months[0].first, months[-1].last
    dated = ((date.fromisoformat(one.date), one.name) for one in project.milestones if len(one.date) == TO_THE_DAY)
    return charts.stance(months, sorted(one for one in dated if first <= one[0] <= last))
