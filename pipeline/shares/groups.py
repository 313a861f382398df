"""The documents behind several numbers, divided by which of these count them: what any arithmetic can work out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Group: TypeAlias = frozenset[int]
"""Parts, by number, that belong together."""
Matrix: TypeAlias = NDArray[np.float64]


class Division:
    """Parts of all documents: two documents are in one part when every number counts both of them or neither.

    Whatever is added to or subtracted from such numbers, the documents of one part go together.
    """

    def __init__(self, sets: Sequence[frozenset[str]], few: Callable[[frozenset[str]], bool]) -> None:
        """``few`` says whether fewer than k voices stand behind some documents; more documents are never fewer."""
        masks: dict[str, int] = defaultdict(int)
        for number, documents in enumerate(sets):
            for document in documents:
                masks[document] |= 1 << number
        parts: dict[int, set[str]] = defaultdict(set)
        for document, mask in masks.items():
            parts[mask].add(document)
        self._parts = [frozenset(parts[mask]) for mask in sorted(parts)]
        self._masks = sorted(parts)
        self._counted_by_few = few
        self._few: Callable[[Group], bool] = cache(self._is_few)

    def few(self, group: Group) -> bool:
        """Whether fewer than k voices stand behind these parts together."""
        return bool(group) and self._few(group)

    def size(self, group: Group) -> int:
        """How many documents these parts have."""
        return sum(len(self._parts[part]) for part in group)

    def classes(self, known: Sequence[int]) -> list[tuple[int, Group]]:
        """The parts that the known numbers alone tell apart: which of them count it, and the parts in it."""
        within = sum(1 << number for number in known)
        found: dict[int, set[int]] = defaultdict(set)
        for part, mask in enumerate(self._masks):
            if mask & within:
                found[mask & within].add(part)
        return [(mask, frozenset(found[mask])) for mask in sorted(found)]

    def _is_few(self, group: Group) -> bool:
        if len(group) > 1 and not all(self._few(frozenset((part,))) for part in group):
            return False
        return self._counted_by_few(frozenset().union(*(self._parts[part] for part in group)))


def incidence(classes: Sequence[tuple[int, Group]], known: Iterable[int]) -> Matrix:
    """One row a known number, one column a class: whether it counts it."""
    return np.array([[float(mask >> number & 1) for mask, _ in classes] for number in known])
