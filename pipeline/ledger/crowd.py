"""The documents that a question found, as arrays: how many of any group of them, of how many origins and voices."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.int64]
UNKNOWN: Final = -1
"""A voice that nobody knows."""
UNDATED: Final = 0
"""The day of a document without a date."""
_MARKS: Final = 16
"""Marks a pair may cost in a table of all combinations; beyond that, sorting the pairs is cheaper."""


class Tally(NamedTuple):
    """Of each group: documents, distinct voices at least and at most, distinct origins."""

    documents: Numbers
    low: Numbers
    high: Numbers
    origins: Numbers


class Members(NamedTuple):
    """Which documents belong to which group: pairs of the number of a name and the place of a document."""

    names: list[str]
    groups: Numbers
    places: Numbers


@dataclass(frozen=True)
class Crowd:
    """Some documents of one project; a place counts from 0 to ``len - 1``.

    ``voices`` and ``origins`` are numbers from 0 up that mean nothing outside (P-03); ``period_of`` gives each voice's
    period. ``days`` are ordinals in Asia/Shanghai, ``moments`` microseconds by which the oldest is found, undated
    last; ``first_copy`` says whether a document is its own origin. ``field`` reads a field's values.
    """

    voices: Numbers
    period_of: Numbers
    origins: Numbers
    days: Numbers
    moments: Numbers
    first_copy: NDArray[np.bool_]
    field: Callable[[str], Members]
    ids: Callable[[Numbers], list[str]]
    place_of: Callable[[str], int | None]

    def __len__(self) -> int:
        return len(self.origins)

    def at(self, places: Numbers) -> Crowd:
        """The documents at these places alone; their voices and origins have the same numbers in it."""
        place = np.full(len(self), -1, np.int64)
        place[places] = np.arange(len(places))

        def field(name: str) -> Members:
            names, groups, members = self.field(name)
            kept = place[members] >= 0
            groups = groups[kept]
            there = np.flatnonzero(np.bincount(groups, minlength=len(names)))
            renumbered = np.zeros(len(names) + 1, np.int64)
            renumbered[there] = np.arange(len(there))
            return Members([names[group] for group in there], renumbered[groups], place[members[kept]])

        def place_of(document_id: str) -> int | None:
            known = self.place_of(document_id)
            return None if known is None or place[known] < 0 else int(place[known])

        return Crowd(
            self.voices[places], self.period_of, self.origins[places], self.days[places], self.moments[places],
            self.first_copy[places], cache(field), lambda wanted: self.ids(places[wanted]), place_of,
        )  # fmt: skip

    def tally(self, groups: Numbers, places: Numbers, count: int) -> Tally:
        """Counts groups 0 to ``count - 1`` of which the documents at these places are members, each once a group."""
        documents = np.bincount(groups, minlength=count)
        voices = self.voices[places]
        known = voices != UNKNOWN
        of_group, voice = _distinct(groups[known], voices[known], count, len(self.period_of))
        periods = int(self.period_of.max(initial=-1)) + 1
        by_period = np.bincount(of_group * periods + self.period_of[voice], minlength=count * periods)
        by_period = by_period.reshape(count, periods)
        unknown = np.bincount(groups[~known], minlength=count)
        low = np.maximum(by_period.max(axis=1, initial=0), np.minimum(1, documents))
        of_group, _ = _distinct(groups, self.origins[places], count, int(self.origins.max(initial=-1)) + 1)
        origins = np.bincount(of_group, minlength=count)
        return Tally(documents, low, by_period.sum(axis=1) + unknown, origins)

    def whole(self) -> Tally:
        """All of them as one group."""
        return self.together(np.arange(len(self)))

    def together(self, places: Numbers) -> Tally:
        """The documents at these places as one group."""
        return self.tally(np.zeros(len(places), np.int64), places, 1)


def _distinct(groups: Numbers, values: Numbers, count: int, bound: int) -> tuple[Any, Any]:
    """The distinct pairs of a group and a value below ``bound``."""
    pairs = groups * bound + values
    if count * bound <= _MARKS * len(pairs):
        marks = np.zeros(count * bound, np.bool_)
        marks[pairs] = True
        pairs = np.flatnonzero(marks)
    else:
        pairs.sort()  # np.unique of so many different ones takes four times as long
        pairs = pairs[np.diff(pairs, prepend=-1) != 0]
    return (pairs // bound, pairs % bound) if bound else (pairs, pairs)


def only(places: Collection[int]) -> Numbers:
    """Places as an array."""
    return np.fromiter(places, np.int64, len(places))
