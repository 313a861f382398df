"""The embedded index at a million documents, and beside SQLite FTS5 (and Elasticsearch) at fewer, in one run.

    python -m benchmarks.search --sentences ../shared/data/petitions/*.jsonl.gz
    python -m benchmarks.search --sentences … --folder /var/tmp/minyi-search [--url http://127.0.0.1:9200]

Documents are recombined from the sentences of the files (mean 255 characters) with made-up facets and two years of
dates. ``--folder`` keeps what was built, and asks again without building. FTS5 gets the same bigrams in its text column
and the same facets in a table beside it. A class asks at least thirty words, each five times: median and 95th
percentile over the words of the best run, and the 95th percentile of all runs. ``--url`` names a server that
``tests/elasticsearch/start.sh DEST DATA 9200 --jit`` started.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks.cluster import cluster_of
from benchmarks.fts5 import Fts5
from benchmarks.questions import Question, Times, asked_of, percentile, questions, timed
from benchmarks.questions import strings as strings
from index import EmbeddedIndex, IndexEntry
from index.rebuild import rebuild

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
    """Recombined documents, the same for the same pool and count: 255 characters on average, half below 195."""
    chance = random.Random(20260101)
    for number in range(count):
        length = min(2000, max(40, int(chance.lognormvariate(5.27, 0.73))))
        title = chance.choice(pool)[: min(22, length // 3)]
        body = ""
        while len(body) < length - len(title):
            body += chance.choice(pool)
        yield IndexEntry(
            id="d" + hashlib.blake2b(number.to_bytes(8, "big"), digest_size=12).hexdigest(),
            sequence=number + 1,
            title=title,
            body=body[: length - len(title)],
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


def size_of(folder: Path) -> int:
    """Bytes below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def built(folder: Path, pool: list[str], count: int) -> EmbeddedIndex:
    """An index of so many documents in a folder, built unless it is there; says how fast and how large."""
    if not (folder / "CURRENT").exists():
        started, cpu = time.perf_counter(), time.process_time()

        def tell(done: int) -> None:
            if done % 50_000 == 0:
                rate = done / (time.perf_counter() - started)
                print(
                    f"  {done:,} documents, {rate:,.0f}/s, load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True
                )

        rebuild(folder, lambda after: documents(pool, count) if after == 0 else (), progress=tell)
        wall, used = time.perf_counter() - started, time.process_time() - cpu
        rates = f"{count / wall:,.0f} documents/s, {count / used:,.0f} per CPU second"
        print(f"build, {count:,} documents: {rates}, load {os.getloadavg()[0]:.1f}", flush=True)
    segments = len(list(folder.glob("v*/*.store")))
    print(
        f"disk, {count:,} documents: {size_of(folder) / count:,.0f} bytes/document in {segments} segments", flush=True
    )
    return EmbeddedIndex(folder)


def visible(index: EmbeddedIndex, folder: Path, pool: list[str]) -> Times:
    """From the beginning of a commit of 500 changes until another reader finds them, in milliseconds."""
    reader, waits = EmbeddedIndex(folder), []
    batch = list(islice(documents(pool, 500), 500))
    for _ in range(10):
        last = index.last_sequence()
        index.write(replace(entry, sequence=last + number) for number, entry in enumerate(batch, start=1))
        started = time.perf_counter()
        index.commit()
        while reader.last_sequence() == last:
            time.sleep(0.001)
        waits.append((time.perf_counter() - started) * 1e3)
    reader.close()
    return Times(statistics.median(waits), percentile(waits), percentile(waits))


def fts_of(folder: Path, pool: list[str], count: int) -> Fts5:
    """FTS5 with so many documents, built unless it is there."""
    there = (folder / "built").exists()
    folder.mkdir(parents=True, exist_ok=True)
    fts = Fts5(folder)
    if not there:
        started, source = time.perf_counter(), documents(pool, count)
        while batch := list(islice(source, BATCH)):
            fts.write(batch)
        print(f"build, FTS5: {count / (time.perf_counter() - started):,.0f} documents/s", flush=True)
        fts.finish()
        (folder / "built").touch()
    print(f"disk, FTS5: {size_of(folder) / count:,.0f} bytes/document", flush=True)
    return fts


def main() -> None:
    """Builds, asks, prints one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", nargs="+", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--beside", type=int, default=100_000, help="documents beside FTS5 and Elasticsearch")
    parser.add_argument("--folder", type=Path, help="keep what is built here, and use what is there")
    parser.add_argument("--url", help="an Elasticsearch to compare with")
    asked = parser.parse_args()
    pool = sentences(asked.sentences)
    with tempfile.TemporaryDirectory() as name:
        folder = asked.folder or Path(name)
        classes = questions(pool)
        print("milliseconds: median / p95 over the words (best of five) / p95 of all runs")
        with built(folder / f"minyi-{asked.documents}", pool, asked.documents) as index:
            for one in classes:
                mine = asked_of(index, one)
                print(f"{one.title}: {mine}; load {os.getloadavg()[0]:.1f}", flush=True)
            seen = visible(index, folder / f"minyi-{asked.documents}", pool)
            print(f"500 changes committed and visible to another reader: {seen}", flush=True)
        if asked.beside:
            beside(folder, pool, asked.beside, classes, asked.url)


def beside(folder: Path, pool: list[str], count: int, classes: list[Question], url: str | None) -> None:
    """The same questions to the embedded index, FTS5 and Elasticsearch over the same documents, in turn."""
    fts = fts_of(folder / f"fts5-{count}", pool, count)
    with ExitStack() as stack:
        index = stack.enter_context(built(folder / f"minyi-{count}", pool, count))
        cluster = stack.enter_context(cluster_of(url, documents(pool, count))) if url else None
        for one in classes:
            mine, theirs = asked_of(index, one), timed(partial(one.other, fts), one.words)
            line = f"{one.title}: {mine}; FTS5 {theirs}, ratio {theirs.median / mine.median:.1f}"
            if cluster is not None:
                line += f"; Elasticsearch {asked_of(cluster, one)}"
            print(line, flush=True)


if __name__ == "__main__":
    main()
