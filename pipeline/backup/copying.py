"""Copies the rows of a store, all of one moment: SQLite by its backup interface, PostgreSQL in one snapshot."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    cast,
    create_engine,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.engine import Engine

from pipeline.store import Store
from pipeline.store.columns import Moment
from pipeline.store.tables import metadata

Advance = Callable[[int], None]
ROWS: Final = 2000
"""Rows that are copied at once."""
PAGES: Final = 2000
"""Pages of SQLite that are copied at once, 8 MB."""
LEFT_OUT: Final = ("account_sessions", "account_links", "leases", "source_pointers")
"""Tables whose rows are of the moment, or must not outlive it."""
STORE_FILE: Final = "store.sqlite3"


def copy_store(store: Store, target: Path, step: Callable[[str, int], None], advance: Advance) -> dict[str, int]:
    """Writes the store as it is at one moment into a new SQLite file; returns the rows of that moment by table."""
    if store.engine.dialect.name == "sqlite":
        return _of_sqlite(Path(str(store.engine.url.database)), target, step, advance)
    return _of_postgresql(store, target, step, advance)


def _of_sqlite(source: Path, target: Path, step: Callable[[str, int], None], advance: Advance) -> dict[str, int]:
    reader = sqlite3.connect(source, isolation_level=None, timeout=60)
    writer = sqlite3.connect(target, isolation_level=None)
    try:
        reader.execute("BEGIN")
        rows = {name: reader.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in _names(reader)}
        pages = reader.execute("PRAGMA page_count").fetchone()[0]
        step("backup", pages)
        done = 0

        def copied(_status: int, remaining: int, total: int) -> None:
            nonlocal done
            advance(total - remaining - done)
            done = total - remaining

        reader.backup(writer, pages=PAGES, progress=copied)  # the open transaction holds the moment: writers go on
    finally:
        writer.close()
        reader.close()
    return rows


def _names(connection: sqlite3.Connection) -> list[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    return [row[0] for row in connection.execute(query)]


def _of_postgresql(store: Store, target: Path, step: Callable[[str, int], None], advance: Advance) -> dict[str, int]:
    Store.open(f"sqlite:///{target}").close()
    writer = plain_engine(target)
    rows: dict[str, int] = {}
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True, "stream_results": True}
    try:
        with store.engine.connect().execution_options(**options) as source, source.begin():
            tables = list(plain_tables("postgresql"))
            plain = {table.name: table for table in plain_tables("sqlite")}
            for table in tables:
                rows[table.name] = source.execute(select(func.count()).select_from(table)).scalar_one()
            step("backup", sum(rows.values()))
            with writer.begin() as sink:
                sink.execute(plain["meta"].delete())
                for table in tables:
                    for portion in _portions(source, table):
                        sink.execute(insert(plain[table.name]), portion)
                        advance(len(portion))
    finally:
        writer.dispose()
    rows["alembic_version"] = 1
    return rows


def load_postgresql(source: Path, target: Store, mark: str, advance: Advance) -> None:
    """Fills an empty PostgreSQL store, at the newest revision, with the rows of a file, in one transaction.

    ``mark`` is kept as the fact ``restored_from``: an attempt that was cut off behind it is recognised.
    """
    reader = plain_engine(source)
    try:
        with reader.connect() as rows, target.transaction() as sink:
            plain = {table.name: table for table in plain_tables("postgresql")}
            sink.execute(plain["meta"].delete())
            for table in plain_tables("sqlite"):
                for portion in _portions(rows, table):
                    sink.execute(insert(plain[table.name]), portion)
                    advance(len(portion))
            _number_on(sink)
            meta = metadata.tables["meta"]
            sink.execute(meta.delete().where(meta.c.key == "restored_from"))
            sink.execute(insert(meta).values(key="restored_from", value=mark))
    finally:
        reader.dispose()


def plain_tables(dialect: str) -> Iterator[Table]:
    """The tables in the order of their references, with columns that hand values on without reading them."""
    plain = MetaData()
    for table in metadata.sorted_tables:
        columns = [
            Column(column.name, _plain(column.type, dialect), primary_key=column.primary_key) for column in table.c
        ]
        yield Table(table.name, plain, *columns)


def plain_engine(file: Path) -> Engine:
    """A SQLite file without the write-ahead log: one file, whole when it is closed."""
    return create_engine(f"sqlite:///{file}", hide_parameters=True)


class _JsonAsText(TypeDecorator[str]):
    """PostgreSQL's JSON, as the text that it is: a JSON null stays one and does not become a missing value."""

    impl = Text
    cache_ok = True

    def bind_expression(self, bindvalue: Any) -> Any:
        return cast(bindvalue, JSON)

    def column_expression(self, column: Any) -> Any:
        return cast(column, Text)


def _plain(kind: Any, dialect: str) -> Any:
    """JSON and moments differ between databases; records and sealed texts are text on both."""
    if isinstance(kind, JSON):
        return _JsonAsText() if dialect == "postgresql" else Text()
    if isinstance(kind, TypeDecorator) and not isinstance(kind, Moment):
        return Text()
    return kind


def _portions(source: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    found = source.execution_options(yield_per=ROWS).execute(select(table))
    for portion in found.mappings().partitions(ROWS):
        yield [dict(row) for row in portion]


def _number_on(connection: Connection) -> None:
    """PostgreSQL goes on numbering behind the rows that came in with their numbers."""
    for table in metadata.sorted_tables:
        for column in table.primary_key.columns:
            if column is table.autoincrement_column:
                name = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
                highest = f'(SELECT max("{column.name}") FROM "{table.name}")'
                there = f"WHERE {highest} IS NOT NULL AND {name} IS NOT NULL"
                connection.execute(text(f"SELECT setval({name}, {highest}) {there}"))
