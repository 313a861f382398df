"""What a query finds, as numbers: one per state of a document, which whoever counts remembers things under."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.entry import IndexEntry
from index.fields import FIELDS
from index.values import HASH_BITS, keywords, sort_keys

StateNumbers: TypeAlias = NDArray[np.uint64]
TAIL: Final = 2**HASH_BITS - 1
"""Mask of the part of a sort key that is the id's hash."""


@dataclass(frozen=True, slots=True)
class States:
    """Every state that a query finds, in no order, and ``read``, which fetches those at the given positions.

    ``read`` may leave out what changed since, and give it in any order: :func:`state_number` says which it is.
    """

    numbers: StateNumbers
    read: Callable[[NDArray[np.intp]], Iterator[IndexEntry]]

    def every(self) -> Iterator[IndexEntry]:
        """All of them, as far as they did not change since."""
        return self.read(np.arange(len(self.numbers)))


def merged(found: Sequence[States]) -> tuple[States, NDArray[np.bool_]]:
    """What several queries found, each state once, and beside it which query found which state, a row a query."""
    if len(found) == 1:
        return found[0], np.ones((1, len(found[0].numbers)), np.bool_)
    begins = np.cumsum([0, *(len(one.numbers) for one in found)])
    numbers, first, where = np.unique(
        np.concatenate([one.numbers for one in found]), return_index=True, return_inverse=True
    )
    found_by = np.zeros((len(found), len(numbers)), np.bool_)
    for number in range(len(found)):
        found_by[number, where[begins[number] : begins[number + 1]]] = True

    def read(positions: NDArray[np.intp]) -> Iterator[IndexEntry]:
        at = first[positions]
        for one, begin, end in zip(found, begins[:-1], begins[1:], strict=True):
            within = at[(at >= begin) & (at < end)] - begin
            if len(within):
                yield from one.read(within)

    return States(numbers, read), found_by


def state_number(entry: IndexEntry) -> int:
    """Sequence and 25 bits of the id's hash; a state never changes, so what was read under its number stays true.

    Documents share a sequence where an official reply was written with its petition; two of these have one number
    with odds of 1 to 2**25. Sequences from 2**39 on (half a trillion changes) wrap around.
    """
    return numbered(entry.sequence, sort_keys(entry.id, None)[0])


def numbered(sequence: int, key: int) -> int:
    """The number of a state from its sequence and its sort key."""
    return (sequence << HASH_BITS | key & TAIL) & (2**64 - 1)


def numbers_of(sequences: list[int], keys: list[Any]) -> StateNumbers:
    """The numbers of many states."""
    count = len(sequences)
    above = np.fromiter(sequences, np.uint64, count) << np.uint64(HASH_BITS)
    return above | (np.fromiter(keys, np.uint64, count) & np.uint64(TAIL))


def counted_under(entry: IndexEntry, field: str) -> list[str]:
    """The values of a field that a document is counted under; none for a blank one."""
    value = getattr(entry, field)
    return [str(value)] if FIELDS[field].kind == "number" else keywords(field, value)
