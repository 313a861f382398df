"""An index on a real cluster, by itself and with hands on the cluster behind it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from index.elastic import ElasticIndex, ElasticSettings


@pytest.fixture
def settings(elastic_url: str) -> ElasticSettings:
    """A name that no other test uses."""
    return ElasticSettings(urls=(elastic_url,), alias=f"t-{uuid4().hex[:12]}")


@pytest.fixture
def operator(elastic_url: str) -> Iterator[Elasticsearch]:
    """Someone with a client of their own on the cluster."""
    with Elasticsearch(elastic_url) as client:
        yield client


@pytest.fixture
def cluster_index(settings: ElasticSettings, operator: Elasticsearch) -> Iterator[ElasticIndex]:
    """An empty index, removed afterwards whatever was done to it."""
    index = ElasticIndex(settings)
    yield index
    index.close()
    for name in operator.indices.get(index=f"{settings.alias}-v*"):
        operator.indices.delete(index=name)
