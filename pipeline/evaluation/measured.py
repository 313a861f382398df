"""What a task measures on pairs of gold and prediction, before anything is drawn or printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.evaluation.calibration_curve import Case
from pipeline.evaluation.confusions import Taken
from pipeline.evaluation.figures import Quantity, label_quantities
from pipeline.evaluation.measures import Counts
from pipeline.evaluation.pairs import Pair, Row


@dataclass
class Measured:
    """Quantities, and by head: counts of every label, stated probabilities with their outcome, confusions."""

    quantities: list[Quantity] = field(default_factory=list)
    classes: dict[str, Counts] = field(default_factory=dict)
    cases: dict[str, list[Case]] = field(default_factory=dict)
    taken: dict[str, list[Taken]] = field(default_factory=dict)

    def label(
        self,
        name: str,
        pairs: Sequence[Pair],
        gold: Callable[[Row], Any],
        said: Callable[[Row], Any],
        p: Callable[[Row], float | None] | None = None,
    ) -> None:
        """Adds a head of one label a text; ``p`` is the probability of the label that was said, where one was given."""
        given, found = [gold(row) for row, _ in pairs], [said(row) for _, row in pairs]
        self.quantities += label_quantities(name, given, found)
        self.classes[name] = Counts.of_labels(given, found)
        if p is not None:
            stated = [p(row) for _, row in pairs]
            self.cases[name] = [
                (float(value), a == b) for value, a, b in zip(stated, given, found, strict=True) if value is not None
            ]
