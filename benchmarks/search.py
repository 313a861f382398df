"""The embedded index against SQLite FTS5 in one run: build rate, bytes a document, medians of query classes.

    python -m benchmarks.search --sentences ../shared/data/petitions/*.jsonl.gz [--documents 20000]

Documents are recombined from the sentences of the files (mean about 255 characters) with made-up facets and two years
of dates; FTS5 gets the same bigrams in its text column and the same facets in a table beside it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from index import Between, EmbeddedIndex, IndexEntry, Search
from index.bigrams import fold, grams
from index.query import All, And, Query, Text

START = datetime(2024, 1, 1, tzinfo=UTC)
BATCH = 5_000


def sentences(files: list[Path]) -> list[str]:
    """Distinct sentences of 8 to 80 characters."""
    found: dict[str, None] = {}
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                found.update(dict.fromkeys(re.findall(r"[^。！？!?\n]{8,80}[。！？!?]", row.get("text") or "")))
    return list(found)


def documents(pool: list[str], count: int) -> Iterator[IndexEntry]:
    """Recombined documents, the same for the same pool and count."""
    chance = random.Random(20260101)
    for number in range(count):
        length = min(900, max(60, int(chance.lognormvariate(5.35, 0.6))))
        body = ""
        while len(body) < length:
            body += chance.choice(pool)
        yield IndexEntry(
            id=f"d{number:024x}",
            sequence=number + 1,
            title=chance.choice(pool)[:22],
            body=body[:length],
            published_at=START + timedelta(seconds=chance.randrange(730 * 86400)),
            source_kind=chance.choice(("petition", "weibo", "news", "hotline")),
            source=f"source{chance.randrange(20)}",
            genre=chance.choice(("petition", "post", "news", "reply")),
            attitude=chance.choice(("negative", "negative", "neutral", "positive")),
            is_grievance=chance.random() < 0.6,
            factors=tuple(chance.sample([f"factor{n}" for n in range(40)], chance.randrange(4))),
            escalation=chance.choice((0, 0, 0, 1, 2, 3)),
            region_codes=(f"99{chance.randrange(1, 20):02d}{chance.randrange(1, 30):02d}{chance.randrange(1, 5):03d}",),
            project_ids=(f"project{int(chance.paretovariate(1)) % 50}",),
        )


def strings(pool: list[str], length: int, count: int, seed: int) -> list[str]:
    """Random strings of Han characters out of the sentences."""
    chance, found = random.Random(seed), []
    while len(found) < count:
        sentence = chance.choice(pool)
        start = chance.randrange(max(1, len(sentence) - length))
        string = sentence[start : start + length]
        if len(string) == length and all("一" <= c <= "鿿" for c in string):
            found.append(string)
    return found


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

    def write(self, batch: list[IndexEntry]) -> None:
        """One transaction."""
        texts, rows = [], []
        for entry in batch:
            moment = entry.published_at or START
            texts.append((entry.sequence, self.terms(entry.text)))
            fields = {name: getattr(entry, name) for name in IndexEntry.__dataclass_fields__}
            stored = json.dumps(fields | {"published_at": str(moment)}, ensure_ascii=False)
            when = int(moment.timestamp())
            rows.append(
                (
                    entry.sequence,
                    entry.id,
                    (when + 28800) // 86400,
                    when,
                    entry.project_ids[0],
                    entry.source_kind,
                    stored,
                )
            )
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

    def top(self, *words: str, where: str = "") -> object:
        """Count and the best twenty, with their documents."""
        db, match = self.db, self.match(*words)
        join = f"FROM fts JOIN doc ON doc.n = fts.rowid WHERE fts MATCH ? {where}"
        total = db.execute(f"SELECT count(*) {join}", (match,)).fetchone()
        return total, db.execute(f"SELECT id, json {join} ORDER BY bm25(fts) LIMIT 20", (match,)).fetchall()

    def newest(self, word: str) -> object:
        """Count and the newest twenty."""
        total = self.db.execute("SELECT count(*) FROM fts WHERE fts MATCH ?", (self.match(word),)).fetchone()
        sql = (
            "SELECT id, json FROM fts JOIN doc ON doc.n = fts.rowid WHERE fts MATCH ? ORDER BY published DESC LIMIT 20"
        )
        return total, self.db.execute(sql, (self.match(word),)).fetchall()

    def counted(self, word: str, column: str) -> object:
        """Documents by a column's value."""
        sql = f"SELECT {column}, count(*) FROM fts JOIN doc ON doc.n = fts.rowid WHERE fts MATCH ? GROUP BY 1"
        return self.db.execute(sql, (self.match(word),)).fetchall()


