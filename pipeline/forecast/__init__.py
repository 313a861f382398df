"""Volume ahead: the coming days from a project's own habit, and how volume moved around milestones elsewhere."""

from pipeline.forecast.milestones import Moved, WeekMoved
from pipeline.forecast.model import DayForecast, ForecastSettings, forecast
from pipeline.forecast.project import Ahead, MilestoneWarning, look_ahead

__all__ = [
    "Ahead", "DayForecast", "ForecastSettings", "MilestoneWarning", "Moved", "WeekMoved", "forecast", "look_ahead",
]  # fmt: skip
