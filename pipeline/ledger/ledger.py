"""What counting needs of one project's documents, in memory: read once from index and store, then kept up to date."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

from index.fields import FIELDS
from index.states import States, counted_under, state_number
from index.values import beijing_day, microseconds
from pipeline.ledger.column import Column
from pipeline.ledger.crowd import UNDATED, UNKNOWN, Crowd, Members, Numbers
from pipeline.records import Stance
from pipeline.store import Store

COUNTED: Final = tuple(name for name, field in FIELDS.items() if field.facet)
"""The fields of the index that documents are counted by."""
STANCE: Final = "stance"
"""The field that says what a text wants of the project; the store has it, the index does not."""
STANCES: Final = ("unknown", *get_args(Stance))
"""What cannot be told is a value of its own, and never neutral."""
LAST: Final = np.iinfo(np.int64).max
_SLACK: Final = 10_000
"""Outdated states that may lie around, beside as many as there are documents."""


class Ledger:
    """States of documents by their number in the index, and beside each document what the store says of it.

    What the index said under a number stays true. What the store said holds until its outbox moves on; then the
    documents that the outbox names are read again, and the voices of their periods. Withdrawn documents are out at
    once. No token is in it, and nothing of it is ever written (P-03). Threads take turns. A reading that fails leaves
    nothing behind: texts without their voices would count as many people.
    """

    def __init__(self, store: Store, project_id: str) -> None:
        self._store, self._project_id = store, project_id
        self._turn = threading.Lock()
        self._forget()

    def __len__(self) -> int:
        return len(self._ids)

    def crowd(self, found: States) -> tuple[Crowd, Numbers, bool]:
        """The documents that were found, as they may be counted, and whether all of them could still be read.

        Between the two: at which position of ``found`` each document of the crowd is.
        """
        with self._turn:
            if len(self._known) > 2 * len(self._ids) + _SLACK:
                self._forget()
            try:
                self._read(found)
                self._refresh()
            except BaseException:
                self._forget()
                raise
            places = self._places(found)
            known = np.flatnonzero(places >= 0)
            rows = self._row_at[places[known]]
            there = self._there[self._document[rows]]
            return self._crowd(rows[there]), known[there], len(known) == len(places)

    def _forget(self) -> None:
        self._numbers: dict[str, int] = {}
        self._ids: list[str] = []
        self._known: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._row_at: Numbers = np.zeros(0, np.int64)
        self._document: Numbers = np.zeros(0, np.int64)
        self._columns = {name: Column() for name in COUNTED}
        self._state = (-1, -1)
        self._there: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._origin: Numbers = np.zeros(0, np.int64)
        self._origins: dict[str, int] = {}
        self._first_copy: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._moment: Numbers = np.zeros(0, np.int64)
        self._day: Numbers = np.zeros(0, np.int64)
        self._stance: Numbers = np.zeros(0, np.int64)
        self._periods: dict[str, int] = {}
        self._period: Numbers = np.zeros(0, np.int64)
        self._speaker: Numbers = np.zeros(0, np.int64)
        self._voice: Numbers = np.zeros(0, np.int64)
        self._period_of: Numbers = np.zeros(0, np.int64)

    def _places(self, found: States) -> Numbers:
        """Where each state's number is among the known ones; -1 for unknown ones."""
        if not len(self._known):
            return np.full(len(found.numbers), -1, np.int64)
        places = np.minimum(np.searchsorted(self._known, found.numbers), len(self._known) - 1)
        return np.where(self._known[places] == found.numbers, places, -1)

    def _read(self, found: States) -> None:
        missing = np.flatnonzero(self._places(found) < 0)
        if not len(missing):
            return
        wanted = set(found.numbers[missing].tolist())
        rows: dict[str, list[list[str]]] = {name: [] for name in COUNTED}
        documents, numbers = [], []
        for entry in found.read(missing):
            number = state_number(entry)
            if number not in wanted:
                continue
            wanted.discard(number)
            documents.append(self._number(entry.id))
            numbers.append(number)
            for name, column in rows.items():
                column.append(counted_under(entry, name))
        for name, values in rows.items():
            self._columns[name].extend(values)
        known = np.concatenate([self._known, np.array(numbers, np.uint64)])
        row_at = np.concatenate([self._row_at, np.arange(len(self._document), len(known))])
        self._document = np.concatenate([self._document, np.array(documents, np.int64)])
        order = np.argsort(known)
        self._known, self._row_at = known[order], row_at[order]

    def _number(self, document_id: str) -> int:
        number = self._numbers.get(document_id)
        if number is None:
            number = self._numbers[document_id] = len(self._ids)
            self._ids.append(document_id)
        return number

    def _refresh(self) -> None:
        """Reads from the store what is new or has changed."""
        covered, state = len(self._there), self._store.counting_state()
        if state == self._state and covered == len(self._ids):
            return
        self._grow(len(self._ids) - covered)
        if state[1] != self._state[1]:
            stale: Collection[int] = range(len(self._ids))
        else:
            changed = self._store.changed_between(self._state[0], state[0]) if state != self._state else ()
            stale = {self._numbers[one] for one in changed if one in self._numbers}
            stale |= set(range(covered, len(self._ids)))
        if stale:
            self._read_documents(stale)
            self._read_voices(stale)
        self._state = state

    def _grow(self, more: int) -> None:
        for name in ("_origin", "_moment", "_day", "_stance", "_period", "_speaker"):
            setattr(self, name, np.concatenate([getattr(self, name), np.full(more, UNKNOWN, np.int64)]))
        for name in ("_there", "_first_copy"):
            setattr(self, name, np.concatenate([getattr(self, name), np.zeros(more, np.bool_)]))

    def _read_documents(self, stale: Collection[int]) -> None:
        self._there[list(stale)] = False
        for one in self._store.listed(self._project_id, (self._ids[number] for number in stale)):
            number = self._numbers[one.id]
            first_copy = one.origin_id == one.id
            origin = self._ids[number] if first_copy else one.origin_id
            self._there[number] = True
            self._first_copy[number] = first_copy
            self._origin[number] = self._origins.setdefault(origin, len(self._origins))
            self._moment[number] = LAST if one.published_at is None else microseconds(one.published_at)
            self._day[number] = UNDATED if one.published_at is None else beijing_day(one.published_at)
            self._stance[number] = STANCES.index(one.stance or STANCES[0])

    def _read_voices(self, stale: Collection[int]) -> None:
        """Numbers a whole period anew, since only together do tokens say which voices are one."""
        ids, periods = [self._ids[number] for number in stale], None
        if len(ids) < len(self._ids):
            known = list(self._periods)
            before = {known[code] for code in np.unique(self._period[list(stale)]) if code != UNKNOWN}
            periods = self._store.voice_periods_of(self._project_id, ids) | before
        again = {self._periods.setdefault(period, len(self._periods)) for period in periods or ()}
        outdated = np.isin(self._period, list(again)) if periods is not None else np.ones(len(self._ids), np.bool_)
        self._period[outdated] = self._speaker[outdated] = UNKNOWN
        if periods is None or periods:
            for one in self._store.numbered_voices(self._project_id, periods):
                number = self._numbers.get(one.document_id)
                if number is not None:
                    self._period[number] = self._periods.setdefault(one.period, len(self._periods))
                    self._speaker[number] = one.number
        self._voice = np.full(len(self._ids), UNKNOWN, np.int64)
        heard = np.flatnonzero(self._period != UNKNOWN)
        people, voices = np.unique(self._period[heard] << 40 | self._speaker[heard], return_inverse=True)
        self._voice[heard], self._period_of = voices, people >> 40

    def _crowd(self, rows: Numbers) -> Crowd:
        documents, columns = self._document[rows], self._columns
        places = np.full(len(self._ids), -1, np.int64)
        places[documents] = np.arange(len(documents))
        numbers, ids, stances = self._numbers, self._ids, self._stance[documents]

        @cache
        def field(name: str) -> Members:
            if name == STANCE:
                there, groups = np.unique(stances, return_inverse=True)
                return Members([STANCES[one] for one in there], groups, np.arange(len(stances)))
            return Members(*columns[name].of(rows))

        def place_of(document_id: str) -> int | None:
            number = numbers.get(document_id)
            return None if number is None or number >= len(places) or places[number] < 0 else int(places[number])

        def ids_at(wanted: Iterable[Any]) -> list[str]:
            return [ids[documents[place]] for place in wanted]

        return Crowd(
            self._voice[documents], self._period_of, self._origin[documents], self._day[documents],
            self._moment[documents], self._first_copy[documents], field, ids_at, place_of,
        )  # fmt: skip
