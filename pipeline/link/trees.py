"""Gradient-boosted trees as plain JSON: what scikit-learn trained, evaluated without it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.checksums import verified

FILE = "linker.json"
TRAINER = "pipeline.link.training"
Node = tuple[int, float, int, int]
"""(feature, threshold, left, right); a leaf has feature −1 and its value as threshold."""


@dataclass(frozen=True)
class Trees:
    """An additive score of trees, squashed to a probability by a fitted scale and offset (Platt 1999)."""

    baseline: float
    trees: tuple[tuple[Node, ...], ...]
    scale: float
    offset: float

    def probability(self, row: Sequence[float]) -> float:
        """Calibrated probability for one row of features."""
        score = self.baseline + sum(_value(tree, row) for tree in self.trees)
        return 1.0 / (1.0 + math.exp(-(self.scale * score + self.offset)))


def _value(tree: tuple[Node, ...], row: Sequence[float]) -> float:
    node = 0
    while True:
        feature, threshold, left, right = tree[node]
        if feature < 0:
            return threshold
        node = left if row[feature] <= threshold else right


@cache
def load(name: str) -> Trees:
    """One of the shipped scores: ``about`` or ``linked``. Raises ArtifactError (E210)."""
    data = json.loads(verified(Path(__file__).parent / FILE, TRAINER))[name]
    trees = tuple(tuple((int(f), float(t), int(a), int(b)) for f, t, a, b in tree) for tree in data["trees"])
    return Trees(data["baseline"], trees, data["scale"], data["offset"])
