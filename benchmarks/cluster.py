"""An Elasticsearch index of its own for a benchmark, gone when it is done."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from elasticsearch import Elasticsearch

from index import IndexEntry
from index.elastic import ElasticIndex, ElasticSettings

ALIAS = "minyi-benchmark"
_BATCH = 5_000


@contextmanager
def cluster_of(url: str, entries: Iterable[IndexEntry]) -> Iterator[ElasticIndex]:
    """An index on a server with these documents, merged to at most five segments; says how fast and how large."""
    cluster = ElasticIndex(ElasticSettings(urls=(url,), alias=ALIAS))
    source, count, started = iter(entries), 0, time.perf_counter()
    try:
        while batch := list(islice(source, _BATCH)):
            cluster.write(batch)
            cluster.commit()
            count += len(batch)
        rate = count / (time.perf_counter() - started)
        client = Elasticsearch(url, request_timeout=600)
        client.indices.forcemerge(index=ALIAS, max_num_segments=5)
        client.indices.flush(index=ALIAS)
        health = cluster.verify()
        print(f"build, {health.engine}: {rate:,.0f} documents/s", flush=True)
        print(f"disk, Elasticsearch: {health.bytes / count:,.0f} bytes/document", flush=True)
        yield cluster
    finally:
        cluster.remove()
