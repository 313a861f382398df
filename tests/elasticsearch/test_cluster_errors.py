"""What an operator reads when the cluster cannot serve: the address, what is wrong, and what to do."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from bottleneck import gateway, stranger
from elasticsearch import Elasticsearch

from index import IndexEntry, IndexUnusable, QueryError, Search
from index.elastic import ElasticIndex, ElasticSettings
from index.elastic.bulk import MAX_ITEMS
from index.elastic.connection import told
from index.elastic.documents import index_body
from index.elastic.searching import HELD
from index.errors import ClusterTrouble
from index.query import All, Text


def entries(count: int, start: int = 1) -> list[IndexEntry]:
    return [
        IndexEntry(id=f"d{n}", sequence=n, title="来信", body=f"采石场噪音第{n}封") for n in range(start, start + count)
    ]


def test_an_address_where_nothing_answers() -> None:
    with pytest.raises(ClusterTrouble, match=r"E605.*127\.0\.0\.1:9: nothing answers.*correct index_url"):
        ElasticIndex(ElasticSettings(urls=("http://127.0.0.1:9",)))


def test_another_product_is_not_taken_for_elasticsearch() -> None:
    document = json.dumps({"version": {"number": "9.1.0", "distribution": "other"}}).encode()
    with stranger(document) as url, pytest.raises(ClusterTrouble, match="is not Elasticsearch"):
        ElasticIndex(ElasticSettings(urls=(url,)))


def test_a_release_that_is_too_old_is_named() -> None:
    document = json.dumps({"version": {"number": "7.17.15"}}).encode()
    with (
        stranger(document, product="Elasticsearch") as url,
        pytest.raises(ClusterTrouble, match=r"release 7\.17\.15 is too old; 8\.2 or newer"),
    ):
        ElasticIndex(ElasticSettings(urls=(url,)))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"urls": ("cluster:9200",)}, "http://"),
        ({"urls": ()}, "http://"),
        ({"urls": ("http://a",), "alias": "Minyi"}, "no index name"),
        ({"urls": ("http://a",), "alias": "*"}, "no index name"),
        ({"urls": ("http://a",), "shards": 0}, "at least one shard"),
    ],
)
def test_settings_that_cannot_be_right_are_refused(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=f"E620.*{says}"):
        ElasticSettings(**wrong)  # type: ignore[arg-type]


def test_no_message_and_no_log_shows_a_secret() -> None:
    settings = ElasticSettings(urls=("http://minyi:geheim@127.0.0.1:9",), api_key="schluessel", password="wort")
    assert not {"schluessel", "wort"} & set(repr(settings).replace("'", " ").replace("=", " ").split())
    with pytest.raises(ClusterTrouble) as caught:
        ElasticIndex(settings)
    assert "geheim" not in str(caught.value)


def test_a_missing_authority_file_is_named(tmp_path: Path) -> None:
    settings = ElasticSettings(urls=("https://127.0.0.1:9",), ca_certificate=tmp_path / "ca.pem")
    with pytest.raises(ClusterTrouble, match=r"ca\.pem is not there.*check index_ca_certificate"):
        ElasticIndex(settings)


def test_a_server_without_tls_is_told_from_one_that_is_away(elastic_url: str) -> None:
    with pytest.raises(ClusterTrouble, match=r"no secure connection.*https://"):
        ElasticIndex(ElasticSettings(urls=(elastic_url.replace("http://", "https://"),)))


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ("index.blocks.write", "writes to the index are blocked.*goes on where it stopped"),
        ("index.blocks.read_only_allow_delete", "nearly full.*free space"),
        ("index.blocks.read_only", "read-only.*lift the block"),
    ],
)
def test_a_blocked_index_is_named_at_once_and_nothing_is_lost(
    cluster_index: ElasticIndex, operator: Elasticsearch, block: str, says: str
) -> None:
    cluster_index.write(entries(3))
    cluster_index.commit()
    operator.indices.put_settings(index=cluster_index.settings.alias, settings={block: True})
    with pytest.raises(ClusterTrouble, match=says):
        cluster_index.write(entries(3, start=4))
    assert cluster_index.count(All()) == 3
    assert any(block in problem for problem in cluster_index.verify().problems)
    operator.indices.put_settings(index=cluster_index.settings.alias, settings={block: None})
    assert cluster_index.write(entries(3, start=4)) == 3


def test_an_index_of_which_a_part_is_away_gives_an_error_and_not_half_an_answer(
    settings: ElasticSettings, operator: Elasticsearch
) -> None:
    body = index_body(settings)
    body["settings"]["index"] |= {"number_of_shards": 2, "routing.allocation.include._name": "nowhere"}
    name = f"{settings.alias}-v0001"
    operator.indices.create(index=name, aliases={settings.alias: {}}, wait_for_active_shards="0", **body)
    with ElasticIndex(settings) as index:
        with pytest.raises(ClusterTrouble, match=r"cluster red.*restore a snapshot.*minyi reindex"):
            index.search(Search(query=Text("采石场")))
        assert any("cluster red" in problem for problem in index.verify().problems)
        index.remove()


def test_an_index_that_was_removed_is_not_made_again_by_a_write(
    cluster_index: ElasticIndex, operator: Elasticsearch
) -> None:
    name = cluster_index.settings.alias
    operator.indices.delete(index=f"{name}-v0001")
    with pytest.raises(IndexUnusable, match=r"not there.*minyi reindex"):
        cluster_index.search(Search())
    with pytest.raises(IndexUnusable, match="minyi reindex"):
        cluster_index.write(entries(1))
    assert not operator.indices.exists(index=name)


@pytest.mark.parametrize("key", ["format", "schema", "analysis"])
def test_an_index_of_another_program_version_is_refused(
    settings: ElasticSettings, operator: Elasticsearch, key: str
) -> None:
    with ElasticIndex(settings) as index:
        name = f"{settings.alias}-v0001"
        meta = operator.indices.get_mapping(index=name)[name]["mappings"]["_meta"]
        operator.indices.put_mapping(index=name, meta=meta | {key: "other"})
        with pytest.raises(IndexUnusable, match=f"E604.*its {key} is 'other'.*rebuild it with `minyi reindex`"):
            ElasticIndex(settings)
        index.remove()


def test_an_index_under_the_name_of_the_alias_is_not_touched(
    settings: ElasticSettings, operator: Elasticsearch
) -> None:
    operator.indices.create(index=settings.alias)
    with pytest.raises(IndexUnusable, match="an index, not an alias, has that name"):
        ElasticIndex(settings)
    operator.indices.delete(index=settings.alias)


def test_a_query_beyond_the_limits_of_the_cluster_is_a_query_error(
    cluster_index: ElasticIndex, operator: Elasticsearch
) -> None:
    clauses = [{"term": {"body": f"{n:05d}"}} for n in range(20_000)]
    with pytest.raises(QueryError, match="costs more than the cluster allows"), told("here"):
        operator.search(index=cluster_index.settings.alias, query={"bool": {"should": clauses}})


@pytest.mark.parametrize("fate", ["refuse", "refuse items", "break off"])
def test_a_busy_or_broken_way_to_the_cluster_loses_and_doubles_nothing(
    settings: ElasticSettings, elastic_url: str, fate: str
) -> None:
    with gateway(elastic_url) as (url, through):
        index = ElasticIndex(ElasticSettings(urls=(url,), alias=settings.alias))
        through.planned.extend([fate, fate])
        assert index.write(entries(100)) == 100
        index.commit()
        assert index.count(All()) == 100 and not through.planned
        assert index.write(entries(100)) == 0
        index.remove()
        index.close()


def test_many_documents_go_in_requests_of_bounded_size(settings: ElasticSettings, elastic_url: str) -> None:
    with gateway(elastic_url) as (url, through):
        index = ElasticIndex(ElasticSettings(urls=(url,), alias=settings.alias))
        assert index.write(entries(2 * MAX_ITEMS + 1)) == 2 * MAX_ITEMS + 1
        assert through.bulks == 3
        huge = [IndexEntry(id=f"h{n}", sequence=10_000 + n, title="", body="水" * 1_000_000) for n in range(3)]
        assert index.write(huge) == 3
        assert through.bulks == 6
        index.remove()
        index.close()


def test_a_reader_of_many_rankings_holds_few_states_and_loses_no_page(
    cluster_index: ElasticIndex, operator: Elasticsearch
) -> None:
    cluster_index.write(entries(30))
    cluster_index.commit()
    search = Search(query=Text("采石场"), size=10)
    first = cluster_index.search(search)
    for _ in range(HELD + 5):
        cluster_index.search(search)
    second = cluster_index.search(replace(search, after=first.next_cursor))
    assert len({hit.id for hit in (*first.hits, *second.hits)}) == 20
    open_contexts = operator.indices.stats(index=cluster_index.settings.alias, metric="search")
    assert HELD - 5 < open_contexts["_all"]["total"]["search"]["open_contexts"] <= HELD + 1
