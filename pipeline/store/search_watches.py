"""Watched searches (关注的检索): who is told of new texts that a saved search finds, once each; ids, never texts."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select, update

from pipeline.records import Purpose, Role
from pipeline.records.subscription import Message
from pipeline.store.engine import Database, insert_new, lock, portions
from pipeline.store.meta import read_meta, write_meta
from pipeline.store.tables import messages, outbox
from pipeline.store.watch_tables import message_searches, search_hits, search_watches

MATCHED = "searches_matched_through"


class SearchWatch(NamedTuple):
    """Somebody who is told of what is new in a saved search, in the role and for the purpose of the asking.

    ``since`` is the outbox sequence up to which the index had been fed: what was there then is not new.
    """

    id: str
    project_id: str
    name: str
    who: str
    role: Role
    purpose: Purpose
    since: int


class SearchAlert(NamedTuple):
    """What one alert tells of: a watch, when it was raised, and the texts that were new then."""

    watch: SearchWatch
    at: datetime
    document_ids: tuple[str, ...]


COLUMNS = [search_watches.c[name] for name in SearchWatch._fields]


class SearchWatches(Database):
    """The store's watched searches, their hits and their alerts."""

    def watch_search(self, project_id: str, name: str, who: str, role: Role, purpose: Purpose) -> bool:
        """Has somebody told of what is new in a saved search from now on; False when they were already.

        The caller has made sure that the search is there.
        """
        watch = SearchWatch(_id(project_id, name, who, role), project_id, name, who, role, purpose, 0)
        with self.transaction() as connection:
            since = int(read_meta(connection, "indexed_through") or 0)
            row = watch._replace(since=since)._asdict()
            return bool(insert_new(connection, search_watches, [row], "id"))

    def unwatch_search(self, project_id: str, name: str, who: str, role: Role) -> bool:
        """Ends that with all that was found; False when nobody of that name watched the search in the role."""
        statement = delete(search_watches).where(search_watches.c.id == _id(project_id, name, who, role))
        with self.transaction() as connection:
            return connection.execute(statement).rowcount == 1

    def search_watches(self, who: str | None = None, role: Role | None = None) -> list[SearchWatch]:
        """All watches, or those of somebody in a role, by project and name of the search."""
        query = select(*COLUMNS).order_by(*(search_watches.c[one] for one in ("project_id", "name", "who", "role")))
        if who is not None:
            query = query.where(search_watches.c.who == who, search_watches.c.role == role)
        with self.reading() as connection:
            return [SearchWatch(*row) for row in connection.execute(query)]

    def searches_matched_through(self) -> int:
        """The outbox sequence up to which texts were matched against the watched searches."""
        with self.reading() as connection:
            return int(read_meta(connection, MATCHED) or 0)

    def first_fed(self, document_ids: Collection[str]) -> dict[str, int]:
        """The first outbox sequence of each of these documents: when it could be found for the first time."""
        found: dict[str, int] = {}
        with self.reading() as connection:
            for portion in portions(document_ids):
                query = select(outbox.c.document_id, func.min(outbox.c.sequence))
                query = query.where(outbox.c.document_id.in_(portion)).group_by(outbox.c.document_id)
                found.update((row[0], row[1]) for row in connection.execute(query))
        return found

    def note_search_hits(self, hits: Iterable[tuple[str, str]], through: int) -> int:
        """Notes (watch id, document id) once each, and how far was matched; returns how many are new.

        Hits of a watch that ended meanwhile are left out.
        """
        with self.transaction() as connection:
            lock(connection, "searches")
            living = set(connection.execute(select(search_watches.c.id)).scalars())
            rows = [
                {"watch_id": watch_id, "document_id": document_id, "alerted_at": None}
                for watch_id, document_id in dict.fromkeys(hits)
                if watch_id in living
            ]
            new = sum(len(insert_new(connection, search_hits, portion, "document_id")) for portion in portions(rows))
            if through > int(read_meta(connection, MATCHED) or 0):
                write_meta(connection, MATCHED, str(through))
            return new

    def watches_with_hits(self) -> list[tuple[SearchWatch, datetime | None]]:
        """Watches with hits that are part of no alert yet, each with the moment of its last alert."""
        waiting = select(search_hits.c.watch_id).where(search_hits.c.alerted_at.is_(None))
        last = select(func.max(search_hits.c.alerted_at)).where(search_hits.c.watch_id == search_watches.c.id)
        query = select(*COLUMNS, last.scalar_subquery()).where(search_watches.c.id.in_(waiting))
        with self.reading() as connection:
            return [
                (SearchWatch(*row[:-1]), row[-1]) for row in connection.execute(query.order_by(search_watches.c.id))
            ]

    def alert_search(self, watch_id: str, at: datetime) -> None:
        """Makes one alert of all hits of a watch that wait."""
        waiting = (search_hits.c.watch_id == watch_id, search_hits.c.alerted_at.is_(None))
        with self.transaction() as connection:
            connection.execute(update(search_hits).where(*waiting).values(alerted_at=at))

    def tell_search(self, message: Message, watch_id: str, at: datetime) -> bool:
        """Adds an alert to a message, which is made if it is not there; whether it was made."""
        row = {"message_key": message.key, "watch_id": watch_id, "alerted_at": at}
        with self.transaction() as connection:
            new = insert_new(connection, messages, [message.model_dump()], "key")
            insert_new(connection, message_searches, [row], "watch_id")
            return bool(new)

    def search_alerts_of_message(self, key: str) -> list[SearchAlert]:
        """The alerts that a message tells, by project and name of the search."""
        told = message_searches.c
        query = select(*COLUMNS, told.alerted_at).join(search_watches, search_watches.c.id == told.watch_id)
        query = query.where(told.message_key == key)
        query = query.order_by(search_watches.c.project_id, search_watches.c.name, told.alerted_at)
        with self.reading() as connection:
            return [self._alert(SearchWatch(*row[:-1]), row[-1]) for row in connection.execute(query).all()]

    def last_search_alerts(self, watches: Iterable[SearchWatch]) -> list[SearchAlert]:
        """The newest alert of each of these watches that had one."""
        watched = {watch.id: watch for watch in watches}
        found: dict[tuple[str, datetime], list[str]] = defaultdict(list)
        hits = search_hits.c
        with self.reading() as connection:
            for portion in portions(watched):
                last = select(hits.watch_id, func.max(hits.alerted_at).label("at")).where(hits.watch_id.in_(portion))
                newest = last.group_by(hits.watch_id).subquery().c
                query = select(hits.watch_id, hits.alerted_at, hits.document_id)
                query = query.where(hits.watch_id == newest.watch_id, hits.alerted_at == newest.at)
                for watch_id, at, document_id in connection.execute(query.order_by(hits.watch_id, hits.document_id)):
                    found[watch_id, at].append(document_id)
        return [SearchAlert(watched[watch_id], at, tuple(ids)) for (watch_id, at), ids in found.items()]

    def _alert(self, watch: SearchWatch, at: datetime) -> SearchAlert:
        query = select(search_hits.c.document_id).where(
            search_hits.c.watch_id == watch.id, search_hits.c.alerted_at == at
        )
        with self.reading() as connection:
            ids = connection.execute(query.order_by(search_hits.c.document_id)).scalars()
            return SearchAlert(watch, at, tuple(ids))


def _id(project_id: str, name: str, who: str, role: Role) -> str:
    key = "\x1f".join((project_id, name, who, role))
    return f"w{hashlib.sha256(key.encode()).hexdigest()[:24]}"
