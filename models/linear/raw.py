"""Uncalibrated scores of one text, and the order in which the model's heads stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from models.linear.ngrams import Floats


@dataclass(frozen=True)
class Raw:
    """Uncalibrated scores: whole text (heads), clauses (spans × factors)."""

    text: Floats
    spans: list[tuple[int, int]]
    clauses: Floats
    title_spans: npt.NDArray[np.bool_]

    def best_clause(self) -> Floats:
        """Highest clause score a factor; -1 (surely not) for a text without clauses."""
        return self.clauses.max(axis=0) if len(self.spans) else np.full(self.clauses.shape[1], -1.0, np.float32)

    def best_title(self) -> Floats:
        """The same over the clauses of the title."""
        title = self.clauses[self.title_spans]
        return title.max(axis=0) if len(title) else np.full(self.clauses.shape[1], -1.0, np.float32)


@dataclass(frozen=True)
class Heads:
    """Order of the columns of the whole-text weights: factors, primary factors, then each head's labels."""

    factors: tuple[str, ...]
    others: dict[str, tuple[str, ...]]

    @cached_property
    def factor_rows(self) -> dict[str, int]:
        return {code: number for number, code in enumerate(self.factors)}

    @cached_property
    def grievance(self) -> int:
        """Column of the grievance head."""
        return 2 * len(self.factors) + [label for labels in self.others.values() for label in labels].index("grievance")
