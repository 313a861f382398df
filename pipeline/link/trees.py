"""Gradient-boosted trees and a linear score as plain JSON: what scikit-learn trained, evaluated without it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from models.checksums import verified

FILE = "linker.json"
TRAINER = "pipeline.link.training"
Node = tuple[int, float, int, int]
"""(feature, threshold, left, right); a leaf has feature −1 and its value as threshold."""


@dataclass(frozen=True)
class Trees:
    """The sum of trees and a linear score, squashed to a probability by a fitted scale and offset (Platt 1999)."""

    names: tuple[str, ...]
    """The features, in the order of the numbers below."""
    baseline: float
    trees: tuple[tuple[Node, ...], ...]
    weights: tuple[float, ...]
    intercept: float
    scale: float
    offset: float

    def probability(self, features: Mapping[str, float]) -> float:
        """Calibrated probability of one text and one project."""
        row = [features[name] for name in self.names]
        grown = self.baseline + sum(_value(tree, row) for tree in self.trees)
        linear = self.intercept + math.fsum(weight * value for weight, value in zip(self.weights, row, strict=True))
        logit = self.scale * (grown + linear) + self.offset
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, logit))))


def _value(tree: tuple[Node, ...], row: Sequence[float]) -> float:
    node = 0
    while True:
        feature, threshold, left, right = tree[node]
        if feature < 0:
            return threshold
        node = left if row[feature] <= threshold else right


@cache
def _shipped() -> dict[str, Any]:
    shipped: dict[str, Any] = json.loads(verified(Path(__file__).parent / FILE, TRAINER))
    return shipped


@cache
def load(name: str) -> Trees:
    """One of the shipped scores: ``about``, ``about_by_words`` or ``linked``. Raises ArtifactError (E210)."""
    data = _shipped()["scores"][name]
    return Trees(
        tuple(data["names"]),
        data["baseline"],
        tuple(tuple((int(f), float(t), int(a), int(b)) for f, t, a, b in tree) for tree in data["trees"]),
        tuple(data["weights"]),
        data["intercept"],
        data["scale"],
        data["offset"],
    )


def trained_with() -> tuple[float, ...]:
    """What tells the sentence encoder of training from others; see :func:`pipeline.link.meaning.same`."""
    return tuple(_shipped()["encoder"])
