"""A figure (指标) with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from pipeline.evaluation.measures import Counts, Label, Measure, accuracy

DRAWS: Final = 1000
SEED: Final = 1
_CELLS: Final = 4_000_000
"""Weights held at once: draws × rows."""


@dataclass(frozen=True)
class Figure:
    """A named value between 0 and 1 over ``rows`` cases; ``low`` and ``high`` bound it with 95 % confidence.

    ``annotators``: how far two annotators agreed by the same measure, where that is known.
    """

    name: str
    value: float
    rows: int
    low: float | None = None
    high: float | None = None
    annotators: float | None = None


@dataclass(frozen=True)
class Quantity:
    """What is measured: a measure over ``texts`` rows, of which ``cases`` things are counted."""

    name: str
    measure: Measure
    texts: int
    cases: int

    @classmethod
    def over(cls, name: str, measure: Measure, texts: int) -> Quantity:
        """A quantity whose cases are the texts themselves."""
        return cls(name, measure, texts, texts)

    @classmethod
    def f1(cls, name: str, counts: Counts, *, macro: bool = False) -> Quantity:
        """F1 of all labels together or, macro, of each; where the gold has none of them there is no case."""
        texts = len(counts.wanted)
        return cls(name, counts.macro_f1 if macro else counts.micro_f1, texts, texts if counts.wanted.any() else 0)

    def figure(self) -> Figure:
        """The measure over all texts with its interval; 0 without bounds where there is no text."""
        if not self.texts or not self.cases:
            return Figure(self.name, 0.0, self.cases)
        low, high = interval(self.measure, self.texts)
        return Figure(self.name, value_of(self.measure, self.texts), self.cases, low, high)


def value_of(measure: Measure, texts: int) -> float:
    """The measure with every text once; 0 where there is nothing to measure."""
    value = float(measure(np.ones((1, texts)))[0])
    return 0.0 if np.isnan(value) else value


def interval(
    measure: Measure, texts: int, *, draws: int = DRAWS, seed: int = SEED
) -> tuple[float, float] | tuple[None, None]:
    """95 % interval by drawing texts with replacement (percentile bootstrap, Efron 1979); equal for equal rows.

    Draws with nothing to measure (no text of a rare label, say) are left out; without any other there are no bounds.
    """
    rng = np.random.default_rng(seed)
    size = max(1, min(draws, _CELLS // texts))
    values = []
    for start in range(0, draws, size):
        count = min(size, draws - start)
        drawn = rng.integers(texts, size=(count, texts)) + texts * np.arange(count)[:, None]
        weights = np.bincount(drawn.ravel(), minlength=count * texts).reshape(count, texts)
        values.append(measure(weights.astype(np.float64)))
    every = np.concatenate(values)
    telling = every[~np.isnan(every)]
    if not len(telling):
        return None, None
    low, high = np.percentile(telling, [2.5, 97.5])
    return float(low), float(high)


def label_quantities(name: str, gold: Sequence[Label], said: Sequence[Label]) -> list[Quantity]:
    """Accuracy, and macro-F1 beside it."""
    return [
        Quantity.over(f"{name} accuracy", accuracy(gold, said), len(gold)),
        Quantity.f1(f"{name} macro-F1", Counts.of_labels(gold, said), macro=True),
    ]


def beside(figures: Sequence[Figure], ceilings: dict[str, float]) -> list[Figure]:
    """The figures with the agreement of annotators where it is known."""
    return [replace(figure, annotators=ceilings.get(figure.name)) for figure in figures]
