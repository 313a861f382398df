"""Negative-binomial tails: how likely at least this many are, given a mean and an index of dispersion."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import betainc, gammainc, nbdtrik

from pipeline.alerts.observation import Floats

LEAST: Final = 1e-300
_POISSON: Final = 1.0 + 1e-6


def upper_tail(count: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """P(X ≥ count) for X negative binomial with the given mean and variance mean·dispersion (Poisson at 1)."""
    over = np.maximum(dispersion, _POISSON) - 1.0
    tail = betainc(np.maximum(count, 1e-9), mean / over, over / (1.0 + over))
    poisson = dispersion <= _POISSON
    if poisson.any():
        tail = np.where(poisson, gammainc(np.maximum(count, 1e-9), mean), tail)
    clipped: Floats = np.clip(np.where(count <= 0, 1.0, tail), LEAST, 1.0)
    return clipped


def quantile(p: float, mean: Floats, dispersion: Floats) -> Floats:
    """The least whole count that is not exceeded with probability p."""
    over = np.maximum(dispersion, 1.0 + 1e-4) - 1.0
    counts = nbdtrik(p, np.maximum(mean, 1e-9) / over, 1.0 / (1.0 + over))
    whole: Floats = np.maximum(np.ceil(np.nan_to_num(counts, nan=0.0) - 1e-9), 0.0) + 0.0
    return whole
