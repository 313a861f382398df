"""Who is behind many texts at once: voices and origins per set of documents, from one pass over the store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, func, select

from pipeline.store.engine import IDS_PER_QUERY, Database, lock, portions
from pipeline.store.heard import Heard, HeardByProject, Numbered, Told
from pipeline.store.meta import read_meta, write_meta
from pipeline.store.tables import documents, links, outbox, voices

MANY: Final = 2_000
"""Documents from which on the project is read in one scan rather than by id."""
UNTOLD: Final = "changes_of_voices_and_origins"
"""Counts what changes voices or origins without a row in the outbox."""


class Listed(NamedTuple):
    """A document that was not withdrawn: its origin, its date, its stance toward the project (None: cannot be told)."""

    id: str
    origin_id: str
    published_at: datetime | None
    stance: str | None


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
        """Voices, origins and dates of these documents; withdrawn and unknown ones are left out.

        Of many documents it is kept in memory until the outbox moves on.
        """
        ids = set(document_ids)
        if len(ids) > IDS_PER_QUERY:
            return Hearing(self._heard_by_project.of(project_id, ids))
        periods: dict[str, int] = {}
        people: dict[tuple[str, bytes | int], int] = {}
        heard = {}
        with self.reading() as connection:
            for portion in portions(sorted(ids)):
                for row in connection.execute(_query(project_id).where(documents.c.id.in_(portion))):
                    voice = None
                    if row.period is not None:
                        speaker = bytes(row.token) if row.token is not None else row.ordinal
                        number = people.setdefault((row.period, speaker), len(people))
                        voice = (periods.setdefault(row.period, len(periods)), number)
                    heard[row.id] = Heard(row.origin_id, row.published_at, row.source_kind, voice)
        return Hearing(heard)

    @cached_property
    def _heard_by_project(self) -> HeardByProject:
        return HeardByProject(self)

    def told_of(self, project_id: str, document_ids: Collection[str]) -> Iterator[Told]:
        """Origins, dates and kinds of source of these documents; withdrawn and unknown ones are left out."""
        ids, columns = set(document_ids), documents.c
        asked = select(columns.id, columns.origin_id, columns.published_at, columns.source_kind)
        asked = asked.where(~columns.tombstone)
        with self.reading() as connection:
            if len(ids) > MANY:
                linked = asked.join(links, links.c.document_id == columns.id).where(links.c.project_id == project_id)
                for row in connection.execute(linked):
                    if row.id in ids:
                        ids.discard(row.id)
                        yield Told(*row)
            for portion in portions(sorted(ids)):
                yield from (Told(*row) for row in connection.execute(asked.where(columns.id.in_(portion))))

    def counting_state(self) -> tuple[int, int]:
        """End of the outbox, and a number that grows with changes it is not told: equal while counts stay true."""
        with self.reading() as connection:
            lock(connection, "outbox")  # waits for writers who have a number but have not committed it yet
            end = connection.execute(select(func.coalesce(func.max(outbox.c.sequence), 0))).scalar_one()
            return int(end), int(read_meta(connection, UNTOLD) or 0)

    def changed_between(self, sequence: int, end: int) -> set[str]:
        """The documents with a row in the outbox after ``sequence`` and up to ``end``."""
        told = (outbox.c.sequence > sequence) & (outbox.c.sequence <= end)
        with self.reading() as connection:
            return set(connection.execute(select(outbox.c.document_id).where(told)).scalars())

    def listed(self, project_id: str, document_ids: Iterable[str]) -> Iterator[Listed]:
        """Origins, dates and stances of these documents; withdrawn and unknown ones are left out."""
        ids = set(document_ids)
        columns = documents.c
        mine = (links.c.document_id == columns.id) & (links.c.project_id == project_id)
        asked = select(columns.id, columns.origin_id, columns.published_at, links.c.stance).where(~columns.tombstone)
        with self.reading() as connection:
            if len(ids) > MANY:
                for row in connection.execute(asked.select_from(documents.join(links, mine))):
                    if row.id in ids:
                        ids.discard(row.id)
                        yield Listed(*row)
            some = asked.select_from(documents.outerjoin(links, mine))
            for portion in portions(sorted(ids)):
                yield from (Listed(*row) for row in connection.execute(some.where(columns.id.in_(portion))))

    def voice_periods_of(self, project_id: str, document_ids: Iterable[str]) -> set[str]:
        """The periods in which these documents were written, as far as their voices are known."""
        mine = select(voices.c.period).where(voices.c.project_id == project_id).distinct()
        with self.reading() as connection:
            return {
                period
                for portion in portions(document_ids)
                for period in connection.execute(mine.where(voices.c.document_id.in_(portion))).scalars()
            }

    def numbered_voices(self, project_id: str, periods: Collection[str] | None = None) -> Iterator[Numbered]:
        """All voices of the project (in these periods), numbered as they come; the tokens stay here (P-03)."""
        columns = voices.c
        asked = select(columns.document_id, columns.period, columns.token, columns.ordinal)
        asked = asked.where(columns.project_id == project_id)
        people: dict[tuple[str, bytes | int], int] = {}
        with self.reading() as connection:
            for portion in [None] if periods is None else portions(sorted(periods)):
                some = asked if portion is None else asked.where(columns.period.in_(portion))
                for row in connection.execute(some):
                    speaker = (row.period, row.ordinal if row.token is None else bytes(row.token))
                    yield Numbered(row.document_id, row.period, people.setdefault(speaker, len(people)))


def note_untold(connection: Connection) -> None:
    """Says that voices or origins changed in a way that the outbox does not tell of every document."""
    write_meta(connection, UNTOLD, str(int(read_meta(connection, UNTOLD) or 0) + 1))


def _query(project_id: str) -> Select[Any]:
    mine = (voices.c.document_id == documents.c.id) & (voices.c.project_id == project_id)
    columns = documents.c
    asked = select(
        columns.id, columns.origin_id, columns.published_at, columns.source_kind,
        voices.c.period, voices.c.token, voices.c.ordinal,
    )  # fmt: skip
    return asked.select_from(documents.outerjoin(voices, mine)).where(~columns.tombstone)
