"""Small facts about the database itself, by name."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.store.engine import Database, portions
from pipeline.store.tables import meta


class Meta(Database):
    """The store's notes about itself."""

    def fact(self, key: str) -> str | None:
        """The value under ``key``, or None."""
        with self.reading() as connection:
            return read_meta(connection, key)

    def facts(self, keys: Iterable[str]) -> dict[str, str]:
        """The values under these keys; those without one are missing."""
        found: dict[str, str] = {}
        with self.reading() as connection:
            for portion in portions(keys):
                query = select(meta.c.key, meta.c.value).where(meta.c.key.in_(portion))
                found.update((row.key, row.value) for row in connection.execute(query))
        return found

    def set_fact(self, key: str, value: str) -> None:
        """Sets the value under ``key``."""
        with self.transaction() as connection:
            write_meta(connection, key, value)


def read_meta(connection: Connection, key: str) -> str | None:
    """The value under ``key``, or None."""
    return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()


def write_meta(connection: Connection, key: str, value: str) -> None:
    """Sets the value under ``key`` within the caller's transaction; two processes may set it for the first time."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(meta).values(key=key, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
