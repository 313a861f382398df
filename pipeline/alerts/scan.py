"""The windowed scan: in which trailing window is a series most unusual, and how unusual is that.

Score = max over windows of −log10 P(at least the observed) − the window's penalty. Level: discounted Gamma–Poisson
(West, Harrison & Migon 1985). Predictive: negative binomial with the window's own index of dispersion, learnt from
past windows and shrunk to a prior, and with the uncertainty of the level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.alerts import windows
from pipeline.alerts.observation import Bools, Floats, Ints
from pipeline.alerts.settings import BLOCK, WINDOWS, DetectorSettings
from pipeline.alerts.state import States
from pipeline.alerts.tail import upper_tail

_LENGTHS = np.array(WINDOWS, dtype=np.float64)
_SHORT = np.array([window <= 24 for window in WINDOWS])
_MOST_RESIDUAL = 16.0
_WORTH_A_LOOK = 0.64
"""Squared standard deviations from which a window can matter."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The most unusual window of each series, and the score of the short windows alone."""

    window: Ints
    observed: Floats
    expected: Floats
    dispersion: Floats
    p: Floats
    score: Floats
    fresh: Floats


def level(states: States, settings: DetectorSettings) -> Floats:
    """Origins a tick at exposure 1 and rhythm 1."""
    c: dict[str, Any] = states.columns
    count = c["level_count"].astype(np.float64) + settings.prior_counts
    exposure = c["level_exposure"].astype(np.float64) + settings.prior_counts / settings.prior_rate
    rate: Floats = count / exposure
    return rate


def dispersions(states: States, settings: DetectorSettings) -> Floats:
    """Index of dispersion of each window, n × windows, without the uncertainty of the level."""
    c: dict[str, Any] = states.columns
    over, looks = np.array(settings.dispersion_prior) - 1.0, settings.dispersion_looks
    total, seen = c["dispersion_sum"].astype(np.float64), c["dispersion_looks"].astype(np.float64)
    own = np.cumsum(total - seen, axis=1)[:, -1:] + settings.dispersion_pool
    usual = np.cumsum(seen * over, axis=1)[:, -1:] + settings.dispersion_pool
    prior = 1.0 + over * np.clip(own / usual, 0.0, 10.0)
    learnt: Floats = (total + prior * looks) / (seen + looks)
    return np.maximum(learnt, 1.0)


def uncertainty(states: States, settings: DetectorSettings) -> Floats:
    """Squared relative uncertainty of the level: what was counted, and how far it may have drifted since."""
    c: dict[str, Any] = states.columns
    memory = level_memory(level(states, settings), settings)
    drifted = settings.drift * memory / (memory + settings.drift_memory)
    spread: Floats = 0.5 / (c["level_count"].astype(np.float64) + settings.prior_counts) + drifted
    return spread


def level_memory(rate: Floats, settings: DetectorSettings) -> Floats:
    """Ticks the level looks back: a busy series can afford to forget, a sparse one cannot."""
    memory = settings.level_memory * np.sqrt(settings.prior_rate / np.maximum(rate, 1e-9))
    clipped: Floats = np.clip(memory, *settings.memory_range)
    return clipped


@dataclass(frozen=True, slots=True)
class View:
    """All windows of a tick, n × windows: observed and expected origins, own and total index of dispersion.

    ``spread`` (n × 1) is the squared relative uncertainty of the level.
    """

    observed: Floats
    expected: Floats
    own: Floats
    total: Floats
    spread: Floats


def view(states: States, tick: Ints, rate: Floats, own: Floats, settings: DetectorSettings) -> View:
    """What the windows hold, given the level and the dispersions."""
    observed, exposure = windows.sums(states, tick)
    expected = rate[:, None] * exposure
    spread = uncertainty(states, settings)[:, None]
    return View(observed, expected, own, own + expected * spread, spread)


