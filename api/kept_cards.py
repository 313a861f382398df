"""Cards of risk points in memory until the outbox names a text of theirs: most of a card is counted from thousands."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from pipeline.records import Evidence
from pipeline.store import Store, StoredRiskPoint

MOST: Final = 256
"""Cards of one store."""


class _Kept(NamedTuple):
    state: tuple[int, int]
    point: StoredRiskPoint
    k: int
    card: dict[str, Any]


class _Cards:
    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.known: OrderedDict[str, _Kept] = OrderedDict()


_cards: WeakKeyDictionary[Store, _Cards] = WeakKeyDictionary()


def kept_card(
    store: Store, point: StoredRiskPoint, k: int, passages: Sequence[Evidence], make: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """What ``make`` returns, made anew when the risk point, a text of its passages or a voice of these has changed.

    Whoever gets it may change it.
    """
    mine = _cards.setdefault(store, _Cards())
    state = store.counting_state()  # before anything is read: what changes meanwhile is looked at next time
    with mine.turn:
        kept = mine.known.pop(point.id, None)
    if kept is None or (kept.point, kept.k) != (point, k) or _changed(store, kept.state, state, passages):
        card = make()
    else:
        card = kept.card
    with mine.turn:
        mine.known[point.id] = _Kept(state, point, k, card)
        while len(mine.known) > MOST:
            mine.known.popitem(last=False)
    return deepcopy(card)


def _changed(store: Store, before: tuple[int, int], now: tuple[int, int], passages: Sequence[Evidence]) -> bool:
    if before == now:
        return False
    if before[1] != now[1] or before[0] > now[0]:
        return True
    changed = store.changed_between(before[0], now[0])
    return any(passage.document_id in changed for passage in passages)
