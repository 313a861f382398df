"""Calibration (校准): how far probabilities keep their word, and the logistic models that give them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]


def sigmoid(value: Array) -> Array:
    """1 / (1 + e^-x), without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * value)))


def softmax(value: Array) -> Array:
    """Shares along the last axis."""
    grown = np.exp(value - value.max(axis=-1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=-1, keepdims=True))


def brier(p: Array, truth: Array) -> float:
    """Mean squared distance of probability and outcome (Brier 1950); 0 is perfect."""
    return float(np.mean((p - truth) ** 2))


def expected_calibration_error(p: Array, truth: Array, bins: int = 10) -> float:
    """Mean gap between stated probability and observed share over equal-width bins, weighted by their size."""
    p, truth = np.asarray(p, dtype=float).ravel(), np.asarray(truth, dtype=float).ravel()
    if not len(p):
        return 0.0
    place = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [abs(p[place == k].sum() - truth[place == k].sum()) for k in range(bins)]
    return float(sum(gaps) / len(p))


@dataclass(frozen=True)
class Logistic:
    """A logistic model on standardised features; several columns of ``coef`` make a softmax over the labels."""

    mean: Array
    spread: Array
    coef: Array
    bias: Array

    def logits(self, features: Array) -> Array:
        """Log-odds (one column) or log-shares up to a constant (several)."""
        return ((features - self.mean) / self.spread) @ self.coef + self.bias

    def probabilities(self, features: Array) -> Array:
        """Probability a row (one column), or a row of probabilities that sum to 1."""
        logits = self.logits(features)
        return sigmoid(logits[..., 0]) if self.coef.shape[1] == 1 else softmax(logits)
