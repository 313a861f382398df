"""SQLite FTS5 with the documents of ``benchmarks.search``, as a program without a search engine would use it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from index import IndexEntry
from index.bigrams import fold, grams


def entry_of(stored: str) -> IndexEntry:
    """The document out of its row: both engines hand back the same thing."""
    fields = json.loads(stored)
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    return IndexEntry(**fields | {"published_at": datetime.fromisoformat(fields["published_at"])})


class Fts5:
    """The same documents in SQLite FTS5: bigrams in a contentless text column, facets in a table, rowid = order."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "fts.sqlite3"
        self.db = sqlite3.connect(self.file)
        self.db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "CREATE VIRTUAL TABLE fts USING fts5(text, content='', tokenize=\"unicode61 remove_diacritics 0\");"
            "CREATE TABLE doc(n INTEGER PRIMARY KEY, id TEXT, day INT, published INT, project TEXT, kind TEXT, json);"
            "CREATE INDEX by_time ON doc(published); CREATE INDEX by_project ON doc(project);"
        )

    def write(self, batch: Iterable[IndexEntry]) -> None:
        """One transaction."""
        texts, rows = [], []
        for entry in batch:
            moment = entry.published_at
            assert moment is not None
            texts.append((entry.sequence, self.terms(entry.text)))
            fields = {name: getattr(entry, name) for name in IndexEntry.__dataclass_fields__}
            stored = json.dumps(fields | {"published_at": str(moment)}, ensure_ascii=False)
            when = int(moment.timestamp())
            day = (when + 28800) // 86400
            rows.append((entry.sequence, entry.id, day, when, entry.project_ids[0], entry.source_kind, stored))
        with self.db:
            self.db.executemany("INSERT INTO fts(rowid, text) VALUES (?, ?)", texts)
            self.db.executemany("INSERT INTO doc VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    @staticmethod
    def terms(text: str) -> str:
        """Bigrams of runs of letters, for unicode61 would split at anything else."""
        return " ".join(term for term in grams(fold(text)).split(" ") if term.isalnum())

    def finish(self) -> None:
        """Merges and truncates the log, so that the size is fair."""
        self.db.execute("INSERT INTO fts(fts) VALUES ('optimize')")
        self.db.commit()
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def match(self, *words: str) -> str:
        """The FTS5 expression for exact strings that all must occur."""
        return " AND ".join(f'"{self.terms(word)}"' for word in words)

    def near(self, first: str, second: str, slop: int) -> str:
        """The FTS5 expression for two strings with at most ``slop`` characters between them, in either order."""
        return f'NEAR("{self.terms(first)}" "{self.terms(second)}", {slop + 1})'

    def top(self, match: str, *, order: str = "bm25(fts)", where: str = "") -> object:
        """Count and the first twenty, with their documents."""
        join = f"FROM fts JOIN doc ON doc.n = fts.rowid WHERE fts MATCH ? {where}"
        counted = join if where else "FROM fts WHERE fts MATCH ?"
        total = self.db.execute(f"SELECT count(*) {counted}", (match,)).fetchone()
        found = self.db.execute(f"SELECT json {join} ORDER BY {order} LIMIT 20", (match,)).fetchall()
        return total, [entry_of(stored) for (stored,) in found]

    def counted(self, match: str, column: str) -> object:
        """Documents by a column's value."""
        sql = f"SELECT {column}, count(*) FROM fts JOIN doc ON doc.n = fts.rowid WHERE fts MATCH ? GROUP BY 1"
        return self.db.execute(sql, (match,)).fetchall()
