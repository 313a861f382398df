"""The Numenta Anomaly Benchmark's published scoring rule (numenta/NAB ``sweeper.py``), standard profile by default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

PROFILES: Final = {"standard": (1.0, 0.11, 1.0), "low_FP": (1.0, 0.22, 1.0), "low_FN": (1.0, 0.11, 2.0)}
"""Weights of a true positive, a false positive and a missed window."""


@dataclass(frozen=True)
class Labelled:
    """One series: its rows and the inclusive row ranges of its labelled windows."""

    name: str
    times: np.ndarray
    counts: np.ndarray
    windows: tuple[tuple[int, int], ...]

    @property
    def probation(self) -> int:
        """Rows at the beginning that are not scored."""
        return min(int(0.15 * len(self.counts)), 750)


def sigmoid(position: np.ndarray | float) -> np.ndarray | float:
    """1 well before a window's end, 0 at its end, towards −1 after it; −1 beyond three widths."""
    return np.where(np.asarray(position) > 3, -1.0, 2 / (1 + np.exp(5 * np.asarray(position))) - 1)


def row_worth(series: Labelled) -> tuple[np.ndarray, np.ndarray]:
    """What a detection at each row is worth before weights, and the window it lies in (−1: outside)."""
    n = len(series.counts)
    worth, inside = np.full(n, -1.0), np.full(n, -1)
    for number, (left, right) in enumerate(series.windows):
        width = right - left + 1
        rows = np.arange(left, right + 1)
        worth[rows] = sigmoid(-(right - rows + 1) / width) / sigmoid(-1.0)
        inside[rows] = number
        until = series.windows[number + 1][0] if number + 1 < len(series.windows) else n
        after = np.arange(right + 1, until)
        worth[after] = sigmoid((after - right) / (width - 1))
    return worth, inside


def raw_score(series: Labelled, detected: np.ndarray, profile: str = "standard") -> float:
    """The unnormalised score of boolean detections: the best of each window, every row outside."""
    tp, fp, fn = PROFILES[profile]
    worth, inside = row_worth(series)
    rows = np.flatnonzero(detected)
    rows = rows[rows >= series.probation]
    total = fp * float(worth[rows[inside[rows] < 0]].sum())
    for number in range(len(series.windows)):
        mine = rows[inside[rows] == number]
        total += tp * float(worth[mine].max()) if len(mine) else -fn
    return total


def normalised(raw: float, windows: int, profile: str = "standard") -> float:
    """0 for a detector that says nothing, 100 for a perfect one."""
    tp, _, fn = PROFILES[profile]
    return 100 * (raw + fn * windows) / (windows * (tp + fn))
