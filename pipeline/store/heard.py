"""What counting needs of the texts that were asked about, in memory: who is behind thousands of texts, at once.

What the store said holds until its outbox moves on; then the documents that the outbox names are read again, and the
voices of their periods. No token is in it, and nothing of it is ever written (P-03).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from pipeline.store.counting import Counting

MOST: Final = 500_000
"""Documents of all projects together; the project that was asked about last stays even where it alone has more."""


class Heard(NamedTuple):
    """What counting needs of one text; the voice is (period, running number), which say nothing beyond this hearing."""

    origin_id: str
    published_at: datetime | None
    source_kind: str
    voice: tuple[int, int] | None


class Numbered(NamedTuple):
    """A document's voice: its period, and a number that no other voice of the period has in this one answer."""

    document_id: str
    period: str
    number: int


class Told(NamedTuple):
    """A document that was not withdrawn, as :class:`Heard` without its voice."""

    id: str
    origin_id: str
    published_at: datetime | None
    source_kind: str


class Source(Counting, Protocol):
    """The store, as far as it is asked here."""

    def told_of(self, project_id: str, document_ids: Collection[str]) -> Iterable[Told]: ...

    def voice_periods_of(self, project_id: str, document_ids: Iterable[str]) -> set[str]: ...

    def numbered_voices(self, project_id: str, periods: Collection[str] | None = None) -> Iterable[Numbered]: ...


class HeardOfProject:
    """The texts of one project that were asked about. Threads take turns; a reading that fails leaves nothing behind:
    texts without their voices would count as many people."""

    def __init__(self, source: Source, project_id: str) -> None:
        self._source, self._project_id = source, project_id
        self._turn = threading.Lock()
        self._forget()

    def __len__(self) -> int:
        return len(self._known)

    def of(self, ids: Collection[str]) -> dict[str, Heard]:
        """What is known of these texts; withdrawn and unknown ones are missing."""
        with self._turn:
            try:
                self._refresh(ids)
            except BaseException:
                self._forget()
                raise
            known = self._known
            return {one: known[one] for one in ids if one in known}

    def _forget(self) -> None:
        self._state: tuple[int, object] | None = None
        self._known: dict[str, Heard] = {}
        self._periods: dict[str, int] = {}
        self._in_period: dict[int, set[str]] = {}

    def _refresh(self, ids: Collection[str]) -> None:
        source, state = self._source, self._source.counting_state()
        stale: set[str] = set()
        if self._state is not None and state != self._state:
            if state[1] != self._state[1]:
                stale = set(self._known)
            else:
                stale = self._known.keys() & source.changed_between(self._state[0], state[0])
        stale.update(one for one in ids if one not in self._known)
        if stale:
            self._read(stale)
        self._state = state

    def _read(self, stale: set[str]) -> None:
        """Reads these texts, and numbers their periods anew: only together do tokens say which voices are one."""
        before = {place for one in stale if (place := self._period_of(one)) is not None}
        for one in stale:
            self._known.pop(one, None)
        there = {one.id: one for one in self._source.told_of(self._project_id, stale)}
        for key, told in there.items():
            self._known[key] = Heard(told.origin_id, told.published_at, told.source_kind, None)
        if not there and not before:
            return
        names = list(self._periods)
        periods = self._source.voice_periods_of(self._project_id, there) | {names[place] for place in before}
        for period in periods:
            place = self._periods.setdefault(period, len(self._periods))
            for one in self._in_period.pop(place, ()):
                self._hear(one, None)
        for voice in self._source.numbered_voices(self._project_id, periods):
            place = self._periods[voice.period]
            if voice.document_id in self._known:
                self._hear(voice.document_id, (place, voice.number))
                self._in_period.setdefault(place, set()).add(voice.document_id)

    def _hear(self, document_id: str, voice: tuple[int, int] | None) -> None:
        if document_id in self._known:
            self._known[document_id] = self._known[document_id]._replace(voice=voice)

    def _period_of(self, document_id: str) -> int | None:
        known = self._known.get(document_id)
        return known.voice[0] if known is not None and known.voice is not None else None


class HeardByProject:
    """The projects that were asked about last."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, HeardOfProject] = OrderedDict()

    def of(self, project_id: str, ids: Collection[str]) -> dict[str, Heard]:
        """What is known of these texts, as the project may count them."""
        with self._lock:
            mine = self._kept.setdefault(project_id, HeardOfProject(self._source, project_id))
            self._kept.move_to_end(project_id)
        found = mine.of(ids)
        with self._lock:
            while len(self._kept) > 1 and sum(map(len, self._kept.values())) > MOST:
                self._kept.popitem(last=False)
        return found
