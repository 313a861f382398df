"""Passages of a text that hits may not overlap."""

from __future__ import annotations

from bisect import bisect_left, bisect_right


class Passages:
    """Half-open spans of one text. Asking what they cover costs a search among them, not a walk over all."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, start: int, end: int) -> None:
        """Takes in [start, end); with those that it meets it becomes one."""
        first, beyond = bisect_left(self._ends, start), bisect_right(self._starts, end)
        if first < beyond:
            start, end = min(start, self._starts[first]), max(end, self._ends[beyond - 1])
        self._starts[first:beyond], self._ends[first:beyond] = [start], [end]

    def overlap(self, start: int, end: int) -> bool:
        """Whether [start, end) has a character in common with one of them."""
        before = bisect_left(self._starts, end)
        return before > 0 and self._ends[before - 1] > start
