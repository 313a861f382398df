"""Counts by hour: new origins and voices of each project, and what each source was read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Connection, Text, exists, func, select, type_coerce

from pipeline.records import Analysis, Document
from pipeline.store.counting import Counting
from pipeline.store.decoded import Decoded
from pipeline.store.documents import RECORD_COLUMNS, document_of
from pipeline.store.engine import Database, portions
from pipeline.store.kept_answers import KeptAnswers
from pipeline.store.tables import analyses, documents, links, outbox, voices, windows

IMPORTED: Final = "import:"
"""What the key of a source begins with that was imported and not crawled; its kind follows."""
OFFICIAL: Final = ("reply", "notice")
"""Genres that are no opinion."""
_CHINA: Final = timedelta(hours=8)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)
_ANALYSED: Final = documents.join(analyses, (analyses.c.document_id == documents.c.id) & analyses.c.current)
_decoded: Final = Decoded[Analysis](16_000_000)


class SourceWindow(NamedTuple):
    """A stretch of a source that was read; ``since`` None: from its beginning; ``found``: items seen in it."""

    source: str
    since: datetime | None
    until: datetime
    cut_short: str | None
    found: int


@dataclass
class HourCount:
    """What was new on one project in one hour: origins by source, negative and all, and the negative voices."""

    project_id: str
    tick: int
    negative: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    total: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    kinds: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Negative origins by kind of source."""
    documents: list[str] = field(default_factory=list)
    """The negative texts, copies among them."""
    voices: tuple[int, int] = (0, 0)


