"""Which matters wait for an answer since when: read once from the store, and again when a project's matters change."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from pipeline.process.clocks import day_of
from pipeline.records.risk import Counts

if TYPE_CHECKING:
    from pipeline.store import Store


class WaitingMatter(NamedTuple):
    """A matter with a petition that has no reply: the day it came (Asia/Shanghai), and what stands behind the matter.

    What became late after the matters were last made is late by today's date, not by this record.
    """

    since: date
    counts: Counts


class Waiting:
    """The waiting matters of projects, in memory only; threads take turns."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = threading.Lock()
        self._known: dict[str, tuple[tuple[int, datetime], tuple[WaitingMatter, ...]]] = {}

    def of(self, project_ids: Sequence[str]) -> dict[str, tuple[WaitingMatter, ...]]:
        """By project the matters that wait, the one that waits longest first."""
        made = self._store.matters_made(project_ids)
        with self._turn:
            for project_id, state in made.items():
                known = self._known.get(project_id)
                if known is None or known[0] != state:
                    self._known[project_id] = state, self._read(project_id)
            return {one: self._known[one][1] if one in made else () for one in project_ids}

    def _read(self, project_id: str) -> tuple[WaitingMatter, ...]:
        since = self._store.waiting_since(project_id)
        sheets = self._store.matters_by_id(since)
        found = [WaitingMatter(day_of(since[key]), sheet.counts) for key, sheet in sheets.items()]
        return tuple(sorted(found, key=lambda one: (one.since, -one.counts.documents)))
