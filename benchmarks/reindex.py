"""Building the index anew while it is searched and written: no search fails, nothing that was written is lost.

    python -m benchmarks.reindex --sentences ../shared/data/petitions/*.jsonl.gz [--documents 100000]
    python -m benchmarks.reindex --sentences … --url http://127.0.0.1:9200 [--partition month]

The documents are those of ``benchmarks.search``. Three threads of one process: one rebuilds, one searches without a
pause, one writes batches of twenty changes (new documents, new states of old ones with new dates, deletions) and
commits each. Ends with code 1 if a search or a write failed, or if the new version is not what was written.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks.search import BATCH, START, documents, sentences, strings
from index import Change, Deletion, EmbeddedIndex, IndexEntry, Search, SearchIndex
from index.elastic import ElasticIndex, ElasticSettings
from index.elastic.rebuild import rebuild as rebuild_on_cluster
from index.query import All, Text
from index.rebuild import rebuild

AT_ONCE = 20
"""Changes in one commit of the writer."""


class Archive:
    """What is filed: the latest change of every document, as a rebuild reads it."""

    def __init__(self, entries: list[IndexEntry]) -> None:
        self._lock = threading.Lock()
        self.latest: dict[str, Change] = {entry.id: entry for entry in entries}
        self.sequence = len(entries)

    def read(self, after: int) -> list[Change]:
        """Every document's latest change above a sequence."""
        with self._lock:
            return sorted((c for c in self.latest.values() if c.sequence > after), key=lambda c: c.sequence)

    def changed(self, chance: random.Random, ids: list[str], pool: list[str]) -> list[Change]:
        """The next twenty changes: a tenth deletions, a third new documents, the rest new states with new dates."""
        changes: list[Change] = []
        with self._lock:
            for _ in range(AT_ONCE):
                self.sequence += 1
                known = self.latest[chance.choice(ids)]
                kind = chance.random()
                if kind < 0.1 or isinstance(known, Deletion):
                    change: Change = Deletion(known.id, self.sequence)
                else:
                    moment = START + timedelta(seconds=chance.randrange(730 * 86400))
                    change = replace(known, sequence=self.sequence, body=chance.choice(pool), published_at=moment)
                    if kind < 0.4:
                        change = replace(change, id=f"new{self.sequence}", origin_id="")
                self.latest[change.id] = change
                changes.append(change)
        return changes

    def alive(self) -> dict[str, IndexEntry]:
        """What is to be found in the end."""
        return {key: change for key, change in self.latest.items() if isinstance(change, IndexEntry)}


class Hands:
    """The threads that search and write until they are told to stop."""

    def __init__(self, archive: Archive, pool: list[str], searched: SearchIndex, written: SearchIndex) -> None:
        self.failures: list[BaseException] = []
        self.searches: list[float] = []
        self.writes: list[float] = []
        self._done = threading.Event()
        words, ids, chance = strings(pool, 2, 200, 1), list(archive.latest), random.Random(1)

        def search() -> None:
            word = words[len(self.searches) % len(words)]
            searched.search(Search(query=Text(word), sort="newest", facets={"source_kind": 4}))

        def write() -> None:
            written.write(archive.changed(chance, ids, pool))
            written.commit()

        self._threads = [
            threading.Thread(target=self._repeat, args=(search, self.searches)),
            threading.Thread(target=self._repeat, args=(write, self.writes)),
        ]

    def _repeat(self, action: Callable[[], None], seconds: list[float]) -> None:
        while not self._done.is_set():
            started = time.perf_counter()
            try:
                action()
            except Exception as error:
                self.failures.append(error)
            seconds.append(time.perf_counter() - started)

    def __enter__(self) -> Hands:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()


def main() -> None:
    """Fills an index, rebuilds it under load, compares, prints one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", nargs="+", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--url", help="an Elasticsearch; without it the embedded engine")
    parser.add_argument("--partition", choices=("none", "month"), default="none")
    asked = parser.parse_args()
    pool = sentences(asked.sentences)
    archive = Archive(list(documents(pool, asked.documents)))
    with ExitStack() as stack:
        if asked.url:
            cluster = ElasticSettings(urls=(asked.url,), alias="minyi-reindex-benchmark", partition=asked.partition)
            index = ElasticIndex(cluster)
            stack.callback(index.close)
            stack.callback(index.remove)
            reader: SearchIndex = stack.enter_context(ElasticIndex(cluster))
            sound = measured(archive, pool, index, reader, lambda: rebuild_on_cluster(cluster, archive.read).documents)
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            own = stack.enter_context(EmbeddedIndex(folder))
            reader = stack.enter_context(EmbeddedIndex(folder))
            sound = measured(archive, pool, own, reader, lambda: rebuild(folder, archive.read).documents)
    sys.exit(0 if sound else 1)


def measured(
    archive: Archive, pool: list[str], index: SearchIndex, reader: SearchIndex, build: Callable[[], int]
) -> bool:
    """Whether nothing failed and nothing was lost."""
    first = archive.read(0)
    for start in range(0, len(first), BATCH):
        index.write(first[start : start + BATCH])
        index.commit()
    print(f"{len(first)} documents, load {os.getloadavg()[0]:.1f}, {index.verify().engine}")
    with Hands(archive, pool, reader, index) as hands:
        started = time.perf_counter()
        built = build()
        seconds = time.perf_counter() - started
    for title, times in (("searches", hands.searches), ("commits of 20 changes", hands.writes)):
        p95 = statistics.quantiles(times, n=20)[-1] * 1000
        print(f"{title}: {len(times)}, p95 {p95:.0f} ms, longest {max(times) * 1000:.0f} ms")
    print(f"rebuild: {built} documents in {seconds:.1f} s ({built / seconds:,.0f}/s); failures: {len(hands.failures)}")
    alive = archive.alive()
    found = reader.get(alive)
    lost = sum(found.get(key) != entry for key, entry in alive.items())
    more = reader.count(All()) - len(alive)
    problems = reader.verify().problems
    print(f"{len(alive)} documents to be found; lost or old: {lost}; too many: {more}; problems: {len(problems)}")
    for failure in (*hands.failures[:3], *problems[:3]):
        print(f"! {failure!r}")
    return not (hands.failures or lost or more or problems)


if __name__ == "__main__":
    main()
