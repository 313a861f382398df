"""Sparse hourly project series with known truth, from the formulas of the alerting study (§4.1).

Baseline: hour-of-week rhythm to the power U(0.5, 1.2) × weekday effect (sd 0.15) × Ornstein–Uhlenbeck drift of the
log level (sd 0.25, four weeks); mean 0.05, 0.2, 0.8 or 3 origins an hour; noise Poisson, negative binomial (variance
1.5 × mean) or Neyman–Scott clusters (geometric, mean 2, so that variance → 3 × mean; copies follow within hours).
Outbreaks: Poisson(k × sd of the daily count) origins, k = 3, 6, 12, lognormal in time with median 4 h (fast) or 24 h
(slow). The study does not state the lognormal's sigma nor the copies' delay; SIGMA and COPY_HOURS are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

RATES: Final = (0.05, 0.2, 0.8, 3.0)
NOISES: Final = ("poisson", "negative_binomial", "clusters")
LIMIT_DISPERSION: Final = {"poisson": 1.0, "negative_binomial": 1.5, "clusters": 3.0}
SIZES: Final = {"S": 3.0, "M": 6.0, "L": 12.0}
MEDIANS: Final = {"fast": 4.0, "slow": 24.0}
WITHIN: Final = {"fast": 24, "slow": 72}
SIGMA: Final = 0.5
COPY_HOURS: Final = 4.0
WEEK: Final = 168
WARM_WEEKS: Final = 6
TEST_WEEKS: Final = 18
HOURS: Final = (WARM_WEEKS + TEST_WEEKS) * WEEK
WARM: Final = WARM_WEEKS * WEEK
MONTH_HOURS: Final = 730.5
START_TICK: Final = 523920
"""A Monday of 2029, 00:00, in hours since 1970: no public holidays but one, which these series do not know."""


@dataclass(frozen=True)
class Series:
    """n series of HOURS counts and their true mean; ``first``: hour of each outbreak's first origin, −1 for none."""

    counts: np.ndarray
    mean: np.ndarray
    rate: np.ndarray
    noise: np.ndarray
    first: np.ndarray


def rhythm() -> np.ndarray:
    """168 hour factors, mean 1, peak to trough about 7 to 1: mornings and evenings, weekends later and lower."""
    hour = np.arange(24)
    work = 0.22 + np.exp(-((hour - 10.5) ** 2) / 14) + 0.75 * np.exp(-((hour - 16) ** 2) / 10)
    work += 1.0 * np.exp(-((hour - 20.8) ** 2) / 8)
    rest = 0.22 + 0.9 * np.exp(-((hour - 12.5) ** 2) / 24) + 0.9 * np.exp(-((hour - 20.5) ** 2) / 10)
    week = np.concatenate([work] * 5 + [rest] * 2)
    return week / week.mean()


def simulate(rng: np.random.Generator, copies: int, outbreak: tuple[str, str] | None = None) -> Series:
    """``copies`` series of each of the 12 cells (rate × noise), with three outbreaks each or none."""
    cells = [(rate, noise) for rate in RATES for noise in range(len(NOISES))]
    rate = np.repeat([cell[0] for cell in cells], copies)
    noise = np.repeat([cell[1] for cell in cells], copies)
    mean = _means(rng, rate)
    counts = np.zeros(mean.shape, dtype=np.int32)
    for kind, name in enumerate(NOISES):
        rows = noise == kind
        counts[rows] = _noisy(rng, mean[rows], name)
    first = np.full((len(rate), 3), -1)
    if outbreak is not None:
        _outbreaks(rng, counts, rate, noise, first, outbreak)
    return Series(counts, mean, rate, noise, first)


def _means(rng: np.random.Generator, rate: np.ndarray) -> np.ndarray:
    n = len(rate)
    power = rng.uniform(0.5, 1.2, n)[:, None]
    week = rhythm()[None, :] ** power
    weekday = np.exp(rng.normal(0, 0.15, (n, 7)))
    week = week * np.repeat(weekday, 24, axis=1)
    week /= week.mean(axis=1, keepdims=True)
    keep = np.exp(-1 / (4 * WEEK))
    log_level = np.empty((n, HOURS))
    level = rng.normal(0, 0.25, n)
    shocks = rng.normal(0, 0.25 * np.sqrt(1 - keep**2), (HOURS, n))
    for t in range(HOURS):
        level = level * keep + shocks[t]
        log_level[:, t] = level
    return rate[:, None] * np.tile(week, HOURS // WEEK) * np.exp(log_level - 0.25**2 / 2)


def _noisy(rng: np.random.Generator, mean: np.ndarray, noise: str) -> np.ndarray:
    if noise == "poisson":
        return rng.poisson(mean)
    if noise == "negative_binomial":
        return rng.negative_binomial(mean / 0.5, 1 / 1.5)
    parents = rng.poisson(mean / 2)
    counts = parents.astype(np.int64)
    rows, hours = np.nonzero(parents)
    many = parents[rows, hours]
    rows, hours = np.repeat(rows, many), np.repeat(hours, many)
    followers = rng.geometric(0.5, len(rows)) - 1
    rows, hours = np.repeat(rows, followers), np.repeat(hours, followers)
    later = hours + np.floor(rng.random(len(hours)) + rng.exponential(COPY_HOURS, len(hours))).astype(np.int64)
    inside = later < mean.shape[1]
    np.add.at(counts, (rows[inside], later[inside]), 1)
    return counts


def _outbreaks(
    rng: np.random.Generator,
    counts: np.ndarray,
    rate: np.ndarray,
    noise: np.ndarray,
    first: np.ndarray,
    outbreak: tuple[str, str],
) -> None:
    speed, size = outbreak
    limit = np.array([LIMIT_DISPERSION[name] for name in NOISES])[noise]
    sd = np.sqrt(limit * 24 * rate)
    third = TEST_WEEKS // 3 * WEEK
    for row in range(len(rate)):
        for number in range(3):
            start = WARM + number * third + rng.uniform(WEEK, third - 2 * WEEK)
            many = max(1, rng.poisson(SIZES[size] * sd[row]))
            hours = np.floor(start + np.exp(rng.normal(np.log(MEDIANS[speed]), SIGMA, many))).astype(np.int64)
            hours = hours[hours < HOURS]
            np.add.at(counts[row], hours, 1)
            first[row, number] = hours.min()
