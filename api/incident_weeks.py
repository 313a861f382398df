"""The weeks around an incident beside the baseline that was known when each began, as the bulletin shows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from api.bulletin.volume import Volumes
from api.charts import Bar
from api.policy import enough
from pipeline.alerts.observation import CHINA
from pipeline.forecast.band import weeks_of
from pipeline.records import Incident
from pipeline.store import Store

WEEKS: Final = 8


def weeks_around(store: Store, incident: Incident, k: int) -> tuple[Bar, ...]:
    """The eight weeks that end with that of the incident's window; empty for a project that was never judged.

    Each week's tree is that of all projects of the deployment: what a bulletin hides, this hides.
    """
    day = (incident.window_end - timedelta(microseconds=1)).astimezone(CHINA).date()
    monday = day - timedelta(days=day.weekday())
    projects, mine = store.projects(), incident.project_id
    found = weeks_of(store, [project.id for project in projects], monday, WEEKS, [mine])
    if mine not in found:
        return ()
    volumes = [Volumes(projects, {one: weeks[at] for one, weeks in found.items()}, {mine}, k) for at in range(WEEKS)]
    bars = [bar for one in volumes if (bar := one.bar(mine)) is not None]
    low, high = max(week.voices_low for week in found[mine]), sum(week.voices_high for week in found[mine])
    known = enough(low, high, sum(week.count for week in found[mine]), k)
    return tuple(bar if known else replace(bar, band=None) for bar in bars)
