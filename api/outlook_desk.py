"""The desk for what lies ahead and what a week was: forecasts of projects, and the weekly bulletin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from api.bulletin import Bulletin, Week, bulletin_of
from api.bulletin.volume import Region, regions_of, trimmed
from api.desk import Desk
from api.forecast_answers import ForecastShown, forecast_shown
from api.policy import access
from pipeline.forecast import look_ahead
from pipeline.records import DecisionProject

WEEKS_OFFERED: Final = 26
"""Bulletins of half a year are offered; one of an older week is made when it is asked for by name."""


@dataclass(frozen=True, slots=True)
class BulletinChoices:
    """Of which weeks and regions a reader may ask for a bulletin: the last week first, wider regions first."""

    weeks: tuple[Week, ...]
    regions: tuple[Region, ...]


class OutlookDesk(Desk):
    """One reader before the forecasts of one office. Who may see a project's alerts may see its volume and risk points
    in a bulletin, and what is expected of it."""

    def forecast(self, project_id: str, purpose: str | None, days: int = 14) -> ForecastShown:
        """The coming days and the milestone warnings of one project. Raises NotFound or Denied."""
        with self._asked("alerts.read", purpose, project_id, "forecast") as project:
            store = self._office.store
            return forecast_shown(look_ahead(store, project, days, store.clock(), self._k))

    def bulletin(self, purpose: str | None, week: Week | None = None, region: str | None = None) -> Bulletin:
        """The bulletin of a week that is over (None: the last one) on every project of a region whose alerts and risk
        points the reader may see; each of them is noted.

        Raises Denied, ValueError (E832) for a week that is not over.
        """
        store = self._office.store
        granted = self._granted_somewhere("alerts.read", purpose)
        region = trimmed(region) if region else None
        week = week or Week.before(store.clock())
        if week.end > store.clock():
            raise ValueError(
                f"E832: week {week.name} is not over; the bulletin of {Week.before(store.clock()).name} is"
            )
        projects = [one for one in self._told() if (one.region_code or "").startswith(region or "")]
        with store.transaction():
            for project in projects:
                self._note("alerts.read", granted, project.id, f"bulletin-{week.name}")
        if not projects:
            self._note("alerts.read", granted, None, f"bulletin-{week.name}")
        return bulletin_of(store, projects, week, region, self._k)

    def bulletin_choices(self, purpose: str | None) -> BulletinChoices:
        """The weeks that are over and the regions of the projects that a bulletin tells of. Raises Denied."""
        self._granted_somewhere("alerts.read", purpose)
        last = Week.before(self._office.store.clock())
        weeks = tuple(Week(last.first - timedelta(weeks=back)) for back in range(WEEKS_OFFERED))
        return BulletinChoices(weeks, tuple(regions_of(self._told())))

    def _told(self) -> list[DecisionProject]:
        """The projects whose alerts and risk points the reader may see, confirmed or not."""
        return [
            project
            for project in self._office.store.projects()
            if all(access().allows(self._reader, action, project) for action in ("alerts.read", "candidates.read"))
        ]
