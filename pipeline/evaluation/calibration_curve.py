"""Calibration curves (校准曲线): how often what was said with a probability turned out right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from models.calibration import brier, expected_calibration_error

BINS: Final = 10
Case: TypeAlias = tuple[float, bool]
"""A stated probability between 0 and 1, and whether what it was stated for is true."""


@dataclass(frozen=True)
class Bin:
    """Cases of like probability: the mean that was stated, the share that is true, and their number."""

    stated: float
    observed: float
    cases: int


@dataclass(frozen=True)
class Curve:
    """Bins of equal width that hold cases, expected calibration error and Brier score (0 is perfect in both)."""

    bins: tuple[Bin, ...]
    ece: float
    brier: float
    cases: int


def curve(cases: Sequence[Case]) -> Curve | None:
    """The curve of some cases; None without any. The error is that of ``models.calibration``, over the same bins."""
    if not cases:
        return None
    p = np.clip([stated for stated, _ in cases], 0.0, 1.0)
    truth = np.array([float(true) for _, true in cases])
    place = np.minimum((p * BINS).astype(int), BINS - 1)
    held = [place == number for number in range(BINS)]
    bins = [Bin(float(p[some].mean()), float(truth[some].mean()), int(some.sum())) for some in held if some.any()]
    return Curve(tuple(bins), expected_calibration_error(p, truth, BINS), brier(p, truth), len(cases))
