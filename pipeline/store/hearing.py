"""Who is behind many texts at once: voices and origins per set of documents, from one pass over the store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, select

from pipeline.store.engine import Database, portions
from pipeline.store.tables import documents, links, voices

MANY: Final = 2_000
"""Documents from which on the project is read in one scan rather than by id."""


class Heard(NamedTuple):
    """What counting needs of one text; the voice is (period, running number), which say nothing beyond this hearing."""

    origin_id: str
    published_at: datetime | None
    source_kind: str
    voice: tuple[int, int] | None


class Hearing:
    """Some texts as one project may count them. No token is in it: voices are numbered as they come (P-03)."""

    def __init__(self, heard: dict[str, Heard]) -> None:
        self._heard = heard

    def __contains__(self, document_id: str) -> bool:
        return document_id in self._heard

    def __getitem__(self, document_id: str) -> Heard:
        return self._heard[document_id]

    @property
    def ids(self) -> Collection[str]:
        """The documents that were asked for, as far as the store has them and they were not withdrawn."""
        return self._heard.keys()

    def voices(self, document_ids: Iterable[str]) -> tuple[int, int]:
        """Bounds on how many people wrote these: see :meth:`Voices.distinct_voices`."""
        people: dict[int, set[int]] = defaultdict(set)
        unknown = total = 0
        for document_id in document_ids:
            total += 1
            voice = self._heard[document_id].voice
            if voice is None:
                unknown += 1
            else:
                people[voice[0]].add(voice[1])
        sizes = [len(numbers) for numbers in people.values()]
        return max([*sizes, min(1, total)]), sum(sizes) + unknown

    def origins(self, document_ids: Iterable[str]) -> int:
        """How many origins these have; near-duplicates are one."""
        return len({self._heard[document_id].origin_id for document_id in document_ids})


class Hearings(Database):
    """The store, asked about voices in bulk."""

    def hearing(self, project_id: str, document_ids: Iterable[str]) -> Hearing:
        """Voices, origins and dates of these documents; withdrawn and unknown ones are left out."""
        ids = set(document_ids)
        periods: dict[str, int] = {}
        people: dict[tuple[str, bytes | int], int] = {}
        heard = {}
        with self.reading() as connection:
            for row in _rows(connection, project_id, ids):
                if row.id not in ids:
                    continue
                voice = None
                if row.period is not None:
                    speaker = bytes(row.token) if row.token is not None else row.ordinal
                    number = people.setdefault((row.period, speaker), len(people))
                    voice = (periods.setdefault(row.period, len(periods)), number)
                heard[row.id] = Heard(row.origin_id, row.published_at, row.source_kind, voice)
        return Hearing(heard)


def _rows(connection: Connection, project_id: str, ids: set[str]) -> Iterator[Any]:
    if len(ids) > MANY:
        linked = links.c.project_id == project_id
        yield from connection.execute(
            _query(project_id).join(links, links.c.document_id == documents.c.id).where(linked)
        )
        return
    for portion in portions(sorted(ids)):
        yield from connection.execute(_query(project_id).where(documents.c.id.in_(portion)))


def _query(project_id: str) -> Select[Any]:
    mine = (voices.c.document_id == documents.c.id) & (voices.c.project_id == project_id)
    columns = documents.c
    asked = select(
        columns.id, columns.origin_id, columns.published_at, columns.source_kind,
        voices.c.period, voices.c.token, voices.c.ordinal,
    )  # fmt: skip
    return asked.select_from(documents.outerjoin(voices, mine)).where(~columns.tombstone)
