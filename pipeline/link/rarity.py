"""How rare a run of characters is: document frequencies of character bigrams in 11,900 petitions.

A registry word made of common bigrams (规划, 道路) says little about which project a text means; one with a rare
bigram (an estate's name) says much. The table holds counts only; ``pipeline.link.training`` makes it.
"""

from __future__ import annotations

import gzip
import math
from functools import cache
from pathlib import Path

from models.checksums import verified

TABLE = "bigrams.txt.gz"
RAREST = 7.0
"""No bigram counts as rarer: that the table lacks a place says where the table comes from, not how telling it is."""


@cache
def _frequencies() -> tuple[int, dict[str, int]]:
    lines = gzip.decompress(verified(Path(__file__).parent / TABLE, "pipeline.link.training")).decode().splitlines()
    return int(lines[0]), {line[:2]: int(line[2:]) for line in lines[1:]}


@cache
def idf(bigram: str) -> float:
    """Inverse document frequency, natural logarithm, at most RAREST."""
    total, frequencies = _frequencies()
    return min(RAREST, math.log((total + 1) / (frequencies.get(bigram, 0) + 1)))


def bigrams(text: str) -> set[str]:
    """Distinct pairs of neighbouring letters, digits or Han characters, lower case."""
    low = text.lower()
    return {low[i : i + 2] for i in range(len(low) - 1) if low[i].isalnum() and low[i + 1].isalnum()}


def weight(text: str) -> float:
    """Summed rarity of the bigrams of a registry word."""
    return sum(map(idf, bigrams(text)))


def rarity(text: str) -> float:
    """Rarity of the rarest bigram of a registry word; 0 for a single character."""
    return max(map(idf, bigrams(text)), default=0.0)
