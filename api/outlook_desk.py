"""The desk for what lies ahead: the forecast of one project."""

from __future__ import annotations

from api.desk import Desk
from api.forecast_answers import ForecastShown, forecast_shown
from pipeline.forecast import look_ahead


class OutlookDesk(Desk):
    """One reader before the forecasts of one office. Who may see a project's alerts may see what is expected of it."""

    def forecast(self, project_id: str, purpose: str | None, days: int = 14) -> ForecastShown:
        """The coming days and the milestone warnings of one project. Raises NotFound or Denied."""
        with self._asked("alerts.read", purpose, project_id, "forecast") as project:
            store = self._office.store
            return forecast_shown(look_ahead(store, project, days, store.clock(), self._k))
