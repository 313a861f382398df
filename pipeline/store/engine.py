"""The connection to the database and the transaction that every store method runs in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url

T = TypeVar("T")
IDS_PER_QUERY = 500
"""Bound parameters in one statement stay far below the limits of both databases."""
BUSY_TIMEOUT_MS = 60_000
CHANNEL = "minyi_work"
"""What PostgreSQL calls the bell of those who wait for work."""


CUT_OFF = {
    "connect_timeout": 10, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}  # fmt: skip
"""After half a minute without an answer a connection counts as cut: to PostgreSQL, and in LETS_GO from there."""
LETS_GO = {
    "tcp_keepalives_idle": 10, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 3, "tcp_user_timeout": 30_000,
    "idle_in_transaction_session_timeout": 900_000,
}  # fmt: skip


class UnknownRecord(LookupError):
    """E151: a method named a record that the store does not have."""


class StoreConflict(ValueError):
    """E152: the store holds something else under this id."""


class Database:
    """One database. Each thread has its own transaction; processes open their own Database."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] | None = None) -> None:
        self.engine = engine
        self.clock: Callable[[], datetime] = clock or (lambda: datetime.now(UTC))
        self._thread = threading.local()

    @classmethod
    def open(cls, url: str, *, clock: Callable[[], datetime] | None = None, migrate: bool = True) -> Self:
        """Opens ``sqlite:///FILE`` or ``postgresql://…`` and brings its tables up to date."""
        database = cls(_engine(url), clock)
        if migrate:
            database.migrate()
        return database

    def migrate(self) -> None:
        """Brings the tables to the newest revision; safe when several processes do it at once."""
        from pipeline.migrations import upgrade

        upgrade(self)

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One write transaction; store methods called inside it join it, each as a savepoint.

        On SQLite it takes the write lock at once, so that it never fails half-way for want of it.
        """
        current: Connection | None = getattr(self._thread, "connection", None)
        if current is not None:
            with current.begin_nested():
                yield current
            return
        with self.engine.connect().execution_options(minyi_writes=True) as connection, connection.begin():
            self._thread.connection = connection
            try:
                yield connection
            finally:
                self._thread.connection = None

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """What is read inside is of one state of an SQLite file, and keeps nobody from reading or writing.

        What is written inside has a transaction of its own and is not seen. On PostgreSQL, where a statement sees what
        was committed before it, each reading has its own connection: none holds a lock until all has been read.
        """
        open_ = getattr(self._thread, "connection", None) or getattr(self._thread, "state", None)
        if open_ is not None or self.engine.dialect.name != "sqlite":
            yield
            return
        with self.engine.connect() as connection, connection.begin():
            self._thread.state = connection
            try:
                yield
            finally:
                self._thread.state = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read from: that of the open transaction or state, else one of its own."""
        current: Connection | None = getattr(self._thread, "connection", None) or getattr(self._thread, "state", None)
        if current is not None:
            yield current
            return
        with self.engine.connect() as connection, connection.begin():
            yield connection


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], key: str) -> list[Any]:
    """Inserts the rows that are not there yet; returns the ``key`` of those that were new."""
    if not rows:
        return []
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).on_conflict_do_nothing().returning(table.c[key])
    return list(connection.execute(statement, list(rows)).scalars())


def lock(connection: Connection, name: str, *, shared: bool = False) -> None:
    """Holds a named lock until the transaction ends. SQLite needs none: it has one writer at a time."""
    if connection.dialect.name == "postgresql":
        function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        connection.execute(text(f"SELECT {function}(hashtextextended(:name, 0))"), {"name": f"minyi:{name}"})


def ring(connection: Connection) -> None:
    """Wakes those who wait for work, on every machine, once the caller's transaction is committed."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


def portions(items: Iterable[T], size: int = IDS_PER_QUERY) -> Iterator[list[T]]:
    """The items in lists of at most ``size``."""
    remaining = iter(items)
    while portion := list(islice(remaining, size)):
        yield portion


def _engine(address: str) -> Engine:
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    if url.get_backend_name() == "postgresql":
        return create_engine(
            url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True,
            connect_args={**CUT_OFF, "options": _options(url)},
        )  # fmt: skip
    raise ValueError(f"E153: database_url must begin with sqlite:/// or postgresql://, not {url.drivername}://")


def _options(url: URL) -> str:
    """The address's own options, and those by which the server lets go of a client that is gone.

    Without them it would keep the locks of a machine that was cut off in a transaction for two hours.
    """
    own = url.query.get("options", "")
    given = own if isinstance(own, str) else " ".join(own)
    return " ".join(filter(None, [given, *(f"-c {name}={value}" for name, value in LETS_GO.items())]))


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ValueError("E153: SQLite needs a file: sqlite:///FOLDER/minyi.sqlite3")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url.set(drivername="sqlite"), connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, hide_parameters=True,
        max_overflow=-1,  # who holds a state and writes needs a second one; too few, and all wait for each other
    )  # fmt: skip

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late and never covers DDL
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
            return  # an open transaction would hold on to what was there when it began
        writes = connection.get_execution_options().get("minyi_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


__all__ = ["Database", "StoreConflict", "UnknownRecord", "insert_new", "lock", "portions", "ring"]