class Hourly(Database):
    """The store, counted by hour. Texts without a time of publication stand in no hour."""

    def hour_counts(self, project_ids: Sequence[str], first: int, last: int) -> list[HourCount]:
        """Hours of ``first``–``last`` (both included) in which something on a project was new, in order of time.

        An origin counts once a project, in the hour of the first text of it; what is sealed counts nowhere (P-14).
        """
        since, until = moment_of(first), moment_of(last + 1)
        counts: dict[tuple[str, int], HourCount] = {}
        people: dict[tuple[str, int], dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
        unknown: dict[tuple[str, int], int] = defaultdict(int)
        with self.reading() as connection:
            for portion in portions(project_ids):
                rows = connection.execute(_opinions(portion, since, until)).all()
                earlier = _earlier(connection, portion, rows, since)
                counted: dict[tuple[str, str], tuple[bool, bool]] = {}
                for row in rows:
                    key = (row.project_id, tick_of(row.published_at))
                    negative = _is_negative(row.payload)
                    if negative is None:
                        continue
                    count = counts.setdefault(key, HourCount(*key))
                    if negative:
                        count.documents.append(row.id)
                        if row.period is None:
                            unknown[key] += 1
                        else:
                            people[key][row.period].add(bytes(row.token) if row.token is not None else row.ordinal)
                    story = (row.project_id, row.origin_id)
                    before = counted.get(story) or earlier.get(story) or (False, False)
                    source = _source_key(row)
                    if not before[0]:
                        count.total[source] += 1
                    if negative and not before[1]:
                        count.negative[source] += 1
                        count.kinds[row.source_kind] += 1
                    counted[story] = (True, before[1] or negative)
        for key, count in counts.items():
            sizes = [len(heard) for heard in people[key].values()]
            count.voices = (max([*sizes, min(1, len(count.documents))]), sum(sizes) + unknown[key])
        return sorted(counts.values(), key=lambda count: (count.tick, count.project_id))

    def opinions_between(self, project_id: str, since: datetime, until: datetime) -> list[tuple[Document, Analysis]]:
        """The texts about a project that were published in ``since``–``until``, with their current analyses."""
        asked = project_id, since, until
        ids = self._opinions_kept.of(asked, lambda: self._opinion_ids(*asked))
        found: dict[str, Any] = {}
        with self.reading() as connection:
            for portion in portions(ids):
                query = select(*RECORD_COLUMNS, analyses.c.digest).select_from(_ANALYSED)
                found |= {row.id: row for row in connection.execute(query.where(documents.c.id.in_(portion)))}
            read = _analyses(connection, list(found.values()))
            rows = (found[one] for one in ids if one in found)
            return [(document_of(row), read[row.digest]) for row in rows if row.digest in read]

    @cached_property
    def _opinions_kept(self) -> KeptAnswers[list[str]]:
        return KeptAnswers(cast("Counting", self))

    def _opinion_ids(self, project_id: str, since: datetime, until: datetime) -> list[str]:
        columns = documents.c
        about = exists().where(
            links.c.document_id == columns.id, links.c.project_id == project_id, links.c.relation == "about"
        )  # not joined: SQLite would begin with all texts of the project and not with those of these days
        query = select(columns.id).select_from(_ANALYSED).where(about, columns.genre.not_in(OFFICIAL))
        query = query.where(columns.published_at >= since, columns.published_at < until)
        with self.reading() as connection:
            return list(connection.execute(query.order_by(columns.published_at, columns.id)).scalars())

    def undated_opinions(self, project_id: str, since: datetime, until: datetime) -> list[str]:
        """Texts about a project that were collected in ``since``–``until`` and do not say when they were published."""
        columns = documents.c
        query = select(columns.id).join(links, links.c.document_id == columns.id)
        query = query.where(links.c.project_id == project_id, links.c.relation == "about")
        query = query.where(columns.published_at.is_(None), columns.genre.not_in(OFFICIAL), ~columns.tombstone)
        query = query.where(columns.collected_at >= since, columns.collected_at < until)
        with self.reading() as connection:
            return list(connection.execute(query.order_by(columns.id)).scalars())

    def first_opinions(self, project_ids: Sequence[str]) -> dict[str, tuple[datetime, datetime]]:
        """When the first and the last dated text about each project was published; without one it is missing."""
        published = documents.c.published_at
        query = select(links.c.project_id, func.min(published), func.max(published))
        query = query.join(documents, documents.c.id == links.c.document_id).where(
            links.c.relation == "about", documents.c.genre.not_in(OFFICIAL), published.is_not(None)
        )
        with self.reading() as connection:
            return {
                row[0]: (row[1], row[2])
                for portion in portions(project_ids)
                for row in connection.execute(query.where(links.c.project_id.in_(portion)).group_by(links.c.project_id))
            }

    def oldest_changed(self, after: int, end: int) -> dict[str, datetime]:
        """By project when the oldest text was published that the outbox tells of, from ``after`` (not itself) on."""
        published = documents.c.published_at
        query = select(links.c.project_id, func.min(published)).select_from(
            outbox.join(documents, documents.c.id == outbox.c.document_id).join(
                links, links.c.document_id == documents.c.id
            )
        )
        query = query.where(outbox.c.sequence > after, outbox.c.sequence <= end, outbox.c.kind == "upsert")
        query = query.where(links.c.relation == "about", documents.c.genre.not_in(OFFICIAL), published.is_not(None))
        with self.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query.group_by(links.c.project_id))}

    def delivering_sources(self, project_ids: Sequence[str]) -> dict[str, set[str]]:
        """The keys of the sources that ever brought a text about each project."""
        columns = documents.c
        query = select(links.c.project_id, columns.source_kind, columns.window_id)
        query = query.select_from(documents.join(links, links.c.document_id == columns.id)).where(
            links.c.relation == "about", columns.genre.not_in(OFFICIAL)
        )
        found: dict[str, set[str]] = defaultdict(set)
        with self.reading() as connection:
            for portion in portions(project_ids):
                for row in connection.execute(query.where(links.c.project_id.in_(portion)).distinct()):
                    found[row.project_id].add(_source_key(row))
        return dict(found)

    def source_windows(self, since: datetime) -> list[SourceWindow]:
        """The windows that reach beyond ``since``, by source and end."""
        columns = [windows.c[name] for name in SourceWindow._fields]
        query = select(*columns).where(windows.c.until > since).order_by(windows.c.source, windows.c.until)
        with self.reading() as connection:
            return [SourceWindow(*row) for row in connection.execute(query)]

    def crawled_since(self) -> dict[str, datetime]:
        """Since when each crawled source is read."""
        query = select(windows.c.source, func.min(func.coalesce(windows.c.since, windows.c.until)))
        with self.reading() as connection:
            rows = connection.execute(query.group_by(windows.c.source))
            return {row[0]: _aware(row[1]) for row in rows}

    def imported_through(self) -> dict[str, datetime]:
        """The newest imported text by key of the import (its kind of source): how far imports are known to reach.

        A text that is dated after it was imported says nothing of that: its hours are still to come.
        """
        found = {}
        columns = documents.c
        kinds = ("news", "weibo", "petition", "hotline", "notice", "survey")
        with self.reading() as connection:
            for kind in kinds:
                query = select(columns.published_at).where(
                    columns.source_kind == kind,
                    columns.window_id.is_(None),
                    columns.published_at <= columns.collected_at,
                )
                newest = connection.execute(query.order_by(columns.published_at.desc()).limit(1)).scalar()
                if newest is not None:
                    found[IMPORTED + kind] = newest
        return found


