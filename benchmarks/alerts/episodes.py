"""One episode logic for every method, vectorised over series: onset, hysteresis 0.5, 6 quiet hours, 24 h cool-down."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.alerts.generator import MONTH_HOURS, WARM, WITHIN, Series

RELEASE = 0.5
QUIET = 6
COOLDOWN = 24


def onsets(scores: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """(series, hour) of every onset after the warm-up; ``scores`` is series × hours."""
    n, hours = scores.shape
    by_hour = np.ascontiguousarray(scores.T)
    phase, quiet = np.zeros(n, dtype=np.int8), np.zeros(n, dtype=np.int16)
    found: list[tuple[np.ndarray, int]] = []
    for t in range(WARM - 168, hours):
        s = by_hour[t]
        high, low = s >= threshold, s < RELEASE * threshold
        onset = (phase == 0) & high
        if t >= WARM and onset.any():
            found.append((np.flatnonzero(onset), t))
        again = (phase == 2) & high
        quiet = np.where((phase == 2) | ((phase == 1) & low), quiet + 1, 0)
        cooled, ended = (phase == 1) & (quiet >= QUIET), (phase == 2) & ~high & (quiet >= COOLDOWN)
        quiet[cooled | onset | again] = 0
        phase = np.select([onset | again, cooled, ended], [1, 2, 0], phase).astype(np.int8)
    if not found:
        return np.zeros(0, dtype=int), np.zeros(0, dtype=int)
    return np.concatenate([rows for rows, _ in found]), np.concatenate([np.full(len(rows), t) for rows, t in found])


def project_months(series: Series) -> float:
    """Months of test time in all series together."""
    return len(series.counts) * (series.counts.shape[1] - WARM) / MONTH_HOURS


def false_alarms(rows: np.ndarray, series: Series) -> tuple[float, float]:
    """Onsets a project-month on quiet series: the mean, and the worst of the 12 cells."""
    months = project_months(series) / 12
    cells = [
        np.isin(rows, np.flatnonzero((series.rate == rate) & (series.noise == noise))).sum() / months
        for rate in np.unique(series.rate)
        for noise in np.unique(series.noise)
    ]
    return float(np.mean(cells)), float(np.max(cells))


def threshold_for(wanted: float, scores: np.ndarray, series: Series, low: float, high: float) -> float:
    """The threshold at which quiet series have ``wanted`` onsets a project-month, by bisection."""
    months = project_months(series)
    for _ in range(14):
        middle = (low + high) / 2
        if len(onsets(scores, middle)[0]) / months > wanted:
            low = middle
        else:
            high = middle
    return high


def detection(rows: np.ndarray, hours: np.ndarray, series: Series, speed: str) -> tuple[float, float]:
    """Share of outbreaks with an onset within the allowed hours of their first origin; median delay in hours."""
    delays = []
    for row, number in np.ndindex(series.first.shape):
        first = series.first[row, number]
        mine = hours[rows == row]
        inside = mine[(mine >= first) & (mine <= first + WITHIN[speed])]
        delays.append(inside.min() - first if len(inside) else np.nan)
    array = np.array(delays, dtype=float)
    hit = ~np.isnan(array)
    return float(hit.mean()), float(np.median(array[hit])) if hit.any() else float("nan")


Scores = Callable[[Series], np.ndarray]
