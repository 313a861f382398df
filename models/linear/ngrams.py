"""Character n-grams (字符 n 元组) as 32-bit hashes, computed for a whole text at once; no string is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from models.normalise import fold

Hashes = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float32]

LONGEST: Final = 4
"""Longest n-gram, in characters: words of Chinese have two to four."""
_DIGITS: Final = str.maketrans("123456789", "000000000")
_CLAUSE: Final = re.compile(r"[^，。！？；,!?;\n…\s]+[，。！？；,!?;\n…\s]*")
_MULTIPLIER: Final = np.uint32(0x9E3779B1)


def points(text: str) -> Hashes:
    """Code points of the folded text, every digit as 0, one a character."""
    simple = fold(text).translate(_DIGITS)
    return np.frombuffer(simple.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def hashes(codes: Hashes) -> list[Hashes]:
    """For n = 1 … 4 the hash of the n-gram that begins at each position (MurmurHash3's finaliser on a rolling sum)."""
    found = []
    rolling = np.zeros(len(codes), dtype=np.uint32)
    for n in range(1, LONGEST + 1):
        count = max(len(codes) - n + 1, 0)
        rolling = rolling[:count] * _MULTIPLIER + codes[n - 1 : n - 1 + count] * np.uint32(0x01000193) + np.uint32(n)
        found.append(_mixed(rolling))
    return found


def _mixed(value: Hashes) -> Hashes:
    value = value ^ (value >> np.uint32(16))
    value = value * np.uint32(0x85EBCA6B)
    value = value ^ (value >> np.uint32(13))
    value = value * np.uint32(0xC2B2AE35)
    return value ^ (value >> np.uint32(16))


def clauses(text: str) -> list[tuple[int, int]]:
    """The clauses (小句) of the text: from a word to the punctuation and blanks that follow it, half-open."""
    return [match.span() for match in _CLAUSE.finditer(text)]


def windows(text: str) -> list[tuple[int, int]]:
    """Every clause, and every two neighbours: what a quote of a grievance usually is."""
    single = clauses(text)
    return [*single, *((a, d) for (a, _), (_, d) in pairwise(single))]


class Ngrams:
    """The n-grams that a model knows: sorted hashes with their inverse document frequency."""

    def __init__(self, keys: Hashes, idf: Floats) -> None:
        self.keys = keys
        self.idf = idf

    def rows(self, found: Hashes) -> npt.NDArray[np.int64]:
        """Row of each hash; -1 where the model does not know it."""
        if not len(self.keys):
            return np.full(len(found), -1, dtype=np.int64)
        row = np.searchsorted(self.keys, found)
        row[row == len(self.keys)] = 0
        return np.where(self.keys[row] == found, row, -1)

    def of_text(self, grams: list[Hashes]) -> tuple[npt.NDArray[np.int64], Floats]:
        """Rows and values of one text: (1 + log count) × idf, unit length."""
        found, count = np.unique(np.concatenate(grams), return_counts=True)
        row = self.rows(found)
        known = row >= 0
        row = row[known]
        value = (1 + np.log(count[known])).astype(np.float32) * self.idf[row]
        return row, value / max(float(np.sqrt(value @ value)), 1e-6)

    def by_position(self, grams: list[Hashes]) -> Iterator[tuple[npt.NDArray[np.int64], Floats, Floats]]:
        """For each n: the row at each position, its idf (0 where unknown), and its weight in the length of a passage.

        Unknown n-grams count as the rarest known: a passage of which little is known must not score like one that is.
        """
        rarest = self.idf.max() if len(self.idf) else np.float32(1)
        for found in grams:
            row = self.rows(found)
            idf = self.idf[np.maximum(row, 0)] if len(self.idf) else np.ones(len(row), dtype=np.float32)
            yield np.maximum(row, 0), np.where(row >= 0, idf, 0).astype(np.float32), np.where(row >= 0, idf, rarest)