def tick_of(moment: datetime) -> int:
    """Hours of civil time in China since 1970 (as ``pipeline.alerts.tick_of``)."""
    return (moment - _EPOCH + _CHINA) // _HOUR


def moment_of(tick: int) -> datetime:
    """The beginning of an hour."""
    return _EPOCH + tick * _HOUR - _CHINA


def _opinions(project_ids: Sequence[str], since: datetime, until: datetime) -> Any:
    mine = (voices.c.document_id == documents.c.id) & (voices.c.project_id == links.c.project_id)
    columns = documents.c
    return (
        select(
            links.c.project_id, columns.id, columns.origin_id, columns.published_at, columns.source_kind,
            columns.window_id, analyses.c.payload,
            voices.c.period, voices.c.token, voices.c.ordinal,
        )
        .select_from(
            documents.join(links, links.c.document_id == columns.id)
            .join(analyses, (analyses.c.document_id == columns.id) & analyses.c.current)
            .outerjoin(voices, mine)
        )
        .where(links.c.project_id.in_(project_ids), links.c.relation == "about")
        .where(columns.published_at >= since, columns.published_at < until, columns.genre.not_in(OFFICIAL))
        .order_by(columns.published_at, columns.id)
    )  # fmt: skip


def _earlier(
    connection: Connection, project_ids: Sequence[str], rows: Iterable[Any], since: datetime
) -> dict[tuple[str, str], tuple[bool, bool]]:
    """Which of the stories were told before ``since``: at all, and in a negative text."""
    stories = sorted({row.origin_id for row in rows if row.origin_id != row.id})
    found: dict[tuple[str, str], tuple[bool, bool]] = {}
    for portion in portions(stories):
        query = (
            select(links.c.project_id, documents.c.origin_id, analyses.c.payload)
            .select_from(
                documents.join(links, links.c.document_id == documents.c.id)
                .join(analyses, (analyses.c.document_id == documents.c.id) & analyses.c.current)
            )
            .where(documents.c.origin_id.in_(portion), documents.c.published_at < since)
            .where(links.c.project_id.in_(project_ids), links.c.relation == "about")
            .where(documents.c.genre.not_in(OFFICIAL))
        )  # fmt: skip
        for row in connection.execute(query):
            negative = _is_negative(row.payload)
            if negative is not None:
                story = (row.project_id, row.origin_id)
                found[story] = (True, negative or found.get(story, (False, False))[1])
    return found


def _analyses(connection: Connection, rows: Sequence[Any]) -> dict[str, Analysis]:
    """The analyses of these rows by digest; only those are read that were not read before."""
    known = {row.digest: found for row in rows if (found := _decoded.get(row.digest)) is not None}
    for some in portions(row for row in rows if row.digest not in known):
        query = select(analyses.c.digest, type_coerce(analyses.c.payload, Text))
        query = query.where(analyses.c.document_id.in_([row.id for row in some]))
        for digest, text in connection.execute(query.where(analyses.c.digest.in_([row.digest for row in some]))):
            known[digest] = Analysis.model_validate_json(text)
            _decoded.keep(digest, known[digest], len(text))
    return known


def _is_negative(analysis: Any) -> bool | None:
    """Whether the text carries a grievance; None for one that is sealed and counts nowhere (P-14)."""
    from pipeline.matters import is_sealed

    return None if is_sealed(analysis) else bool(analysis.is_grievance)


def _source_key(row: Any) -> str:
    """The crawled source of a text, with whose name the id of its window begins, else the kind of its import."""
    return IMPORTED + str(row.source_kind) if row.window_id is None else row.window_id.partition(":")[0]


def _aware(moment: Any) -> datetime:
    """A moment that an aggregate function gave back without its type."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    assert isinstance(moment, datetime)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


__all__ = ["HourCount", "Hourly", "SourceWindow", "moment_of", "tick_of"]
