"""Answers about texts in memory until the outbox moves on: for questions that look at thousands to name a few."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

from pipeline.store.counting import Counting

T = TypeVar("T")
MOST: Final = 64
"""Answers; where there are more, all are asked anew."""


class KeptAnswers(Generic[T]):
    """Answers by question; they say ids and numbers and hold no text, which could be withdrawn meanwhile (P-12)."""

    def __init__(self, store: Counting) -> None:
        self._store = store
        self._turn = threading.Lock()
        self._state: tuple[int, object] = (-1, -1)
        self._known: dict[Hashable, T] = {}

    def of(self, question: Hashable, ask: Callable[[], T]) -> T:
        """The answer to a question, in which stands whatever it depends on beside texts. Threads take turns."""
        with self._turn:
            state = self._store.counting_state()
            if state != self._state or len(self._known) >= MOST:
                self._state, self._known = state, {}
            if question not in self._known:
                self._known[question] = ask()
            return self._known[question]
