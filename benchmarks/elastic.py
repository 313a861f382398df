"""The drill of docs/OPERATIONS.md with a clock: a snapshot of an index on Elasticsearch, and its restore.

    tests/elasticsearch/start.sh DEST DATA 9200 --jit
    python -m benchmarks.elastic --url http://127.0.0.1:9200 --sentences ../shared/data/petitions/*.jsonl.gz

The documents are those of ``benchmarks.search``, which compares the answers. The server needs ``path.repo``.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from elasticsearch import Elasticsearch

from benchmarks.cluster import ALIAS, cluster_of
from benchmarks.search import documents, sentences
from index.elastic import ElasticIndex
from index.query import All


def main() -> None:
    """Builds, takes a snapshot, deletes, restores; prints one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--sentences", nargs="+", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=50_000)
    asked = parser.parse_args()
    print(f"{asked.documents} documents, load {os.getloadavg()[0]:.1f}")
    with cluster_of(asked.url, documents(sentences(asked.sentences), asked.documents)) as cluster:
        snapshot_and_restore(Elasticsearch(asked.url, request_timeout=300), cluster, asked.documents)


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
