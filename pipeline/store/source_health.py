"""How crawls of each source went (监测), and incidents of sources (来源事件). Counts only, nothing that was read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, get_args

from sqlalchemy import delete, func, insert, select, update

from pipeline.store.engine import Database, lock
from pipeline.store.tables import source_crawls, source_incidents, windows

IncidentKind = Literal["no_success", "no_items", "blocked"]
"""``no_success``: nothing could be read for too long; ``no_items``: it was read and showed nothing, against its habit;
``blocked``: the source is closed to us. Never does one say that opinion fell."""
KEPT: Final = 200
"""Crawls of a source that are remembered."""


class SourceCrawl(NamedTuple):
    """One crawl of a source: how it ended, its figures, and what each monitor says of them."""

    source: str
    ended_at: datetime
    state: str
    figures: dict[str, Any]
    monitors: dict[str, dict[str, Any]]


class SourceIncident(NamedTuple):
    """A time in which a source was silent or closed; ``facts`` are the numbers on which it was opened."""

    id: int
    source: str
    kind: IncidentKind
    opened_at: datetime
    closed_at: datetime | None
    facts: dict[str, Any]

    @property
    def begun_at(self) -> datetime:
        """Since when the source was silent, as far as the facts say; else when the incident was opened."""
        since = self.facts.get("empty_since") or self.facts.get("last_read")
        return datetime.fromisoformat(since) if since else self.opened_at


CRAWL = [source_crawls.c[name] for name in SourceCrawl._fields]
INCIDENT = [source_incidents.c[name] for name in SourceIncident._fields]


class SourceHealth(Database):
    """The store's notes on how sources do."""

    def note_crawl(self, crawl: SourceCrawl) -> None:
        """Keeps the figures of a crawl; the oldest of its source go."""
        mine = source_crawls.c.source == crawl.source
        with self.transaction() as connection:
            connection.execute(insert(source_crawls).values(**crawl._asdict()))
            newest = select(source_crawls.c.id).where(mine).order_by(source_crawls.c.id.desc()).limit(KEPT)
            kept = list(connection.execute(newest).scalars())
            connection.execute(delete(source_crawls).where(mine, source_crawls.c.id < kept[-1]))

    def crawls(self, source: str, limit: int = KEPT) -> list[SourceCrawl]:
        """The last crawls of a source, the newest first."""
        query = select(*CRAWL).where(source_crawls.c.source == source).order_by(source_crawls.c.id.desc())
        with self.reading() as connection:
            return [SourceCrawl(*row) for row in connection.execute(query.limit(limit))]

    def last_crawls(self) -> dict[str, SourceCrawl]:
        """The last crawl of each source."""
        newest = select(func.max(source_crawls.c.id)).group_by(source_crawls.c.source)
        with self.reading() as connection:
            found = connection.execute(select(*CRAWL).where(source_crawls.c.id.in_(newest)))
            return {row.source: SourceCrawl(*row) for row in found}

    def settle_incidents(self, source: str, present: Mapping[IncidentKind, Mapping[str, Any]]) -> tuple[int, int]:
        """Opens the incidents that are present and not open yet, and closes those that are over; returns how many."""
        table = source_incidents
        with self.transaction() as connection:
            lock(connection, f"incidents:{source}")
            query = select(table.c.kind).where(table.c.source == source, table.c.closed_at.is_(None))
            known = set(connection.execute(query).scalars())
            rows = [{"source": source, "kind": kind, "opened_at": self.clock(), "facts": dict(facts)}
                    for kind, facts in present.items() if kind not in known]  # fmt: skip
            if rows:
                connection.execute(insert(table), rows)
            over = [kind for kind in known if kind not in present]
            still = (table.c.source == source) & table.c.closed_at.is_(None) & table.c.kind.in_(over)
            closed = connection.execute(update(table).where(still).values(closed_at=self.clock())).rowcount
        return len(rows), closed

    def source_incidents(self, source: str | None = None, *, only_open: bool = False) -> list[SourceIncident]:
        """Incidents of a source, or of all, the newest first."""
        query = select(*INCIDENT).order_by(source_incidents.c.opened_at.desc(), source_incidents.c.id.desc())
        if source is not None:
            query = query.where(source_incidents.c.source == source)
        if only_open:
            query = query.where(source_incidents.c.closed_at.is_(None))
        with self.reading() as connection:
            return [SourceIncident(*row) for row in connection.execute(query)]

    def open_incidents(self) -> dict[IncidentKind, int]:
        """How many incidents of each kind are open; those that none is of with zero."""
        table = source_incidents
        query = select(table.c.kind, func.count()).where(table.c.closed_at.is_(None)).group_by(table.c.kind)
        with self.reading() as connection:
            found: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
        return {kind: found.get(kind, 0) for kind in get_args(IncidentKind)}

    def doubt_empty_windows(self, source: str, since: datetime) -> int:
        """Stores the empty windows that end after ``since`` as out of order: what they say is no silence of people.

        Read again whole, they are whole again. Returns how many.
        """
        empty = (windows.c.source == source) & (windows.c.found == 0) & windows.c.cut_short.is_(None)
        with self.transaction() as connection:
            statement = update(windows).where(empty, windows.c.until > since)
            return connection.execute(statement.values(cut_short="out_of_order")).rowcount
