"""One field of many documents: their values as numbers, end to end, with where each document's begin."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


class Column:
    """The values of a field, row by row; rows are only ever added."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._starts: NDArray[np.int64] = np.zeros(1, np.int64)
        self._values: NDArray[np.int32] = np.zeros(0, np.int32)

    def extend(self, rows: Iterable[Iterable[str]]) -> None:
        """Adds rows of distinct values."""
        codes = self._codes
        coded = [[codes.setdefault(value, len(codes)) for value in row] for row in rows]
        ends = np.cumsum(np.fromiter(map(len, coded), np.int64, len(coded))) + self._starts[-1]
        flat = np.fromiter((code for row in coded for code in row), np.int32)
        self._starts = np.concatenate([self._starts, ends])
        self._values = np.concatenate([self._values, flat])

    def of(self, rows: NDArray[np.intp]) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
        """The values that these rows have, and one pair (number of the value, place in ``rows``) for each."""
        begins = self._starts[rows]
        lengths = self._starts[rows + 1] - begins
        places = np.repeat(np.arange(len(rows)), lengths)
        before = np.cumsum(lengths) - lengths
        values = self._values[np.arange(len(places)) + np.repeat(begins - before, lengths)]
        there = np.flatnonzero(np.bincount(values, minlength=len(self._codes)))
        renumbered = np.zeros(len(self._codes) + 1, np.int64)
        renumbered[there] = np.arange(len(there))
        names = list(self._codes)
        return [names[code] for code in there], renumbered[values], places
