"""What was deleted leaves the segments of the cluster in bounded time, and earlier versions go with it."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from elasticsearch import Elasticsearch

from index import Deletion, IndexEntry
from index.elastic import ElasticIndex
from index.elastic.rebuild import rebuild
from index.query import All

RARE = "龘龖灪"


def letters() -> list[IndexEntry]:
    return [IndexEntry(id=f"d{n}", sequence=n, title="", body=RARE if n == 7 else "采石场") for n in range(1, 41)]


def held(operator: Elasticsearch, index: ElasticIndex) -> tuple[int, int]:
    """Documents that the segments of all versions hold: those there, those deleted."""
    docs = operator.indices.stats(index=f"{index.settings.alias}-v*", metric="docs")["_all"]["total"]["docs"]
    return int(docs["count"]), int(docs["deleted"])


def vacuumed(index: ElasticIndex) -> None:
    """Asks until nothing is left, as one run of the work after the other does: the cluster looks every 30 seconds."""
    until = time.monotonic() + 300
    while not index.vacuum():
        assert time.monotonic() < until, "what was deleted is still there"
        time.sleep(2)


@pytest.fixture
def index(cluster_index: ElasticIndex) -> ElasticIndex:
    """Forty letters."""
    cluster_index.write(letters())
    cluster_index.commit()
    return cluster_index


def test_a_deleted_document_leaves_the_segments(index: ElasticIndex, operator: Elasticsearch) -> None:
    index.write([Deletion("d7", 50)])
    index.commit()
    assert held(operator, index) == (40, 1), "it is gone by itself: this proves nothing"
    vacuumed(index)
    assert held(operator, index) == (40, 0) and index.count(All()) == 39
    assert index.write(letters()) == 0 and index.verify().problems == ()


def test_earlier_versions_go_with_it_but_not_one_that_is_being_built(
    index: ElasticIndex, operator: Elasticsearch
) -> None:
    alias = index.settings.alias
    rebuild(index.settings, lambda after: letters() if after == 0 else [])
    building = {"building": datetime.now(UTC).isoformat()}
    operator.indices.create(index=f"{alias}-v0003", mappings={"_meta": building})
    assert not index.vacuum()
    assert sorted(operator.indices.get(index=f"{alias}-v*")) == [f"{alias}-v0002", f"{alias}-v0003"]
    operator.indices.delete(index=f"{alias}-v0003")
    vacuumed(index)
    assert index.count(All()) == 40