def median_ms(ask: Callable[[str], object], words: list[str]) -> float:
    """Median over the words of the best of five runs, in milliseconds."""
    best = []
    for word in words:
        runs = []
        for _ in range(5):
            started = time.perf_counter()
            ask(word)
            runs.append(time.perf_counter() - started)
        best.append(min(runs) * 1e3)
    return statistics.median(best)


def size_of(folder: Path) -> int:
    """Bytes below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Builds both, asks both, prints one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", nargs="+", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=20_000)
    asked = parser.parse_args()
    pool = sentences(asked.sentences)
    entries = list(documents(pool, asked.documents))
    length = statistics.mean(len(entry.text) for entry in entries)
    print(f"{len(entries)} documents, {length:.0f} characters on average, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        ours, theirs = Path(name) / "minyi", Path(name) / "fts5"
        theirs.mkdir()
        index, fts = EmbeddedIndex(ours), Fts5(theirs)

        started, cpu = time.perf_counter(), time.process_time()
        for start in range(0, len(entries), BATCH):
            index.write(entries[start : start + BATCH])
            index.commit()
        wall, used = time.perf_counter() - started, time.process_time() - cpu
        index.close()
        started = time.perf_counter()
        for start in range(0, len(entries), BATCH):
            fts.write(entries[start : start + BATCH])
        fts_wall = time.perf_counter() - started
        fts.finish()
        n = len(entries)
        print(f"build: {n / wall:,.0f} documents/s ({n / used:,.0f} per CPU second); FTS5 {n / fts_wall:,.0f}/s")
        print(f"disk: {size_of(ours) / n:,.0f} bytes/document; FTS5 {size_of(theirs) / n:,.0f}")

        def ask(query: Query, **rest: object) -> object:
            return index.search(Search(query=query, **rest))  # type: ignore[arg-type]

        two, six, common = (
            strings(pool, 2, 30, 1),
            strings(pool, 6, 30, 2),
            ["问题", "小区", "领导", "希望", "居民", "政府"],
        )
        day = START + timedelta(days=365)
        noon, project = int(day.timestamp()), "project1"
        classes: list[tuple[str, list[str], Callable[[str], object], Callable[[str], object]]] = [
            ("two characters", two, lambda w: ask(Text(w)), fts.top),
            ("six characters, exact", six, lambda w: ask(Text(w)), fts.top),
            ("common word", common, lambda w: ask(Text(w)), fts.top),
            ("two words", common, lambda w: ask(And((Text(w), Text("解决")))), lambda w: fts.top(w, "解决")),
            (
                "common word, project and year",
                common,
                lambda w: ask(Text(w), filters={"project_ids": project, "published_at": Between(ge=day)}),
                lambda w: fts.top(w, where=f"AND project = '{project}' AND published >= {noon}"),
            ),
            ("common word, newest first", common, lambda w: ask(Text(w), sort="newest"), fts.newest),
            (
                "two facets, no hits",
                common,
                lambda w: ask(Text(w), size=0, facets={"source_kind": 10, "project_ids": 50}),
                lambda w: (fts.counted(w, "kind"), fts.counted(w, "project")),
            ),
            ("days, no hits", common, lambda w: ask(Text(w), size=0, histogram="day"), lambda w: fts.counted(w, "day")),
            (
                "whole page",
                common,
                lambda w: ask(Text(w), facets={"source_kind": 10, "project_ids": 50}, histogram="day", highlight=True),
                lambda w: (fts.top(w), fts.counted(w, "kind"), fts.counted(w, "project"), fts.counted(w, "day")),
            ),
        ]
        for title, words, mine, other in classes:
            fast, slow = median_ms(mine, words), median_ms(other, words)
            print(f"{title}: {fast:.2f} ms; FTS5 {slow:.2f} ms; ratio {slow / fast:.1f}")
        print(f"origins of everything: {median_ms(lambda _: ask(All(), size=0, origins=True), ['']):.1f} ms")
        index.close()


if __name__ == "__main__":
    main()
