"""Facts about texts in memory until the outbox names their text: for lists that look at thousands of texts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from typing import Final, Generic, TypeVar

from pipeline.store.counting import Counting

T = TypeVar("T")
MOST: Final = 500_000
"""Texts; where there are more, all are read anew."""


class KeptTexts(Generic[T]):
    """What was read of texts by id. Threads take turns; a reading that fails leaves nothing behind."""

    def __init__(self, store: Counting, read: Callable[[Collection[str]], dict[str, T]]) -> None:
        self._store, self._read = store, read
        self._turn = threading.Lock()
        self._state: tuple[int, object] = (-1, -1)
        self._known: dict[str, T] = {}

    def of(self, ids: Collection[str]) -> dict[str, T]:
        """What is known of these texts; of which nothing can be read are missing."""
        with self._turn:
            try:
                self._refresh()
                known = self._known
                if missing := [one for one in ids if one not in known]:
                    known |= self._read(missing)
                return {one: known[one] for one in ids if one in known}
            except BaseException:
                self._known = {}
                raise

    def _refresh(self) -> None:
        state = self._store.counting_state()
        if state == self._state:
            return
        if state[1] != self._state[1] or len(self._known) > MOST:
            self._known = {}
        else:
            for one in self._store.changed_between(self._state[0], state[0]):
                self._known.pop(one, None)
        self._state = state
