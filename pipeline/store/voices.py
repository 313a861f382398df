"""Voices: how many different people stand behind texts. No method gives a token away (P-03)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from random import SystemRandom

from sqlalchemy import Connection, bindparam, delete, select, update

from pipeline.store.engine import insert_new, portions
from pipeline.store.hearing import note_untold
from pipeline.store.scrubbing import Scrubbing, scrub_later
from pipeline.store.tables import voice_periods, voices
from pipeline.voices import Voice


class Voices(Scrubbing):
    """The store's voices; they are written by ``add_documents``."""

    def distinct_voices(self, project_id: str, document_ids: Iterable[str]) -> tuple[int, int]:
        """Bounds on how many different people wrote these documents: (at least, at most).

        At least: the largest period's distinct voices, and one where there is a document. At most: the sum over the
        periods, plus every document whose voice is unknown. One person on two platforms counts twice (P-03).
        """
        ids = set(document_ids)
        heard: dict[str, set[bytes | int]] = defaultdict(set)
        known = 0
        columns = voices.c
        with self.reading() as connection:
            for portion in portions(sorted(ids)):
                query = select(columns.period, columns.token, columns.ordinal).where(
                    columns.project_id == project_id, columns.document_id.in_(portion)
                )
                for period, token, ordinal in connection.execute(query):
                    heard[period].add(bytes(token) if token is not None else ordinal)
                    known += 1
        sizes = [len(people) for people in heard.values()]
        unknown = len(ids) - known
        return max([*sizes, min(1, len(ids))]), sum(sizes) + unknown

    def periods_with_tokens(self) -> tuple[str, ...]:
        """The periods whose voices are still tokens, in order."""
        with self.reading() as connection:
            query = select(voices.c.period).where(voices.c.token.is_not(None)).distinct().order_by(voices.c.period)
            return tuple(connection.execute(query).scalars())

    def forget_tokens(self, period: str) -> int:
        """Turns a period's tokens into ordinals 1..n per project, in random order; returns how many people they were.

        The period is closed: tokens of it that come later are not kept, since nothing can tell whose they are.
        """
        with self.transaction() as connection:
            if insert_new(connection, voice_periods, [{"period": period, "closed_at": self.clock()}], "period"):
                count = _number(connection, period)
            else:
                count = 0
                late = delete(voices).where(voices.c.period == period, voices.c.token.is_not(None))
                connection.execute(late)
            note_untold(connection)
            scrub_later(connection)
        self.scrub()
        return count


def save_voices(connection: Connection, heard: Sequence[Voice]) -> None:
    """Writes the voices of documents that were just stored, except those of a closed period."""
    if not heard:
        return
    periods = {voice.period for voice in heard}
    closed = set(
        connection.execute(select(voice_periods.c.period).where(voice_periods.c.period.in_(periods))).scalars()
    )
    rows = [
        {"document_id": item.document_id, "project_id": item.project_id, "period": item.period, "token": item.token}
        for item in heard
        if item.period not in closed
    ]
    insert_new(connection, voices, rows, "document_id")


def _number(connection: Connection, period: str) -> int:
    columns = voices.c
    query = select(columns.project_id, columns.token).where(columns.period == period, columns.token.is_not(None))
    people: dict[str, list[bytes]] = defaultdict(list)
    for project_id, token in connection.execute(query.distinct()):
        people[project_id].append(bytes(token))
    rows = []
    for project_id, tokens in people.items():
        SystemRandom().shuffle(tokens)  # the order of tokens or of arrival would say something about them
        rows += [
            {"project": project_id, "old": token, "number": number} for number, token in enumerate(tokens, start=1)
        ]
    if rows:
        statement = update(voices).where(
            columns.period == period, columns.project_id == bindparam("project"), columns.token == bindparam("old")
        )
        connection.execute(statement.values(token=None, ordinal=bindparam("number")), rows)
    return len(rows)
