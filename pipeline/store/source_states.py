"""Source states (来源状态): who switched a source, whether it is blocked, how its last crawl went, today's requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select, update

from pipeline.redacted import RedactedText
from pipeline.store.engine import Database, lock
from pipeline.store.tables import sources


class SourceState(NamedTuple):
    """What the store knows of a source beside its file."""

    name: str
    enabled: bool = True
    """False: switched off for all machines, whatever their files say."""
    changed_by: str | None = None
    changed_at: datetime | None = None
    reason: RedactedText | None = None
    blocked: str | None = None
    """Why the source is closed to us: captcha, login_wall, forbidden or robots; until a person enables it again."""
    blocked_at: datetime | None = None
    last_success: datetime | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None
    robots: str | None = None
    """What robots.txt said last: allowed, none, refused, or unreadable."""
    robots_at: datetime | None = None
    next_run: datetime | None = None
    day: str = ""
    requests: int = 0
    """Requests on ``day`` (Asia/Shanghai)."""
    title: str | None = None
    kind: str | None = None
    every_minutes: int | None = None
    """How often its file says that it is to be read."""
    begun_at: datetime | None = None
    """When it was crawled for the first time."""


COLUMNS = [sources.c[name] for name in SourceState._fields]


class SourceStates(Database):
    """The store's notes on sources."""

    def source_state(self, name: str) -> SourceState:
        """The state of a source; of one that was never crawled, an empty one."""
        query = select(*COLUMNS).where(sources.c.name == name)
        with self.reading() as connection:
            row = connection.execute(query).one_or_none()
        return SourceState(*row) if row else SourceState(name)

    def source_states(self) -> dict[str, SourceState]:
        """The states of all sources that were ever switched or crawled, by name."""
        with self.reading() as connection:
            return {row.name: SourceState(*row) for row in connection.execute(select(*COLUMNS))}

    def switch_source(self, name: str, *, enabled: bool, by: str, reason: RedactedText | None) -> None:
        """Enables a source for all machines, which also lifts a block, or disables it; notes who and why."""
        changed = {"enabled": enabled, "changed_by": by, "changed_at": self.clock(), "reason": reason}
        self._note(name, {**changed, "blocked": None, "blocked_at": None, "next_run": None} if enabled else changed)

    def note_source(self, name: str, *, title: str, kind: str, every_minutes: int) -> None:
        """Notes what the file of a source that is crawled says, for those who see the store alone."""
        values = {"title": title, "kind": kind, "every_minutes": every_minutes}
        with self.transaction() as connection:
            begun = self._locked(connection, name).begun_at or self.clock()
            connection.execute(update(sources).where(sources.c.name == name).values(**values, begun_at=begun))

    def block_source(self, name: str, cause: str) -> None:
        """Notes that a source is closed to us."""
        self._note(name, {"blocked": cause, "blocked_at": self.clock()})

    def note_success(self, name: str, next_run: datetime) -> None:
        """Notes that a crawl read everything it was to read."""
        self._note(name, {"last_success": self.clock(), "last_error": None, "next_run": next_run})

    def note_error(self, name: str, error: str, next_run: datetime) -> None:
        """Notes why a crawl did not read everything; ``error`` names nothing that was read."""
        self._note(name, {"last_error": error[:300], "last_error_at": self.clock(), "next_run": next_run})

    def note_robots(self, name: str, decision: str) -> None:
        """Notes what robots.txt says."""
        self._note(name, {"robots": decision, "robots_at": self.clock()})

    def spend_requests(self, name: str, day: str, count: int) -> int:
        """Adds to the requests of a day, or takes unused ones back; returns how many it are now."""
        with self.transaction() as connection:
            row = self._locked(connection, name)
            total = max(0, (row.requests if row.day == day else 0) + count)
            connection.execute(update(sources).where(sources.c.name == name).values(day=day, requests=total))
        return total

    def _note(self, name: str, values: dict[str, Any]) -> None:
        with self.transaction() as connection:
            self._locked(connection, name)
            connection.execute(update(sources).where(sources.c.name == name).values(**values))

    def _locked(self, connection: Connection, name: str) -> Any:
        """The row of a source, made where it is missing, locked until the transaction ends."""
        lock(connection, f"source:{name}")
        query = select(*COLUMNS).where(sources.c.name == name).with_for_update()
        if row := connection.execute(query).one_or_none():
            return row
        connection.execute(insert(sources).values(name=name, enabled=True, day="", requests=0))
        return connection.execute(query).one()
