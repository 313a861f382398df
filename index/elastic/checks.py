"""Whether the index on the cluster is whole: shards, blocks, and documents read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from index.base import Health
from index.elastic.compile import LIVE
from index.elastic.connection import told
from index.elastic.documents import engine_id
from index.elastic.paging import entry_of
from index.elastic.searching import Searcher
from index.elastic.settings import ElasticSettings
from index.elastic.versions import Versions
from index.errors import SearchError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

READ_BACK: Final = 100_000
"""Documents read back; of a larger index that many at random."""


def examined(client: Elasticsearch, settings: ElasticSettings, versions: Versions, searcher: Searcher) -> Health:
    """What is wrong with the live version; damage is reported, not raised."""
    engine = "Elasticsearch"
    try:
        with told(settings.where):
            engine = f"Elasticsearch {client.info()['version']['number']}"
        name = versions.examined()
        indices = versions.searched(name)
        problems = _cluster_problems(client, settings, indices)
        documents, last = _totals(searcher)
        problems += _misread(searcher, documents)
        with told(settings.where):
            stats = client.indices.stats(index=indices, metric="store")
        size = int(stats["_all"]["primaries"]["store"]["size_in_bytes"])
    except SearchError as error:
        return Health(engine, 0, 0, 0, (str(error),))
    return Health(engine, documents, last, size, tuple(problems))


def _cluster_problems(client: Elasticsearch, settings: ElasticSettings, indices: list[str]) -> list[str]:
    with told(settings.where):
        health = client.cluster.health(index=indices)
        blocks = client.indices.get_settings(index=indices, name="index.blocks.*", flat_settings=True)
    problems = []
    if health["status"] == "red":
        problems.append(f"{health['unassigned_shards']} shards have no node (cluster red)")
    found = {key: value for block in blocks.body.values() for key, value in block.get("settings", {}).items()}
    return problems + [f"writes are blocked by {key}" for key, value in found.items() if value == "true"]


def _totals(searcher: Searcher) -> tuple[int, int]:
    answer = searcher.ask(
        query={"match_all": {}},
        size=1,
        sort=[{"sequence": "desc"}],
        source=False,
        track_total_hits=True,
        aggregations={"live": {"filter": LIVE}},
    )
    hits = answer["hits"]["hits"]
    return int(answer["aggregations"]["live"]["doc_count"]), int(hits[0]["sort"][0]) if hits else 0


def _misread(searcher: Searcher, documents: int) -> list[str]:
    query: dict[str, Any] = {"bool": {"filter": [LIVE]}}
    if documents > READ_BACK:
        chance = READ_BACK / documents
        query = {
            "function_score": {"query": query, "random_score": {}, "boost_mode": "replace", "min_score": 1 - chance}
        }
    problems, read = [], 0
    for hit in searcher.scan(query, source=["id", "stored"]):
        read += 1
        try:
            entry = entry_of(hit)
        except SearchError as error:
            problems.append(str(error))
            continue
        if entry.id != hit["_source"]["id"] or engine_id(entry.id) != hit["_id"]:
            problems.append(f"{hit['_id']} holds the document {entry.id}")
    if documents <= READ_BACK and read != documents:
        problems.append(f"{documents} documents, of which {read} can be read")
    return problems
