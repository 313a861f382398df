"""Which blocks are the article.

A linear classifier over :mod:`crawlers.extraction.features`, trained on Chinese news pages.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

import numpy as np
from lxml import html
from numpy.typing import NDArray

from crawlers.extraction.blocks import Block
from crawlers.extraction.features import NAMES, Matrix, features
from crawlers.extraction.title import bare

_WEIGHTS: Final = "weights.json"
_SENTENCE: Final = re.compile("[，。；？！]")
_COMMENTS: Final = re.compile(
    r"(?:^|[\s_-])(?:comments?|pinglun|replies|replylist|disqus)(?:$|[\s_-]|list|box|area|wrap|content|item)"
)
_NEAR: Final = 12
_GAP: Final = 3
_FILL: Final = 0.1
_DEPTH: Final = 4
_LONG: Final = 12
Chosen = NDArray[np.bool_]


@dataclass(frozen=True)
class Weights:
    """A logistic model: a block is of the article where ``sigmoid(columns · slope + bias)`` exceeds ``threshold``."""

    slope: NDArray[np.float64]
    bias: float
    threshold: float

    def probability(self, columns: Matrix) -> NDArray[np.float64]:
        """The probability of each row of a feature matrix."""
        return np.asarray(1 / (1 + np.exp(-np.clip(columns @ self.slope + self.bias, -30, 30))))

    def as_json(self, card: str) -> str:
        """The file form, readable by :func:`read_weights`; ``card`` says what the weights were fitted on."""
        slopes = {name: float(f"{value:.5g}") for name, value in zip(NAMES, self.slope, strict=True)}
        stored = {"card": card, "threshold": self.threshold, "bias": float(f"{self.bias:.5g}"), "slope": slopes}
        return json.dumps(stored, indent=1, ensure_ascii=False) + "\n"


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
    probabilities = chosen.probability(features(blocks, title))
    taken = _filled(blocks, probabilities, _without_comments(blocks, probabilities > chosen.threshold))
    kept, seen, heading = [], set(), bare(title)
    for place in np.flatnonzero(taken):
        text = bare(blocks[place].text)
        if text == heading or (len(text) > _LONG and text in seen):
            continue
        seen.add(text)
        kept.append(blocks[place])
    return kept if any(_SENTENCE.search(block.text) for block in kept) else []


def _without_comments(blocks: list[Block], taken: Chosen) -> Chosen:
    """What readers wrote below the article is not the article: left out, unless that would be most of what is taken."""
    comments = np.array([any(_COMMENTS.search(_names(element)) for element in block.path[:_NEAR]) for block in blocks])
    sizes = np.array([len(block.text) for block in blocks])
    left = taken & ~comments
    return left if sizes[left].sum() * 2 > sizes[taken & comments].sum() else taken


def _filled(blocks: list[Block], probabilities: NDArray[np.float64], taken: Chosen) -> Chosen:
    """Short lines between paragraphs of the same container (subheadings, items of a list) belong to the article too."""
    filled = taken.copy()
    places = np.flatnonzero(taken)
    for before, after in pairwise(places):
        if not 1 < after - before <= _GAP + 1:
            continue
        container = _common(blocks[before], blocks[after])
        for place in range(before + 1, after):
            block = blocks[place]
            inside = container is not None and container in block.path[: _DEPTH + 1]
            filled[place] = inside and probabilities[place] > _FILL and block.linked * 2 < len(block.text)
    return filled


def _common(one: Block, other: Block) -> html.HtmlElement | None:
    """The container of two blocks, where it is near to both."""
    return next((element for element in one.path[:_DEPTH] if element in other.path[:_DEPTH]), None)


def _names(element: html.HtmlElement) -> str:
    return f"{element.get('class', '')} {element.get('id', '')}".lower()
