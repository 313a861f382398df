"""Which document stands in which row: a small SQLite table, whose transaction is the moment of a commit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from index.errors import IndexUnusable

NAME: Final = "rows.sqlite3"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS documents (
  id TEXT PRIMARY KEY, sequence INTEGER NOT NULL, place INTEGER UNIQUE, fingerprint BLOB NOT NULL,
  project_ids TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS matrix (only_row INTEGER PRIMARY KEY CHECK (only_row = 0), rows INTEGER NOT NULL);
INSERT OR IGNORE INTO matrix VALUES (0, 0);
"""
_CHUNK: Final = 500


class Known(NamedTuple):
    """What is known of a document; ``place`` is its row in the matrix, None once it is deleted."""

    sequence: int
    place: int | None
    fingerprint: bytes
    project_ids: tuple[str, ...] = ()


class Row(NamedTuple):
    """A document that has a row in the matrix."""

    place: int
    id: str
    project_ids: tuple[str, ...]


class Table:
    """One connection to the table. Raises IndexUnusable when the file is damaged."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self._folder = folder
        path = folder / NAME
        if not create and not path.is_file():
            raise IndexUnusable(folder, f"{NAME} is missing")
        with self._damage_named():
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            if create:
                self._connection.executescript(_SCHEMA)
            self._connection.execute("SELECT count(*) FROM matrix").fetchone()

    def state(self) -> int:
        """A number that changes when another connection commits."""
        with self._damage_named():
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def places(self) -> tuple[int, list[Row]]:
        """Rows of the matrix, and every document that is there, in the order of the rows."""
        with self._damage_named():
            self._connection.execute("BEGIN")
            rows = int(self._connection.execute("SELECT rows FROM matrix").fetchone()[0])
            query = "SELECT place, id, project_ids FROM documents WHERE place IS NOT NULL ORDER BY place"
            live = self._connection.execute(query).fetchall()
            self._connection.execute("COMMIT")
        return rows, [Row(place, document_id, tuple(json.loads(about))) for place, document_id, about in live]

    def known(self, ids: Iterable[str]) -> dict[str, Known]:
        """What is known of these documents, deleted ones too."""
        wanted, found = list(dict.fromkeys(ids)), {}
        with self._damage_named():
            for start in range(0, len(wanted), _CHUNK):
                chunk = wanted[start : start + _CHUNK]
                marks = ",".join("?" * len(chunk))
                query = f"SELECT id, sequence, place, fingerprint, project_ids FROM documents WHERE id IN ({marks})"
                for document_id, sequence, place, fingerprint, about in self._connection.execute(query, chunk):
                    found[document_id] = Known(sequence, place, fingerprint, tuple(json.loads(about)))
        return found

    def last_sequence(self) -> int:
        """The highest sequence of a state or a deletion."""
        with self._damage_named():
            return int(self._connection.execute("SELECT coalesce(max(sequence), 0) FROM documents").fetchone()[0])

    def put(self, states: Iterable[tuple[str, Known]], rows: int) -> None:
        """Replaces what is known of documents, and the number of rows; durable when it returns."""
        with self._damage_named():
            self._connection.execute("BEGIN IMMEDIATE")
            upsert = "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?)"
            rows_of = ((name, *known[:3], json.dumps(known.project_ids, ensure_ascii=False)) for name, known in states)
            self._connection.executemany(upsert, rows_of)
            self._connection.execute("UPDATE matrix SET rows = ?", (rows,))
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Lets go of the file."""
        self._connection.close()

    @contextmanager
    def _damage_named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise IndexUnusable(self._folder, f"{NAME} cannot be read or written ({error})") from error
        except sqlite3.DatabaseError as error:
            raise IndexUnusable(self._folder, f"{NAME} is damaged ({error})") from error
