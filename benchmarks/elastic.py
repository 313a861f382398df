"""Elasticsearch against the embedded engine in one run: build rate, bytes a document, query classes, snapshot, restore.

    tests/elasticsearch/start.sh DEST DATA 9200 --jit
    python -m benchmarks.elastic --url http://127.0.0.1:9200 --sentences ../shared/data/petitions/*.jsonl.gz

The documents are those of ``benchmarks.search``. The server needs ``path.repo`` for the last two figures.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from elasticsearch import Elasticsearch

from benchmarks.search import BATCH, documents, median_ms, sentences, strings
from index import EmbeddedIndex, Search, SearchIndex
from index.elastic import ElasticIndex, ElasticSettings
from index.query import All, And, Text

ALIAS = "minyi-benchmark"
COMMON = ["问题", "小区", "领导", "希望", "居民", "政府"]


def main() -> None:
    """Builds both, asks both, prints one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--sentences", nargs="+", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=50_000)
    asked = parser.parse_args()
    pool = sentences(asked.sentences)
    entries = list(documents(pool, asked.documents))
    client = Elasticsearch(asked.url, request_timeout=300)
    cluster = ElasticIndex(ElasticSettings(urls=(asked.url,), alias=ALIAS))
    print(f"{len(entries)} documents, load {os.getloadavg()[0]:.1f}, {cluster.verify().engine}")
    with tempfile.TemporaryDirectory() as name:
        embedded = EmbeddedIndex(Path(name))
        for title, index in (("embedded", embedded), ("Elasticsearch", cluster)):
            started = time.perf_counter()
            for start in range(0, len(entries), BATCH):
                index.write(entries[start : start + BATCH])
                index.commit()
            print(f"build, {title}: {len(entries) / (time.perf_counter() - started):,.0f} documents/s")
        client.indices.forcemerge(index=ALIAS, max_num_segments=5)
        client.indices.flush(index=ALIAS)
        for title, index in (("embedded", embedded), ("Elasticsearch", cluster)):
            print(f"disk, {title}: {index.verify().bytes / len(entries):,.0f} bytes/document")
        for title, words, question in classes(pool):
            ours, theirs = (median_ms(partial(question, index), words) for index in (embedded, cluster))
            print(f"{title}: embedded {ours:.2f} ms; Elasticsearch {theirs:.2f} ms")
        embedded.close()
    snapshot_and_restore(client, cluster, len(entries))
    cluster.remove()


def classes(pool: list[str]) -> list[tuple[str, list[str], Callable[[SearchIndex, str], object]]]:
    """Query classes: what is asked, of which words."""
    two, six = strings(pool, 2, 20, 1), strings(pool, 6, 20, 2)
    facets = {"source_kind": 10, "project_ids": 50}
    return [
        ("two characters", two, lambda i, w: i.search(Search(query=Text(w)))),
        ("six characters, exact", six, lambda i, w: i.search(Search(query=Text(w)))),
        ("two words", COMMON, lambda i, w: i.search(Search(query=And((Text(w), Text("解决")))))),
        ("common word, newest first", COMMON, lambda i, w: i.search(Search(query=Text(w), sort="newest"))),
        ("two facets, no hits", COMMON, lambda i, w: i.search(Search(query=Text(w), size=0, facets=facets))),
        (
            "whole page",
            COMMON,
            lambda i, w: i.search(Search(query=Text(w), facets=facets, histogram="day", highlight=True)),
        ),
        ("origins of everything", [""], lambda i, w: i.search(Search(size=0, origins=True))),
    ]


def snapshot_and_restore(client: Elasticsearch, index: ElasticIndex, count: int) -> None:
    """The drill of docs/OPERATIONS.md with a clock."""
    client.snapshot.create_repository(name=ALIAS, repository={"type": "fs", "settings": {"location": ALIAS}})
    started = time.perf_counter()
    client.snapshot.create(
        repository=ALIAS, snapshot="drill", indices=f"{ALIAS}-v*", include_global_state=False, wait_for_completion=True
    )
    taken = time.perf_counter() - started
    client.indices.delete(index=f"{ALIAS}-v0001")
    started = time.perf_counter()
    client.snapshot.restore(repository=ALIAS, snapshot="drill", indices=f"{ALIAS}-v*", wait_for_completion=True)
    back = time.perf_counter() - started
    whole = index.count(All()) == count and not index.verify().problems
    print(f"snapshot {taken:.1f} s, restore {back:.1f} s, {'everything is back' if whole else 'SOMETHING IS MISSING'}")
    client.snapshot.delete(repository=ALIAS, snapshot="drill")
    client.snapshot.delete_repository(name=ALIAS)


if __name__ == "__main__":
    main()
