"""Records that were read before, by the digest of all that they say: reading a long one anew takes a page longest."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")
everything: Final[list[Decoded[Any]]] = []
"""All that this process keeps, one entry for each kind of record."""


def let_go() -> None:
    """Lets go of all records that were read before. Pages ask for the same ones again; a worker does not."""
    for one in everything:
        one.forget()


class Decoded(Generic[T]):
    """Those that were asked for last, up to so many characters of their JSON. A digest stands for one record, so none
    is ever out of date; they are frozen: whoever gets one does not change it. Threads take turns. Made once a process.
    """

    def __init__(self, characters: int) -> None:
        self._most, self._size = characters, 0
        self._turn = threading.Lock()
        self._known: OrderedDict[str, tuple[T, int]] = OrderedDict()
        everything.append(self)

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._known)

    def get(self, digest: str) -> T | None:
        """The record of this digest; None where it has to be read."""
        with self._turn:
            found = self._known.get(digest)
            if found is None:
                return None
            self._known.move_to_end(digest)
            return found[0]

    def forget(self) -> None:
        """Lets go of all of them."""
        with self._turn:
            self._known.clear()
            self._size = 0

    def keep(self, digest: str, record: T, characters: int) -> None:
        """Keeps a record that was read from so many characters; lets go of those that were not asked for longest."""
        with self._turn:
            if digest not in self._known:
                self._known[digest] = record, characters
                self._size += characters
            while self._size > self._most:
                self._size -= self._known.popitem(last=False)[1][1]
