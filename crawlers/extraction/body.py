"""Which blocks are the article.

A linear classifier over :mod:`crawlers.extraction.features`, trained on Chinese news pages.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crawlers.extraction.blocks import Block
from crawlers.extraction.features import NAMES, Matrix, features
from crawlers.extraction.title import bare

_WEIGHTS: Final = "weights.json"
_SENTENCE: Final = re.compile("[，。；？！]")


@dataclass(frozen=True)
class Weights:
    """A logistic model: a block is of the article where ``sigmoid(columns · slope + bias)`` exceeds ``threshold``."""

    slope: NDArray[np.float64]
    bias: float
    threshold: float

    def probability(self, columns: Matrix) -> NDArray[np.float64]:
        """The probability of each row of a feature matrix."""
        return np.asarray(1 / (1 + np.exp(-np.clip(columns @ self.slope + self.bias, -30, 30))))

    def as_json(self) -> str:
        """The file form, readable by :func:`read_weights`."""
        slopes = {name: float(f"{value:.5g}") for name, value in zip(NAMES, self.slope, strict=True)}
        return (
            json.dumps({"threshold": self.threshold, "bias": float(f"{self.bias:.5g}"), "slope": slopes}, indent=1)
            + "\n"
        )


def read_weights(text: str) -> Weights:
    """Weights from their file form. Raises KeyError where a column has none."""
    stored = json.loads(text)
    return Weights(np.array([stored["slope"][name] for name in NAMES]), stored["bias"], stored["threshold"])


@cache
def shipped_weights() -> Weights:
    """The weights that come with the package; ``benchmarks/extraction.py`` fits and measures them."""
    return read_weights((files(__package__) / _WEIGHTS).read_text(encoding="utf-8"))


def body_of(blocks: list[Block], title: str, weights: Weights | None = None) -> list[Block]:
    """The blocks of the article in reading order: without the title, and without a paragraph that was there already.

    Nothing where no block is a sentence: lists of links and footers are no article.
    """
    if not blocks:
        return []
    chosen = weights or shipped_weights()
    kept, seen, heading = [], set(), bare(title)
    for block, probability in zip(blocks, chosen.probability(features(blocks, title)), strict=True):
        text = bare(block.text)
        if probability <= chosen.threshold or text == heading or (len(text) > 12 and text in seen):
            continue
        seen.add(text)
        kept.append(block)
    return kept if any(_SENTENCE.search(block.text) for block in kept) else []
