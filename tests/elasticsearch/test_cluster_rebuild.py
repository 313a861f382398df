"""Rebuilding beside the live index on a cluster: searches and writes go on, nothing is lost, half a build is never live."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest
from elasticsearch import Elasticsearch

from index import Change, Deletion, IndexBusy, IndexEntry, IndexUnusable
from index.elastic import ElasticIndex, ElasticSettings
from index.elastic.rebuild import rebuild
from index.query import All, Text


def entries(count: int, start: int = 1, body: str = "采石场噪音") -> list[IndexEntry]:
    return [
        IndexEntry(id=f"d{n}", sequence=n, title="来信", body=f"{body}第{n}封") for n in range(start, start + count)
    ]


class Office:
    """A store as the index sees it: the latest change of every document, in the order of sequences."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self.changes = {change.id: change for change in changes}

    def read(self, after: int) -> list[Change]:
        return sorted((c for c in self.changes.values() if c.sequence > after), key=lambda c: c.sequence)


def versions(operator: Elasticsearch, settings: ElasticSettings) -> list[str]:
    return sorted(
        name.removeprefix(settings.alias + "-") for name in operator.indices.get(index=f"{settings.alias}-v*")
    )


def test_a_rebuild_replaces_the_index_under_an_open_reader(cluster_index: ElasticIndex) -> None:
    cluster_index.write(entries(20))
    cluster_index.commit()
    with ElasticIndex(cluster_index.settings) as reader:
        assert reader.count(All()) == 20
        office = Office([*entries(30, body="新的说法"), Deletion("d5", 40)])
        built = rebuild(cluster_index.settings, office.read)
        assert (built.documents, built.last_sequence) == (29, 40)
        assert reader.count(Text("新的说法")) == 29 and reader.count(Text("采石场")) == 0
        assert reader.last_sequence() == 40 and reader.verify().problems == ()


def test_the_previous_version_stays_until_the_next_rebuild_or_goes_when_told(
    cluster_index: ElasticIndex, operator: Elasticsearch
) -> None:
    office = Office(entries(5))
    rebuild(cluster_index.settings, office.read)
    rebuild(cluster_index.settings, office.read)
    assert versions(operator, cluster_index.settings) == ["v0002", "v0003"]
    rebuild(cluster_index.settings, office.read, keep_previous=False)
    assert versions(operator, cluster_index.settings) == ["v0004"]


def test_a_rebuild_that_fails_leaves_the_live_index_alone(cluster_index: ElasticIndex, operator: Elasticsearch) -> None:
    cluster_index.write(entries(20))
    cluster_index.commit()

    def broken(after: int) -> Iterable[Change]:
        yield from entries(3)
        raise OSError("the store went away")

    with pytest.raises(OSError, match="went away"):
        rebuild(cluster_index.settings, broken)
    assert versions(operator, cluster_index.settings) == ["v0001"] and cluster_index.count(All()) == 20


def test_one_rebuild_at_a_time_and_a_dead_one_does_not_stand_in_the_way(
    cluster_index: ElasticIndex, operator: Elasticsearch
) -> None:
    def nested(after: int) -> Iterable[Change]:
        rebuild(cluster_index.settings, Office(entries(1)).read)
        return []

    with pytest.raises(IndexBusy, match="rebuilding"):
        rebuild(cluster_index.settings, nested)
    dead = f"{cluster_index.settings.alias}-v0007"
    operator.indices.create(index=dead, mappings={"_meta": {"building": "2026-01-01T00:00:00+00:00"}})
    rebuild(cluster_index.settings, Office(entries(1)).read)
    assert versions(operator, cluster_index.settings) == ["v0001", "v0008"]


@pytest.mark.parametrize("what", ["one is missing", "one is another"])
def test_a_version_that_does_not_hold_what_was_read_never_becomes_live(
    cluster_index: ElasticIndex, operator: Elasticsearch, what: str
) -> None:
    cluster_index.write(entries(2))
    cluster_index.commit()

    def read(after: int) -> Iterable[Change]:
        if after:
            half_built = f"{cluster_index.settings.alias}-v0002"
            operator.indices.refresh(index=half_built)
            if what == "one is missing":
                operator.delete(index=half_built, id="d7")
            else:
                stored = operator.get(index=half_built, id="d8")["_source"]
                operator.index(index=half_built, id="d7", document=stored | {"id": "d7", "sequence": 7})
            return []
        return entries(20)

    with pytest.raises(IndexUnusable, match=r"written|not what was"):
        rebuild(cluster_index.settings, read)
    assert versions(operator, cluster_index.settings) == ["v0001"] and cluster_index.count(All()) == 2


def test_a_writer_that_was_at_work_during_a_rebuild_goes_on_in_the_new_version(cluster_index: ElasticIndex) -> None:
    office = Office(entries(10))
    cluster_index.write(office.read(0))
    cluster_index.commit()
    cluster_index.write(entries(5, start=11))
    rebuild(cluster_index.settings, office.read)
    assert cluster_index.delete(["d1"]) == 1
    cluster_index.commit()
    assert cluster_index.count(All()) == 14 and cluster_index.last_sequence() == 15


def test_writes_and_searches_during_a_rebuild_lose_nothing(cluster_index: ElasticIndex) -> None:
    office = Office(entries(5_000))
    cluster_index.write(office.read(0))
    cluster_index.commit()
    failures: list[BaseException] = []
    done = threading.Event()

    with ElasticIndex(cluster_index.settings) as writer:

        def work() -> None:
            sequence = 5_000
            try:
                while not done.is_set():
                    sequence += 1
                    change: Change = IndexEntry(id=f"d{sequence}", sequence=sequence, title="", body="采石场后来的信")
                    if sequence % 7 == 0:
                        change = Deletion(f"d{sequence - 5_000}", sequence)
                    office.changes = office.changes | {change.id: change}
                    writer.write([change])
                    writer.commit()
                    assert writer.count(Text("采石场")) > 4_900
            except BaseException as error:
                failures.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        rebuild(cluster_index.settings, office.read)
        done.set()
        thread.join()
        assert failures == []
        alive = {c.id for c in office.changes.values() if isinstance(c, IndexEntry)}
        assert cluster_index.count(All()) == len(alive) == len(cluster_index.get(alive))
        assert cluster_index.last_sequence() == max(change.sequence for change in office.changes.values())


def test_a_rebuild_repairs_what_cannot_be_opened(cluster_index: ElasticIndex, operator: Elasticsearch) -> None:
    cluster_index.close()
    operator.indices.put_mapping(index=f"{cluster_index.settings.alias}-v0001", meta={"format": "other"})
    with pytest.raises(IndexUnusable, match="minyi reindex"):
        ElasticIndex(cluster_index.settings)
    rebuild(cluster_index.settings, Office(entries(7)).read)
    assert cluster_index.count(All()) == 7 and cluster_index.verify().problems == ()


def test_an_alias_on_two_indices_is_refused_and_mended_by_a_rebuild(
    cluster_index: ElasticIndex, operator: Elasticsearch
) -> None:
    name = cluster_index.settings.alias
    operator.indices.create(index=f"{name}-v0002", aliases={name: {}})
    with pytest.raises(IndexUnusable, match=r"the alias stands for .*-v0001, .*-v0002"):
        ElasticIndex(cluster_index.settings)
    rebuild(cluster_index.settings, Office(entries(7)).read)
    assert cluster_index.count(All()) == 7
