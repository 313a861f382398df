"""What was removed leaves SQLite's write-ahead log too (P-12): at once, or as soon as nobody reads what was before."""

from __future__ import annotations

import secrets
from typing import Final

from sqlalchemy import Connection, delete

from pipeline.store.engine import BUSY_TIMEOUT_MS, Database
from pipeline.store.meta import read_meta, write_meta
from pipeline.store.tables import meta

SCRUB_DUE: Final = "scrub_due"
"""The fact that says that old pages of what was removed may still be in the log; another value with each removal."""
WAIT_MS: Final = 3_000
"""How long a scrub waits for those who read. Nobody can write meanwhile; it is tried again with the next work."""


class Scrubbing(Database):
    """Empties the database's log of what was removed."""

    def scrub(self) -> bool:
        """Empties SQLite's write-ahead log; whether nothing of what was removed before is left in it.

        While another connection reads an earlier state, the log stays, and so does the fact that it is to be emptied.
        """
        if any(getattr(self._thread, name, None) is not None for name in ("connection", "state")):
            return False
        with self.reading() as connection:
            due = read_meta(connection, SCRUB_DUE)
        if self.engine.dialect.name == "sqlite" and not self._emptied():
            return False
        if due:
            with self.transaction() as connection:  # what went meanwhile has written another value, which stays
                connection.execute(delete(meta).where(meta.c.key == SCRUB_DUE, meta.c.value == due))
        return True

    def _emptied(self) -> bool:
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={WAIT_MS}")
            try:
                busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        return not busy


def scrub_later(connection: Connection) -> None:
    """Notes, in the transaction that removes something, that SQLite's log is to be emptied of it."""
    if connection.dialect.name == "sqlite":
        write_meta(connection, SCRUB_DUE, secrets.token_hex(8))
