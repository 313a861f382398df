"""Alerts on counts: the series' own habit, how unusual the newest ticks are, and when that is an episode.

Pure functions over counts; nothing here knows the store. One tick: ``Detector.step``, many series:
``Detector.step_many``.
"""

from pipeline.alerts.coverage import SourceHour, growth, observe
from pipeline.alerts.detector import Detector
from pipeline.alerts.levels import LevelRules, Recurrence, shipped_recurrence
from pipeline.alerts.observation import Observation, Observations, moment_of, tick_of
from pipeline.alerts.reading import Episode, Level, Reading, Readings
from pipeline.alerts.settings import DetectorSettings
from pipeline.alerts.state import State, States

__all__ = [
    "Detector",
    "DetectorSettings",
    "Episode",
    "Level",
    "LevelRules",
    "Observation",
    "Observations",
    "Reading",
    "Readings",
    "Recurrence",
    "SourceHour",
    "State",
    "States",
    "growth",
    "moment_of",
    "observe",
    "shipped_recurrence",
    "tick_of",
]
