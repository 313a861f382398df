"""How far two teachers agree: what a weak label is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Shares: TypeAlias = Mapping[str, float]
"""Probability by label; a label that is not named has none."""


def table(rows: Sequence[Shares], labels: Sequence[str]) -> Floats:
    """Rows × labels."""
    return np.array([[row.get(label, 0.0) for label in labels] for row in rows]).reshape(len(rows), len(labels))


def divergence(one: Floats, other: Floats) -> Floats:
    """Jensen–Shannon divergence of each row's two distributions in bits (Lin 1991): 0 where they are the same, 1 where
    no label has a share in both."""
    one, other = (each / np.maximum(each.sum(1, keepdims=True), 1e-12) for each in (one, other))
    middle = (one + other) / 2

    def bits(each: Floats) -> Floats:
        logs = np.log2(np.maximum(each, 1e-12) / np.maximum(middle, 1e-12))
        return np.asarray((each * logs).sum(1))

    return np.asarray(np.clip((bits(one) + bits(other)) / 2, 0, 1))


def sure(shares: Floats) -> npt.NDArray[np.bool_]:
    """Whether a teacher is sure of a row's likeliest label: its probability is no less than the teacher's mean for the
    rows to which it gives that label, the threshold of confident learning (Northcutt, Jiang, Chuang 2021)."""
    best, confidence = shares.argmax(1), shares.max(1, initial=0.0)
    means = np.array(
        [confidence[best == label].mean() if (best == label).any() else 1.0 for label in range(shares.shape[1])]
    )
    return np.asarray(confidence >= means[best] - 1e-12)


def conflicts(one: Floats, other: Floats) -> npt.NDArray[np.bool_]:
    """Rows for which both teachers are sure, each of another label: one label must be wrong, as off the diagonal of the
    confident joint, and nothing says which."""
    return np.asarray(sure(one) & sure(other) & (one.argmax(1) != other.argmax(1)))
