"""From scores to how rarely a quiet series reaches them, and to 蓝黄橙红.

``recurrence.json`` holds episodes a project-month on simulated quiet series at each score; regenerate it with
``python -m benchmarks.alerts.simulation --calibrate``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from pipeline.alerts.observation import Floats

FALSE_ALARMS: Final = (0.25, 0.05, 0.01, 0.001)
"""Default false alarms a project-month of blue, yellow, orange and red."""
HOURS_A_MONTH: Final = 730.5
LONGEST_MONTHS: Final = 12000.0
"""Rarer than once in a thousand years is not told apart."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Scores in rising order and the false episodes a project-month at each; ``settings``: version they belong to."""

    scores: tuple[float, ...]
    per_month: tuple[float, ...]
    settings: str = ""

    def months(self, score: Floats) -> Floats:
        """About once in so many months; beyond the simulated range the tail goes on as straight as it ended."""
        scores, rates = np.array(self.scores), np.log(np.array(self.per_month))
        slope = (rates[-1] - rates[-4]) / (scores[-1] - scores[-4])
        log_rate = np.interp(score, scores, rates) + np.maximum(score - scores[-1], 0.0) * slope
        months: Floats = np.minimum(np.exp(-log_rate), LONGEST_MONTHS)
        return months

    def news_p(self, score: Floats, tick_hours: float = 1.0) -> Floats:
        """Chance that a quiet series begins an episode of this score at a given tick: 1 at score 0."""
        months = self.months(np.maximum(score, self.scores[0]))
        chance = tick_hours / (HOURS_A_MONTH * months)
        low = np.interp(score, [0.0, self.scores[0]], [0.0, 1.0])
        p: Floats = np.minimum(np.exp(low * np.log(np.minimum(chance, 1.0))), 1.0)
        return p

    def threshold(self, per_month: float) -> float:
        """The score that a quiet series reaches so often a month."""
        scores, rates = np.array(self.scores), np.log(np.array(self.per_month))
        wanted = float(np.log(per_month))
        if wanted < rates[-1]:
            slope = (rates[-1] - rates[-4]) / (scores[-1] - scores[-4])
            return float(scores[-1] + (wanted - rates[-1]) / slope)
        return float(np.interp(-wanted, -rates, scores))


@cache
def shipped_recurrence() -> Recurrence:
    """The table that ships with the package."""
    table = json.loads(files("pipeline.alerts").joinpath("recurrence.json").read_text(encoding="utf-8"))
    return Recurrence(tuple(table["scores"]), tuple(table["per_month"]), table["settings"])


@dataclass(frozen=True, slots=True)
class LevelRules:
    """What each level asks for, blue to red: a score, and origins beyond the expected."""

    thresholds: tuple[float, float, float, float]
    least_excess: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

    @classmethod
    def of(
        cls,
        recurrence: Recurrence,
        false_alarms: tuple[float, float, float, float] = FALSE_ALARMS,
        least_excess: tuple[float, float, float, float] = (2.0, 3.0, 6.0, 20.0),
    ) -> LevelRules:
        """Thresholds for the wanted false alarms a project-month."""
        blue, yellow, orange, red = (recurrence.threshold(rate) for rate in false_alarms)
        return cls((blue, yellow, orange, red), least_excess)


MOVING_RULES: Final = LevelRules((1.7, 2.4, 3.4, 4.8))
"""For streams of short ticks, in units of the series' own usual daily peak. How rare they are is not calibrated."""
