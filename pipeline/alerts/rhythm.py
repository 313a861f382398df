"""How a series breathes: factors of the hour and of the kind of day, shrunk to a prior rhythm.

rhythm = prior[kind of day, hour] × hour factor × day factor; a factor is (origins + κ) / (expected + κ) with both
discounted over twelve weeks, so that a sparse series keeps the prior and a busy one learns its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.alerts.calendar import HOLIDAY, KINDS
from pipeline.alerts.observation import Floats, Ints
from pipeline.alerts.settings import DetectorSettings
from pipeline.alerts.state import HOURS, States

Prior = npt.NDArray[np.float64]
"""KINDS × HOURS factors with mean 1 over an ordinary week."""


def _default_hours() -> npt.NDArray[np.float64]:
    hours = np.arange(HOURS)
    evening = 0.6 * np.exp(2.2 * (np.cos((hours - 21.5) / HOURS * 2 * np.pi) - 1))
    working = 1.0 * np.exp(2.0 * (np.cos((hours - 12.5) / HOURS * 2 * np.pi) - 1))
    return 0.12 + evening + working


def default_prior() -> Prior:
    """A plain day of ours: quiet before dawn, a broad hump from morning to late evening, weekends a tenth lower."""
    day = np.array([1.04, 1.04, 1.04, 1.04, 1.02, 0.92, 0.9, 0.88])
    table = np.outer(day, _default_hours())
    normalised: Prior = table / table[:HOLIDAY].mean()
    return normalised


def flat_prior() -> Prior:
    """Every hour alike: for series about which nothing may be assumed."""
    return np.ones((KINDS, HOURS))


def pooled_prior(kinds: Ints, hours: Ints, counts: Floats, *, pseudo: float = 50.0) -> Prior:
    """The rhythm of many series together: ``counts`` are sums over series for ticks of those kinds and hours.

    Shrunk to ``default_prior`` by ``pseudo`` origins a cell, so that it may be learnt from the first week on.
    """
    table, visits = np.zeros((KINDS, HOURS)), np.zeros((KINDS, HOURS))
    np.add.at(table, (kinds, hours), counts)
    np.add.at(visits, (kinds, hours), 1.0)
    mean = max(float(counts.mean()), 1e-9) if len(counts) else 1.0
    table = (table + pseudo * default_prior()) / (visits * mean + pseudo)
    normalised: Prior = table / table[:HOLIDAY].mean()
    return normalised


def factors(states: States, kinds: Ints, hours: Ints, settings: DetectorSettings) -> tuple[Floats, Floats]:
    """The hour factor and the day factor of each series at its tick."""
    c, rows, k = states.columns, np.arange(len(states)), settings.rhythm_counts
    hour = (k + c["hour_count"][rows, hours]) / (k + c["hour_expected"][rows, hours])
    day = (k + c["day_count"][rows, kinds]) / (k + c["day_expected"][rows, kinds])
    return hour.astype(np.float64), day.astype(np.float64)


def learn(
    states: States,
    kinds: Ints,
    hours: Ints,
    count: Floats,
    plain: Floats,
    factor: tuple[Floats, Floats],
    settings: DetectorSettings,
) -> None:
    """Adds one tick: ``count`` origins where ``plain`` (level × prior × exposure) times the factors was expected.

    A tick of which nothing is known (``plain`` 0) is not even forgotten by.
    """
    c, rows = states.columns, np.arange(len(states))
    keep_hour = np.where(plain > 0, np.exp(-HOURS / settings.rhythm_memory), 1.0).astype(np.float32)
    keep_day = np.where(plain > 0, np.exp(-7.0 / settings.rhythm_memory), 1.0).astype(np.float32)
    _add(c, "hour", rows, hours, count, plain * factor[1], keep_hour)
    _add(c, "day", rows, kinds, count, plain * factor[0], keep_day)


def _add(
    columns: dict[str, Any], name: str, rows: Ints, slots: Ints, count: Floats, expected: Floats, keep: Any
) -> None:
    for column, value in ((f"{name}_count", count), (f"{name}_expected", expected)):
        columns[column][rows, slots] = columns[column][rows, slots] * keep + value.astype(np.float32)
