"""Waking: a worker that has nothing to do hears at once that something came in, on whatever machine.

PostgreSQL tells its listeners when the transaction that wrote is committed. SQLite tells nobody; there the number that
it changes with every commit is looked at, less and less often.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any, Final, Protocol

from sqlalchemy import Connection, func, select, text

from pipeline.records import Versions
from pipeline.store.analyses import digest_of
from pipeline.store.engine import CHANNEL, Database
from pipeline.store.lease_time import is_free
from pipeline.store.meta import read_meta
from pipeline.store.outbox import INDEXED
from pipeline.store.reanalysis_tables import analysis_queue, analysis_runs
from pipeline.store.tables import documents, outbox

TOLD: Final = (INDEXED, "proposed_through")
"""The facts that say how far index and candidates follow the outbox."""
SOONEST, LATEST = 0.02, 1.0
"""Seconds between two looks at SQLite: first, and when nothing has happened for a while."""


class BellLost(ConnectionError):
    """E167: who waits hears nothing any more and has to listen anew."""


class Bell(Protocol):
    """Rings when somebody wrote."""

    def wait(self, seconds: float) -> bool:
        """Whether it rang within so many seconds. Raises BellLost (E167)."""
        ...


class Wake(Database):
    """The store as who waits sees it."""

    @contextmanager
    def listening(self) -> Iterator[Bell]:
        """A bell that rings for every commit from now on that brought work."""
        settings = {"isolation_level": "AUTOCOMMIT"}
        with self.engine.connect().execution_options(**settings) as connection:
            yield _Listener(connection) if connection.dialect.name == "postgresql" else _Poller(connection)

    def something_waits(self, versions: Versions) -> bool:
        """Whether a worker of these versions would find something to do that is in nobody's hands."""
        now = self.clock()
        queue, runs = analysis_queue.c, analysis_runs.c
        free, again = is_free(documents.c.leased_until, now), is_free(queue.leased_until, now)
        mine = select(runs.id).where(runs.digest == digest_of(versions), runs.state == "open")
        with self.reading() as connection:
            new = select(documents.c.id).where(documents.c.state == "received", free).limit(1)
            if connection.execute(new).first():
                return True
            if connection.execute(select(queue.run_id).where(queue.run_id.in_(mine), again).limit(1)).first():
                return True
            end = connection.execute(select(func.coalesce(func.max(outbox.c.sequence), 0))).scalar_one()
            return bool(end > min(int(read_meta(connection, key) or 0) for key in TOLD))


def wait_until(
    bell: Bell, something: Callable[[], bool], stopped: Callable[[], bool], seconds: float, slices: float = 1.0
) -> bool:
    """Waits until there is something, at most so many seconds or until stopped; whether there is.

    It looks once more at the end, since nobody rings when a dead worker's lease runs out.
    """
    until = monotonic() + seconds
    while not stopped():
        if something():
            return True
        if (left := until - monotonic()) <= 0:
            return False
        while not stopped() and (left := until - monotonic()) > 0 and not bell.wait(min(slices, left)):
            pass
    return False


class _Listener:
    """PostgreSQL's: one connection of its own, closed when the block ends."""

    def __init__(self, connection: Connection) -> None:
        connection.execute(text(f"LISTEN {CHANNEL}"))
        self._driver: Any = connection.connection.driver_connection
        self._away: type[Exception] = connection.dialect.loaded_dbapi.OperationalError
        connection.detach()  # it must not go back to the pool, where it would go on listening

    def wait(self, seconds: float) -> bool:
        try:
            return any(True for _ in self._driver.notifies(timeout=seconds, stop_after=1))
        except self._away as error:
            raise BellLost("E167: the connection on which PostgreSQL rings was cut") from error


class _Poller:
    """SQLite's: the number that other connections' commits change, looked at less and less often."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._pause = SOONEST
        self._seen = self._number()

    def wait(self, seconds: float) -> bool:
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            sleep(min(self._pause, left))
            if (number := self._number()) != self._seen:
                self._seen, self._pause = number, SOONEST
                return True
            self._pause = min(self._pause * 1.5, LATEST)
        return False

    def _number(self) -> int:
        return int(self._connection.exec_driver_sql("PRAGMA data_version").scalar_one())
