"""What lists of thousands of texts need of their analyses: read without the rest, and kept by the analysis's digest."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, Text, func, or_, select, type_coerce

from models.taxonomy import taxonomy
from pipeline.store.counting import Counting
from pipeline.store.engine import Database, portions
from pipeline.store.kept_answers import KeptAnswers
from pipeline.store.kept_texts import KeptTexts
from pipeline.store.tables import analyses, documents, links

KEPT: Final = 500_000
"""Analyses of which it is kept."""
SURE: Final = 0.5


class Stated(NamedTuple):
    """What an analysis says of who is asked and who is concerned: codes, no word of the text.

    ``unit``: the first unit that the text names; ``proposed``: the first one that is proposed; ``groups``: those that
    are sure enough to be counted.
    """

    is_grievance: bool
    sealed: bool
    unit: str | None
    proposed: str | None
    groups: frozenset[str]


class StatedText(NamedTuple):
    """A text that was read and not withdrawn, as far as clocks need it."""

    id: str
    source_kind: str
    genre: str
    published_at: datetime | None
    stated: Stated


class ReplyDate(NamedTuple):
    """When a reply was published."""

    published_at: datetime | None


class StatedTexts(Database):
    """The store, asked about analyses in bulk."""

    def stated(self, document_ids: Iterable[str]) -> dict[str, StatedText]:
        """What was read in these texts; withdrawn ones and those that nobody has read are missing."""
        return self._stated_texts.of(list(dict.fromkeys(document_ids)))

    @cached_property
    def _stated_texts(self) -> KeptTexts[StatedText]:
        return KeptTexts(cast("Counting", self), self._read_stated)

    def _read_stated(self, ids: Collection[str]) -> dict[str, StatedText]:
        with self.reading() as connection:
            return {
                text.id: text
                for portion in portions(ids)
                for text in _texts(connection, _query().where(documents.c.id.in_(portion)))
            }

    def last_collected(self, ids: Iterable[str]) -> datetime | None:
        """When the last of these documents came into the store; withdrawn ones are left out."""
        return max(self._collected.of(set(ids)).values(), default=None)

    @cached_property
    def _collected(self) -> KeptTexts[datetime]:
        return KeptTexts(cast("Counting", self), self._read_collected)

    def _read_collected(self, ids: Collection[str]) -> dict[str, datetime]:
        found: dict[str, datetime] = {}
        with self.reading() as connection:
            for portion in portions(ids):
                query = select(documents.c.id, documents.c.collected_at)
                query = query.where(documents.c.id.in_(portion), documents.c.tombstone.is_(False))
                found |= {row.id: row.collected_at for row in connection.execute(query)}
        return found

    def unanswered_petitions(self, project_id: str, before: datetime, at: datetime) -> list[StatedText]:
        """The petitions about a project that were published before a moment, and had no reply at another one."""
        replies = documents.alias()
        answered = select(replies.c.id).where(
            replies.c.reply_to == documents.c.id, ~replies.c.tombstone,
            or_(replies.c.published_at.is_(None), replies.c.published_at < at),
        )  # fmt: skip
        query = (
            _query()
            .join(links, links.c.document_id == documents.c.id)
            .where(links.c.project_id == project_id, links.c.relation == "about")
            .where(documents.c.genre == "petition", documents.c.source_kind == "petition")
            .where(documents.c.published_at < before, ~answered.exists())
        )
        with self.reading() as connection:
            return list(_texts(connection, query.order_by(documents.c.id)))

    def replies(self) -> int:
        """How many replies there are; one that was received is not in the outbox before it was read."""
        query = select(func.count(documents.c.reply_to)).where(documents.c.reply_to.is_not(None))
        with self.reading() as connection:
            return int(connection.execute(query).scalar_one())

    @cached_property
    def kept_counts(self) -> KeptAnswers[Any]:
        """What is counted from all texts of a deployment, until a text, a voice or a reply comes in or goes."""
        return KeptAnswers(_UntilAnyReply(self))

    def reply_dates(self, document_ids: Iterable[str]) -> dict[str, list[ReplyDate]]:
        """When the replies to these petitions were published, by petition; those without one are missing."""
        found = self._reply_dates.of(list(dict.fromkeys(document_ids)))
        return {petition: dates for petition, dates in found.items() if dates}

    @cached_property
    def _reply_dates(self) -> KeptTexts[list[ReplyDate]]:
        return KeptTexts(_UntilAnyReply(self), self._read_reply_dates)

    def _read_reply_dates(self, ids: Collection[str]) -> dict[str, list[ReplyDate]]:
        found: dict[str, list[ReplyDate]] = {one: [] for one in ids}
        columns = documents.c
        with self.reading() as connection:
            for portion in portions(ids):
                query = select(columns.reply_to, columns.published_at)
                query = query.where(columns.reply_to.in_(portion), ~columns.tombstone)
                for petition, published_at in connection.execute(query):
                    found[petition].append(ReplyDate(published_at))
        return found


class _UntilAnyReply:
    """The store, which does not say which petition changed: its outbox names replies, not what they answer."""

    def __init__(self, store: StatedTexts) -> None:
        self._store = store

    def counting_state(self) -> tuple[int, object]:
        return 0, (*cast("Counting", self._store).counting_state(), self._store.replies())

    def changed_between(self, sequence: int, end: int) -> set[str]:
        return set()


class _Kept:
    """By digest of an analysis, which is of all that it says: what is kept is never out of date."""

    def __init__(self) -> None:
        self._known: dict[str, Stated] = {}
        self._turn = threading.Lock()

    def get(self, digest: str) -> Stated | None:
        return self._known.get(digest)

    def keep(self, found: dict[str, Stated]) -> None:
        with self._turn:
            if len(self._known) + len(found) > KEPT:
                self._known = {}
            self._known |= found


_kept = _Kept()


def _query() -> Select[Any]:
    columns = documents.c
    mine: ColumnElement[bool] = (analyses.c.document_id == columns.id) & analyses.c.current
    query = select(columns.id, columns.source_kind, columns.genre, columns.published_at, analyses.c.digest)
    return query.select_from(documents.join(analyses, mine)).where(~columns.tombstone)


def _texts(connection: Any, query: Select[Any]) -> Iterator[StatedText]:
    rows = connection.execute(query).all()
    known = {row.digest: _kept.get(row.digest) for row in rows}
    missing = [row for row in rows if known[row.digest] is None]
    for some in portions(missing):
        payloads = select(analyses.c.digest, type_coerce(analyses.c.payload, Text))
        payloads = payloads.where(analyses.c.document_id.in_([row.id for row in some]), analyses.c.current)
        read = {digest: _stated(json.loads(text)) for digest, text in connection.execute(payloads)}
        _kept.keep(read)
        known |= read
    for row in rows:
        stated = known[row.digest]
        if stated is not None:
            yield StatedText(row.id, row.source_kind, row.genre, row.published_at, stated)


def _stated(analysis: dict[str, Any]) -> Stated:
    """From the analysis as it is stored; it was validated when it was written."""
    grievances, factors = analysis["grievances"], taxonomy().factors
    codes = {finding["code"] for grievance in grievances for finding in grievance["factors"]}
    named = (unit["code"] for grievance in grievances for unit in grievance["addressed_authority"] if unit["code"])
    return Stated(
        is_grievance=analysis["is_grievance"],
        sealed=analysis["genre"]["label"] == "misconduct_report" or any(factors[one].confidential for one in codes),
        unit=next(named, None),
        proposed=next(iter(grievances[0]["proposed_units"]["primary"]), None) if grievances else None,
        groups=frozenset(
            group["code"] for grievance in grievances for group in grievance["stakeholder_groups"] if group["p"] >= SURE
        ),
    )
