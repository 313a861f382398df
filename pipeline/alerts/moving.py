"""Dense streams of short ticks: how far moving means of 1, 3 and 12 ticks stand above their own past.

Company-sized streams have heavy-tailed habits, on which count tails fire too often. Score: mean of three z values
against exponentially weighted mean and variance (updates cut at MOST_Z), over the shrunken mean of the series' own
past daily peaks. An onset is told once; the episode logic does the rest.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from pipeline.alerts.observation import Bools, Floats
from pipeline.alerts.settings import DetectorSettings
from pipeline.alerts.state import States

SPANS: Final = (1, 3, 12)
MOST_Z: Final = 15.0


def score(states: States, seen: Bools, settings: DetectorSettings) -> Floats:
    """The mean z of this tick, before normalisation; learns from the tick."""
    c: dict[str, Any] = states.columns
    newest = np.cumsum(c["count"], axis=1).astype(np.float64)
    total = np.zeros(len(states))
    age = c["age"].astype(np.float64)
    gain = np.maximum(1.0 - np.exp(-1.0 / settings.moving_memory), 1.0 / (age + 2.0))
    for i, span in enumerate(SPANS):
        mean, variance = c["moving_mean"][:, i].astype(np.float64), c["moving_variance"][:, i].astype(np.float64)
        value = newest[:, span - 1] / span
        deviation = np.sqrt(np.maximum(variance, settings.moving_floor / span))
        z = (value - mean) / deviation
        cut = np.clip(value - mean, -MOST_Z * deviation, MOST_Z * deviation)
        learns = seen & (age >= span - 1)
        c["moving_mean"][:, i] = np.where(learns, mean + gain * cut, mean)
        c["moving_variance"][:, i] = np.where(learns, (1 - gain) * (variance + gain * cut**2), variance)
        total += np.where(learns, z, 0.0)
    return np.maximum(total / len(SPANS), 0.0)
