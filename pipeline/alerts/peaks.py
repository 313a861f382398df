"""The series' own past daily peaks of the score: what a dense series reaches every few days is not news."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.alerts.observation import Bools, Floats, Ints
from pipeline.alerts.state import States


def typical(states: States, *, prior: float, prior_days: float, most: float) -> Floats:
    """Mean of the past daily peaks, shrunk to ``prior`` by ``prior_days``; one day counts at most ``most``."""
    c: dict[str, Any] = states.columns
    mean: Floats = (c["peak_sum"].astype(np.float64) + prior * prior_days) / (c["peak_days"] + prior_days)
    return np.minimum(mean, most)


def learn(states: States, day: Ints, score: Floats, seen: Bools, *, most: float) -> None:
    """Adds one score; a day that is over becomes one more past peak."""
    c: dict[str, Any] = states.columns
    over = seen & (c["peak_day"] != day) & (c["peak_day"] >= 0)
    c["peak_sum"] = (c["peak_sum"] + np.where(over, np.minimum(c["peak_today"], most), 0.0)).astype(np.float32)
    c["peak_days"] = (c["peak_days"] + over).astype(np.float32)
    fresh = seen & (c["peak_day"] != day)
    today = np.where(fresh, score, np.where(seen, np.maximum(c["peak_today"], score), c["peak_today"]))
    c["peak_today"] = today.astype(np.float32)
    c["peak_day"] = np.where(seen, day, c["peak_day"]).astype(np.int32)
