"""The methods that others run, as scores per series and hour; thresholds are tuned outside, alike for all.

ElastAlert ``spike``: current window over the window before it, at least 3 in the current one (``threshold_cur``).
S-H-ESD, rolling: hybrid ESD statistic (median and MAD) of the 24 h sum against the same hour of the last 28 days, which
takes the daily season out. EARS C2 (CDC): 24 h sum against mean and sd of seven days, two days of guard. NB CUSUM:
log likelihood ratio of three times the habit, habit and dispersion as the detector learns them. Window: one
negative-binomial tail over 24 h. Oracle: our scan with the true mean and dispersion.
"""

from __future__ import annotations

import numpy as np

from benchmarks.alerts.generator import LIMIT_DISPERSION, NOISES, Series
from pipeline.alerts.settings import WINDOWS
from pipeline.alerts.tail import upper_tail


def trailing(values: np.ndarray, window: int) -> np.ndarray:
    """Sums of the last ``window`` hours at every hour."""
    total = np.cumsum(values, axis=1, dtype=np.float64)
    total[:, window:] = total[:, window:] - total[:, :-window]
    return total


def shifted(values: np.ndarray, hours: int) -> np.ndarray:
    """The values ``hours`` earlier, 0 before the beginning."""
    moved = np.zeros_like(values)
    moved[:, hours:] = values[:, :-hours]
    return moved


def elastalert_spike(series: Series, window: int = 24) -> np.ndarray:
    current = trailing(series.counts, window)
    reference = shifted(current, window)
    return np.where(current >= 3, current / np.maximum(reference, 1.0), 0.0)


def ears_c2(series: Series) -> np.ndarray:
    day = trailing(series.counts, 24)
    past = np.stack([shifted(day, 24 * back) for back in range(3, 10)])
    return np.maximum((day - past.mean(axis=0)) / np.maximum(past.std(axis=0, ddof=1), 0.5), 0.0)


def s_h_esd(series: Series) -> np.ndarray:
    day = trailing(series.counts, 24)
    scores = np.zeros_like(day)
    for begin in range(0, len(day), 100):
        part = day[begin : begin + 100]
        past = np.stack([shifted(part, 24 * back) for back in range(1, 29)])
        middle = np.median(past, axis=0)
        spread = 1.4826 * np.median(np.abs(past - middle), axis=0)
        scores[begin : begin + 100] = np.maximum((part - middle) / np.maximum(spread, 0.75), 0.0)
    return scores


def nb_cusum(counts: np.ndarray, expected: np.ndarray, dispersion: np.ndarray, ratio: float = 3.0) -> np.ndarray:
    """CUSUM of the negative-binomial log likelihood ratio; variance stays dispersion × mean under both."""
    scores = np.zeros(counts.shape)
    level = np.zeros(len(counts))
    for t in range(counts.shape[1]):
        mean, over = np.maximum(expected[:, t], 1e-6), np.maximum(dispersion[:, t] - 1, 0.05)
        size = mean / over
        gain = counts[:, t] * np.log(ratio * (size + mean) / (size + ratio * mean))
        gain -= size * np.log((size + ratio * mean) / (size + mean))
        level = np.maximum(level + gain, 0.0)
        scores[:, t] = level
    return scores


def oracle(series: Series, penalties: np.ndarray, fade: float) -> np.ndarray:
    """The scan with the true mean and the limiting dispersion of the noise."""
    limit = np.array([LIMIT_DISPERSION[name] for name in NOISES])[series.noise][:, None]
    scores = np.zeros(series.counts.shape)
    for window, penalty in zip(WINDOWS, penalties, strict=True):
        share = 1.0 if window >= 24 else 0.5 + 0.5 * window / 24
        dispersion = np.broadcast_to(1 + (limit - 1) * share, scores.shape)
        tail = upper_tail(trailing(series.counts, window), trailing(series.mean, window), dispersion)
        scores = np.maximum(scores, -np.log10(tail) - penalty)
    return faded(scores, series.counts, fade)


def faded(scores: np.ndarray, counts: np.ndarray, fade: float) -> np.ndarray:
    """Scores are news only with a new origin; until then they fade."""
    result = scores.copy()
    for t in range(1, scores.shape[1]):
        result[:, t] = np.where(counts[:, t] > 0, scores[:, t], result[:, t - 1] * fade)
    return result