def surprise(states: States, tick: Ints, seen: View, rows: Bools, settings: DetectorSettings) -> Floats:
    """−log10 p of every window of some rows; 0 where nothing is unusual or an ended episode reaches in."""
    excess = seen.observed - seen.expected
    unusual = (seen.observed >= settings.least_count) & (excess > 0) & (seen.expected > 0)
    unusual &= excess * excess > _WORTH_A_LOOK * seen.total * seen.expected
    unusual &= rows[:, None] & windows.since_last_episode(states, tick)
    found = np.zeros_like(seen.expected)
    if unusual.any():
        found[unusual] = -np.log10(upper_tail(seen.observed[unusual], seen.expected[unusual], seen.total[unusual]))
    return found


def look(states: States, tick: Ints, seen: View, known: Bools, fresh_origin: Bools, settings: DetectorSettings) -> Scan:
    """The scan of this tick. Without a new origin the score only fades; where nothing is known it stays."""
    running = states.columns["phase"] > 0
    found = surprise(states, tick, seen, fresh_origin | running, settings)
    score = found - np.array(settings.penalties)
    best = np.argmax(score, axis=1)
    rows = np.arange(len(states))
    before = states.columns["score"].astype(np.float64)
    new = np.maximum(score[rows, best], 0.0)
    return Scan(
        np.array(WINDOWS, dtype=np.int64)[best],
        seen.observed[rows, best],
        seen.expected[rows, best],
        seen.total[rows, best],
        10.0 ** -found[rows, best],
        np.where(fresh_origin, new, np.where(known, before * settings.fade, before)),
        np.maximum(score[:, _SHORT].max(axis=1), 0.0),
    )


def learn_dispersion(states: States, seen: View, known: Bools, settings: DetectorSettings) -> None:
    """Adds the squared residual of every window; overlapping windows count as one look together."""
    c: dict[str, Any] = states.columns
    variance = seen.total * seen.expected
    residual = np.minimum((seen.observed - seen.expected) ** 2, _MOST_RESIDUAL * variance + settings.dispersion_slack)
    index = residual / np.maximum(seen.expected, 1e-12) - seen.expected * seen.spread
    informs = known[:, None] & (seen.expected > 0)
    weight = np.where(informs, 2 * seen.expected / (2 * seen.expected + 1) / _LENGTHS, 0.0)
    keep = np.where(known, np.exp(-1.0 / settings.dispersion_memory), 1.0)[:, None]
    gain = np.where(informs, weight * index, 0.0)
    c["dispersion_sum"] = (c["dispersion_sum"] * keep + gain).astype(np.float32)
    c["dispersion_looks"] = (c["dispersion_looks"] * keep + weight).astype(np.float32)


def learn_level(states: States, rows: Ints, own: Floats, settings: DetectorSettings) -> None:
    """Adds a finished block to the level; what lies far above the habit is cut, so that a crisis stays unusual.

    With ``guard_blocks`` the level of a grown-up series lags behind, so that a slow rise does not hide itself.
    """
    c: dict[str, Any] = states.columns
    age = c["age"][rows] / BLOCK
    guard, young = settings.guard_blocks, settings.cold_ticks / BLOCK
    lag = np.where(age < young, 0, guard)
    learns = (age < young) | (age >= young + guard)
    rows, lag = rows[learns], lag[learns].astype(np.int64)
    count = c["block_count"][rows, lag].astype(np.float64)
    exposure = c["block_exposure"][rows, lag].astype(np.float64)
    rate = level(states, settings)[rows]
    mean = rate * exposure
    most = mean + settings.winsor * np.sqrt(own[rows, 3] * mean) + 1.0
    keep = np.where(exposure > 0, np.exp(-BLOCK / level_memory(rate, settings)), 1.0)
    c["level_count"][rows] = c["level_count"][rows] * keep + np.minimum(count, most)
    c["level_exposure"][rows] = c["level_exposure"][rows] * keep + exposure
