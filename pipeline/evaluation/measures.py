"""Measures (度量) as functions of how often each row counts, so that one function gives figure and interval.

Weights have one line a draw and one column a row; a measure gives one value a draw, and none
(NaN) where a draw holds nothing to measure.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Values: TypeAlias = npt.NDArray[np.float64]
Weights: TypeAlias = Values
Measure: TypeAlias = Callable[[Weights], Values]
Label: TypeAlias = Hashable


def ratio(above: Sequence[float] | Values, below: Sequence[float] | Values) -> Measure:
    """Sum of one number a row over the sum of another."""
    top, bottom = np.asarray(above, np.float64), np.asarray(below, np.float64)
    return lambda weights: _share(weights @ top, weights @ bottom)


def mean(scores: Sequence[float] | Values) -> Measure:
    """Mean of one score a row."""
    return ratio(scores, np.ones(len(scores)))


def accuracy(gold: Sequence[Label], said: Sequence[Label]) -> Measure:
    """Share of rows with the gold label. Raises ValueError when the lengths differ."""
    return mean([float(a == b) for a, b in zip(gold, said, strict=True)])


@dataclass(frozen=True)
class Counts:
    """Right, said and wanted items: rows × labels."""

    labels: tuple[Label, ...]
    found: Values
    said: Values
    wanted: Values

    @classmethod
    def of_sets(cls, gold: Sequence[AbstractSet[Label]], said: Sequence[AbstractSet[Label]]) -> Counts:
        """Counts of sets of labels. Raises ValueError when the lengths differ."""
        return cls.of_items([dict.fromkeys(row, 1) for row in gold], [dict.fromkeys(row, 1) for row in said])

    @classmethod
    def of_labels(cls, gold: Sequence[Label], said: Sequence[Label]) -> Counts:
        """Counts of one label a row."""
        return cls.of_sets([{label} for label in gold], [{label} for label in said])

    @classmethod
    def of_items(
        cls,
        gold: Sequence[dict[Label, int]],
        said: Sequence[dict[Label, int]],
        found: Sequence[dict[Label, int]] | None = None,
    ) -> Counts:
        """Counts of any number of items a label; without ``found`` as many are right as both have."""
        labels = sorted({label for row in (*gold, *said) for label in row}, key=str)
        place = {label: n for n, label in enumerate(labels)}
        wanted, claimed, right = (np.zeros((len(gold), len(labels))) for _ in range(3))
        for n, (g, s) in enumerate(zip(gold, said, strict=True)):
            for label, count in g.items():
                wanted[n, place[label]] = count
            for label, count in s.items():
                claimed[n, place[label]] = count
            for label, count in (found[n] if found is not None else {k: min(g[k], s[k]) for k in g.keys() & s}).items():
                right[n, place[label]] = count
        return cls(tuple(labels), right, claimed, wanted)

    def only(self, labels: AbstractSet[Label]) -> Counts:
        """The counts of some of the labels."""
        kept = [n for n, label in enumerate(self.labels) if label in labels]
        names = tuple(self.labels[n] for n in kept)
        return Counts(names, self.found[:, kept], self.said[:, kept], self.wanted[:, kept])

    @property
    def precision(self) -> Measure:
        """Right ones among all that were said."""
        return ratio(self.found.sum(axis=1), self.said.sum(axis=1))

    @property
    def recall(self) -> Measure:
        """Right ones among all that were wanted."""
        return ratio(self.found.sum(axis=1), self.wanted.sum(axis=1))

    @property
    def micro_f1(self) -> Measure:
        """F1 over the items of all labels together."""
        return ratio(2 * self.found.sum(axis=1), (self.said + self.wanted).sum(axis=1))

    @property
    def macro_f1(self) -> Measure:
        """Unweighted mean of the F1 of every label that the gold has: rare labels count as much as common ones."""

        def measure(weights: Weights) -> Values:
            wanted = weights @ self.wanted
            scores = _share(2 * (weights @ self.found), weights @ self.said + wanted, empty=0.0)
            there = wanted > 0
            return _share((scores * there).sum(axis=1), there.sum(axis=1).astype(np.float64))

        return measure


def roc_auc(scores: Sequence[float], truth: Sequence[bool]) -> Measure:
    """Probability that a true row has a higher score than a false one, equal scores counting half (ROC-AUC)."""
    order, starts = _ranked(scores)
    true = np.asarray(truth, np.float64)[order]

    def measure(weights: Weights) -> Values:
        sorted_ = weights[:, order]
        positive = np.add.reduceat(sorted_ * true, starts, axis=1)
        negative = np.add.reduceat(sorted_ * (1 - true), starts, axis=1)
        below = np.cumsum(negative, axis=1) - negative
        won = (positive * (below + negative / 2)).sum(axis=1)
        return _share(won, positive.sum(axis=1) * negative.sum(axis=1))

    return measure if len(order) else mean(())


def average_precision(scores: Sequence[float], truth: Sequence[bool]) -> Measure:
    """Precision at the rank of each true row, averaged; rows of equal score come together."""
    order, starts = _ranked([-score for score in scores])
    true = np.asarray(truth, np.float64)[order]

    def measure(weights: Weights) -> Values:
        sorted_ = weights[:, order]
        positive = np.add.reduceat(sorted_ * true, starts, axis=1)
        said = np.cumsum(np.add.reduceat(sorted_, starts, axis=1), axis=1)
        precision = _share(np.cumsum(positive, axis=1), said, empty=0.0)
        return _share((precision * positive).sum(axis=1), positive.sum(axis=1))

    return measure if len(order) else mean(())


def _ranked(scores: Sequence[float]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Rows from the lowest score up, and where each new score begins."""
    values = np.asarray(scores, np.float64)
    order = np.argsort(values, kind="stable")
    changes = np.flatnonzero(np.diff(values[order])) + 1
    return order, np.concatenate(([0], changes)).astype(np.intp)


def _share(above: Values, below: Values, empty: float = np.nan) -> Values:
    shares: Values = np.divide(above, below, out=np.full(np.shape(above), empty), where=below > 0)
    return shares
