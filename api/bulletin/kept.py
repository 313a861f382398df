"""What a bulletin counts from all texts of a deployment, in memory until a text or a reply comes in or goes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from pipeline.store import Store

T = TypeVar("T")
MOST: Final = 64
"""Answers of one store."""


class _Answers:
    def __init__(self) -> None:
        self.turn = threading.RLock()
        self.state: tuple[int, ...] = ()
        self.known: dict[Hashable, Any] = {}


_answers: WeakKeyDictionary[Store, _Answers] = WeakKeyDictionary()


def kept(store: Store, question: Hashable, ask: Callable[[], T]) -> T:
    """The answer to a question about texts, their voices and replies; asked again when any of these has changed.

    Whatever else the answer depends on is a part of ``question``. Threads take turns.
    """
    mine = _answers.setdefault(store, _Answers())
    with mine.turn:
        state = (*store.counting_state(), store.replies())
        if state != mine.state or len(mine.known) >= MOST:
            mine.state, mine.known = state, {}
        if question not in mine.known:
            mine.known[question] = ask()
        found: T = mine.known[question]
        return found
