"""Cards of risk points in memory until the outbox names a text of theirs: most of a card is counted from thousands.

They quote. So whenever one is asked for, and every hour, all cards of texts that changed or were erased are let go,
whichever is asked for (P-12).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import cached_property
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from api.matter_cards import Titles
from pipeline.records import Evidence
from pipeline.store import Store, StoredRiskPoint

MOST: Final = 256
"""Cards of one store."""
State = tuple[int, int]


class _Kept(NamedTuple):
    point: StoredRiskPoint
    k: int
    texts: frozenset[str]
    card: dict[str, Any]


class _Cards:
    """The cards of one store, all true at one state of its outbox."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.state: State | None = None
        self.known: OrderedDict[str, _Kept] = OrderedDict()

    def reach(self, store: Store, state: State) -> None:
        """Lets go of what changed up to a state; to who saw an earlier one, what is true by now is as good."""
        with self.turn:
            if self.state is None or state[1] > self.state[1]:
                self.known.clear()
            elif state[0] > self.state[0] and state[1] == self.state[1]:
                changed = store.changed_between(self.state[0], state[0]) if self.known else set()
                for point_id in [one for one, kept in self.known.items() if not kept.texts.isdisjoint(changed)]:
                    del self.known[point_id]
            else:
                return
            self.state = state

    def get(self, point: StoredRiskPoint, k: int) -> dict[str, Any] | None:
        with self.turn:
            kept = self.known.pop(point.id, None)
            if kept is None or (kept.point, kept.k) != (point, k):
                return None
            self.known[point.id] = kept
            return kept.card

    def keep(self, state: State, kept: _Kept) -> None:
        """Keeps a card that was made after a state was seen, unless the others are true at another one by now."""
        with self.turn:
            if self.state == state:
                self.known[kept.point.id] = kept
                while len(self.known) > MOST:
                    self.known.popitem(last=False)


_cards: WeakKeyDictionary[Store, _Cards] = WeakKeyDictionary()


class Together:
    """Cards of one answer: the outbox is asked once for all of them, and they share the titles of their matters."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._mine = _cards.setdefault(store, _Cards())
        self.titles: Titles = {}

    def card(
        self, point: StoredRiskPoint, k: int, passages: Sequence[Evidence], make: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        """What ``make`` returns, made anew when the risk point, a text of its passages or a voice of these has changed.

        Whoever gets it may change it.
        """
        state = self._state
        card = self._mine.get(point, k)
        if card is None:
            card = make()
            texts = frozenset(passage.document_id for passage in passages)
            self._mine.keep(state, _Kept(point, k, texts, card))
        return deepcopy(card)

    @cached_property
    def _state(self) -> State:
        state = self._store.counting_state()  # before anything is read: what changes meanwhile is looked at next time
        self._mine.reach(self._store, state)
        return state


def let_go(store: Store) -> None:
    """Lets go of the cards of texts that changed or were erased, though nobody asks for one."""
    if store in _cards:
        _cards[store].reach(store, store.counting_state())
