"""The numbers of a project's matters in memory until the outbox moves on, or a matter or a candidate has changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from api.matter_counts import MatterTable, table_of
from pipeline.records import MatterSheet, RiskPointCandidate
from pipeline.store import Store

MOST: Final = 32
"""Projects of one store."""


class _Kept(NamedTuple):
    asked: tuple[tuple[int, int], list[MatterSheet], list[RiskPointCandidate], int]
    table: MatterTable


class _Tables:
    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.known: OrderedDict[str, _Kept] = OrderedDict()


_tables: WeakKeyDictionary[Store, _Tables] = WeakKeyDictionary()


def matter_table(
    store: Store, project_id: str, sheets: Sequence[MatterSheet], points: Sequence[RiskPointCandidate], k: int
) -> MatterTable:
    """The numbers of all matters of the project, however many of them are shown (P-06)."""
    mine = _tables.setdefault(store, _Tables())
    state = store.counting_state()  # before anything is read: what changes meanwhile is looked at next time
    asked = state, list(sheets), list(points), k
    with mine.turn:
        kept = mine.known.pop(project_id, None)
    if kept is None or kept.asked != asked:
        hearing = store.hearing(project_id, {one for sheet in sheets for one in sheet.documents})
        kept = _Kept(asked, table_of(sheets, hearing, points, k))
    with mine.turn:
        mine.known[project_id] = kept
        while len(mine.known) > MOST:
            mine.known.popitem(last=False)
    return kept.table
