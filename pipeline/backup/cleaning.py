"""Takes out of a copied store what must not outlive its time, and makes one whole file of it."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path
from typing import Final

from pipeline.backup.copying import LEFT_OUT

CHANGED: Final = frozenset({"voices", *LEFT_OUT})
"""Tables whose rows in a copy may be other than those of the store."""


class CopyDamaged(RuntimeError):
    """E242: the copy of a store is not sound."""


def clean(file: Path, moment: str) -> dict[str, int]:
    """Removes sessions, links, leases and pointers, and turns voice tokens into ordinals (P-04); returns its rows.

    The voices get a period of their own, named by the moment of the backup: what comes in after a restore, under a new
    key, is another period and counted so. Raises CopyDamaged (E242).
    """
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("BEGIN IMMEDIATE")
        known = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in sorted(known & set(LEFT_OUT)):
            connection.execute(f"DELETE FROM {table}")
        connection.execute("UPDATE documents SET leased_by = NULL, leased_until = NULL WHERE leased_by IS NOT NULL")
        _number_voices(connection, moment)
        connection.execute("COMMIT")
        whole = file.with_name(f"{file.name}.whole")  # beside it: the folder for temporary files may be a small one
        connection.execute("VACUUM INTO ?", (str(whole),))
    finally:
        connection.close()
    whole.replace(file)
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        return sound(connection, file)
    finally:
        connection.close()


def sound(connection: sqlite3.Connection, file: Path) -> dict[str, int]:
    """Rows by table of a store's file that SQLite finds whole. Raises CopyDamaged (E242)."""
    try:
        problems = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        rows = {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for (name,) in connection.execute(names).fetchall()
        }
    except sqlite3.DatabaseError as error:
        raise CopyDamaged(f"E242: {file} is damaged ({error}); take another backup") from None
    if problems != ["ok"]:
        raise CopyDamaged(f"E242: {file} is damaged ({len(problems)} problems); take another backup")
    return rows


def _number_voices(connection: sqlite3.Connection, moment: str) -> None:
    heard = connection.execute(
        "SELECT DISTINCT project_id, period, token FROM voices WHERE token IS NOT NULL ORDER BY project_id, period"
    ).fetchall()
    random.SystemRandom().shuffle(heard)  # the order of tokens would say something about them
    numbers: dict[tuple[str, str], int] = {}
    connection.execute("CREATE INDEX by_token ON voices (project_id, period, token)")
    for project_id, period, token in heard:
        numbers[project_id, period] = number = numbers.get((project_id, period), 0) + 1
        connection.execute(
            "UPDATE voices SET token = NULL, ordinal = ?, period = ? WHERE project_id = ? AND period = ? AND token = ?",
            (number, f"{period}.{moment}"[:32], project_id, period, token),
        )
    connection.execute("DROP INDEX by_token")
