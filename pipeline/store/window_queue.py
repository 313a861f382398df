"""Windows that are to be read: the parts of a full one, and those that failed, each with its tries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, exists, select

from pipeline.store.engine import Database, insert_new
from pipeline.store.tables import window_queue, windows


class QueuedWindow(NamedTuple):
    """A window that waits; ``minutes`` is its length on the grid, ``parent`` the full window that it is a part of."""

    id: str
    source: str
    since: datetime
    until: datetime
    minutes: int
    parent: str | None
    attempts: int
    not_before: datetime
    why: str


COLUMNS = [window_queue.c[name] for name in QueuedWindow._fields]


class WindowQueue(Database):
    """The store's queue of windows."""

    def queue_windows(self, waiting: Iterable[QueuedWindow]) -> None:
        """Queues windows, in place of what waits under their ids."""
        rows = [window._asdict() for window in waiting]
        with self.transaction() as connection:
            connection.execute(delete(window_queue).where(window_queue.c.id.in_([row["id"] for row in rows])))
            insert_new(connection, window_queue, rows, "id")

    def queued_windows(self, source: str | None = None) -> list[QueuedWindow]:
        """What waits for a source, or for all, oldest window first."""
        query = select(*COLUMNS).order_by(window_queue.c.since, window_queue.c.minutes)
        if source is not None:
            query = query.where(window_queue.c.source == source)
        with self.reading() as connection:
            return [QueuedWindow(*row) for row in connection.execute(query)]

    def unqueue_window(self, window_id: str) -> None:
        """Takes a window off the queue; with the last part of a full one, that one is no longer stored as full."""
        with self.transaction() as connection:
            gone = delete(window_queue).where(window_queue.c.id == window_id).returning(window_queue.c.parent)
            parent = connection.execute(gone).scalar_one_or_none()
            if parent is not None:
                waiting = exists().where(window_queue.c.parent == parent)
                connection.execute(delete(windows).where(windows.c.id == parent, ~waiting))
