"""What the store has kept long enough (P-11): which texts, and aggregates that are older than they may be."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, delete, exists, func, select

from pipeline.store.columns import Moment
from pipeline.store.engine import Database, portions
from pipeline.store.hourly import tick_of
from pipeline.store.process_tables import process_marks
from pipeline.store.projects import STAGE
from pipeline.store.share_tables import share_groups, share_numbers, share_releases
from pipeline.store.tables import (
    alert_hours,
    documents,
    incident_events,
    incident_notes,
    incidents,
    links,
    message_events,
    messages,
    source_crawls,
    source_incidents,
)

FILING: Final = "filing"
"""The step of the checklist with which a report is filed (备案)."""
AFTERWARDS: Final = "post_assessment"
"""The stage that begins behind that step."""


class Forgotten(NamedTuple):
    """Aggregates that went because they were too old, by kind."""

    alert_hours: int = 0
    incidents: int = 0
    messages: int = 0
    crawls: int = 0
    releases: int = 0


class Retention:
    """Asks a store what is past its time, and removes the aggregates that are; texts are withdrawn by the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def filed_projects(self) -> dict[str, datetime]:
        """When the report of each project was filed: the step was marked done, or the project moved on behind it.

        Whoever marks the step open again, or moves the project back, takes that back.
        """
        columns = process_marks.c
        query = select(columns.project_id, columns.subject, columns.value, columns.at).order_by(columns.number)
        filed: dict[str, datetime] = {}
        with self._database.reading() as connection:
            for row in connection.execute(query.where(columns.subject.in_((FILING, STAGE)))):
                if row.value in ("done", AFTERWARDS):
                    filed.setdefault(row.project_id, row.at)
                else:
                    filed.pop(row.project_id, None)
        return filed

    def texts_before(self, moment: datetime, page: int = 500) -> Iterator[list[str]]:
        """Ids of the texts that came in before a moment, with the replies to them, page by page in flat memory."""
        yield from self._pages(_texts_before(moment), page)

    def texts_of(self, projects: Collection[str], moment: datetime, page: int = 500) -> Iterator[list[str]]:
        """Ids of the texts from before a moment that are linked to these projects and to no other, page by page.

        The official replies to them go along, whatever these are linked to: they repeat the petition.
        """
        asked = sorted(projects)
        for portion in portions(asked):
            mine, other = links.alias(), links.alias()
            query = _texts_before(moment).where(
                exists().where(mine.c.document_id == documents.c.id, mine.c.project_id.in_(portion)),
                ~exists().where(other.c.document_id == documents.c.id, other.c.project_id.not_in(asked)),
            )
            yield from self._pages(query, page)

    def forget_aggregates(self, moment: datetime) -> Forgotten:
        """Removes hours, closed incidents, messages, figures of crawls and releases from before a moment."""
        old = select(incidents.c.id).where(_closed_before(moment))
        with self._database.transaction() as connection:

            def gone(table: Any, *where: Any) -> int:
                return connection.execute(delete(table).where(*where)).rowcount

            hours = gone(alert_hours, alert_hours.c.tick < tick_of(moment))
            for table in (incident_events, incident_notes, message_events):
                gone(table, table.c.incident_id.in_(old))
            closed = gone(incidents, incidents.c.id.in_(old))
            sent = gone(messages, messages.c.due_at < moment, messages.c.state != "waiting")
            crawls = gone(source_crawls, source_crawls.c.ended_at < moment)
            crawls += gone(source_incidents, source_incidents.c.closed_at < moment)
            given = select(share_releases.c.id).where(share_releases.c.at < moment)
            gone(share_numbers, share_numbers.c.release_id.in_(given))
            releases = gone(share_releases, share_releases.c.at < moment)
            if releases:
                gone(share_groups, share_groups.c.digest.not_in(select(share_numbers.c.digest)))
        return Forgotten(hours, closed, sent, crawls, releases)

    def aggregates_before(self, moment: datetime) -> bool:
        """Whether there is any aggregate from before a moment."""
        columns = (
            (alert_hours, alert_hours.c.tick < tick_of(moment)),
            (incidents, _closed_before(moment)),
            (messages, (messages.c.due_at < moment) & (messages.c.state != "waiting")),
            (source_crawls, source_crawls.c.ended_at < moment),
            (source_incidents, source_incidents.c.closed_at < moment),
            (share_releases, share_releases.c.at < moment),
        )
        with self._database.reading() as connection:
            return any(
                connection.execute(select(1).select_from(table).where(old).limit(1)).one_or_none()
                for table, old in columns
            )

    def _pages(self, query: Select[tuple[str]], page: int) -> Iterator[list[str]]:
        after = ""
        while True:
            next_page = query.where(documents.c.id > after).order_by(documents.c.id).limit(page)
            with self._database.reading() as connection:
                found = [str(key) for key in connection.execute(next_page).scalars()]
            if found:
                yield [*found, *self._replies(found, query)]
            if len(found) < page:
                return
            after = found[-1]

    def _replies(self, ids: Sequence[str], query: Select[tuple[str]]) -> list[str]:
        """Official replies to these texts, those left out that are among the texts themselves."""
        reply = documents.alias()
        mine = (reply.c.reply_to.in_(ids), reply.c.tombstone.is_(False), reply.c.id.not_in(query))
        with self._database.reading() as connection:
            return list(connection.execute(select(reply.c.id).where(*mine).order_by(reply.c.id)).scalars())


def _closed_before(moment: datetime) -> ColumnElement[bool]:
    """Incidents that were closed and are over; a life-safety cue has no end but its beginning."""
    columns = incidents.c
    return (columns.state == "closed") & (func.coalesce(columns.ended, columns.begin, type_=Moment) < moment)


def _texts_before(moment: datetime) -> Select[tuple[str]]:
    return select(documents.c.id).where(documents.c.collected_at < moment, documents.c.tombstone.is_(False))
