"""An index in partitions by month: every document lies in one of them, whatever happens to its date and who writes."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from elasticsearch import Elasticsearch

from index import Between, Change, Deletion, IndexEntry, IndexUnusable, Search
from index.elastic import ElasticIndex, ElasticSettings
from index.elastic.compile import compiled
from index.elastic.connection import connected
from index.elastic.partitions import partition_of
from index.elastic.rebuild import rebuild
from index.elastic.searching import LONGEST, Searcher
from index.elastic.versions import Versions
from index.query import All, And, Range, Text

MARCH, APRIL = datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 4, 9, tzinfo=UTC)


def letter(sequence: int, published_at: datetime | None, document_id: str = "d", body: str = "采石场") -> IndexEntry:
    return IndexEntry(id=document_id, sequence=sequence, title="", body=body, published_at=published_at)


@pytest.fixture
def by_month(settings: ElasticSettings, operator: Elasticsearch) -> Iterator[ElasticIndex]:
    """An empty index in partitions."""
    index = ElasticIndex(replace(settings, partition="month"))
    yield index
    index.remove()
    index.close()


def take(index: ElasticIndex, *changes: Change) -> int:
    won = index.write(changes)
    index.commit()
    return won


def lying(operator: Elasticsearch, index: ElasticIndex) -> dict[str, list[str]]:
    """The partitions of the live version with the documents that live in each."""
    found: dict[str, list[str]] = {}
    for name in operator.indices.get_alias(name=index.settings.alias):
        answer = operator.search(index=name, query={"term": {"state": "live"}}, size=100)
        found[name.partition("-v")[2]] = sorted(hit["_source"]["id"] for hit in answer["hits"]["hits"])
    return found


@pytest.mark.parametrize(
    ("moment", "partition"),
    [
        (None, "undated"),
        (datetime(2026, 2, 28, 15, 59, tzinfo=UTC), "2026-02"),
        (datetime(2026, 2, 28, 16, 0, tzinfo=UTC), "2026-03"),
        (datetime(1, 1, 1, tzinfo=UTC), "undated"),
        (datetime(9999, 12, 31, 23, tzinfo=UTC), "undated"),
    ],
)
def test_a_document_belongs_to_the_month_of_its_publication_in_beijing(moment: datetime | None, partition: str) -> None:
    assert partition_of(letter(1, moment)) == partition


def test_months_and_the_undated_lie_apart_and_are_searched_as_one(
    by_month: ElasticIndex, operator: Elasticsearch
) -> None:
    take(by_month, letter(1, MARCH, "m"), letter(2, APRIL, "a"), letter(3, None, "u"))
    assert lying(operator, by_month) == {"0001-2026-03": ["m"], "0001-2026-04": ["a"], "0001-undated": ["u"]}
    assert by_month.count(Text("采石场")) == 3 and set(by_month.get(["m", "a", "u"])) == {"m", "a", "u"}
    health = by_month.verify()
    assert (health.documents, health.last_sequence, health.problems) == (3, 3, ())


def test_a_changed_date_moves_the_document_and_back(by_month: ElasticIndex, operator: Elasticsearch) -> None:
    for sequence, moment in enumerate((MARCH, APRIL, None, MARCH), 1):
        assert take(by_month, letter(sequence, moment)) == 1
        assert by_month.get(["d"])["d"].published_at == moment and by_month.count(All()) == 1
    assert lying(operator, by_month) == {"0001-2026-03": ["d"], "0001-2026-04": [], "0001-undated": []}


def test_what_is_late_loses_also_in_another_partition(by_month: ElasticIndex) -> None:
    take(by_month, letter(5, MARCH))
    assert take(by_month, letter(3, APRIL), letter(4, None)) == 0
    assert take(by_month, Deletion("d", 4)) == 0 and by_month.count(All()) == 1
    assert take(by_month, Deletion("d", 6)) == 1 and by_month.count(All()) == 0
    assert take(by_month, letter(5, APRIL)) == 0 and by_month.count(All()) == 0
    assert take(by_month, letter(7, APRIL)) == 1 and by_month.get(["d"])["d"].published_at == APRIL


def test_what_was_entered_and_not_written_is_written_again(by_month: ElasticIndex, operator: Elasticsearch) -> None:
    """As when a writer dies between the ledger and the partition."""
    take(by_month, letter(1, MARCH))
    ledger = f"{by_month.settings.alias}-v0001"
    operator.index(index=ledger, id="d", document={"version": 4, "partitions": ["2026-03", "2026-04"]})
    assert take(by_month, letter(2, APRIL)) == 1
    assert lying(operator, by_month) == {"0001-2026-03": [], "0001-2026-04": ["d"], "0001-undated": []}


def test_of_writers_that_race_the_newest_state_is_left_and_nothing_else(
    by_month: ElasticIndex, operator: Elasticsearch
) -> None:
    rng = random.Random(5)
    moments = [datetime(2026, month, 3, tzinfo=UTC) for month in (1, 2, 3, 4)] + [None]
    changes = [letter(sequence, rng.choice(moments), f"d{sequence % 7}") for sequence in range(1, 200)]
    failures: list[BaseException] = []

    def write(portion: list[IndexEntry]) -> None:
        try:
            with ElasticIndex(by_month.settings) as index:
                for start in range(0, len(portion), 5):
                    index.write(portion[start : start + 5])
                    index.commit()
        except BaseException as error:
            failures.append(error)

    rng.shuffle(changes)
    threads = [threading.Thread(target=write, args=(changes[n::3],)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    newest = {change.id: change for change in sorted(changes, key=lambda change: change.sequence)}
    by_month.commit()
    operator.indices.refresh(index=by_month.settings.alias)
    assert by_month.get(newest) == newest and by_month.count(All()) == len(newest)
    assert sorted(one for some in lying(operator, by_month).values() for one in some) == sorted(newest)


def test_dates_in_a_search_leave_out_the_partitions_that_cannot_match(by_month: ElasticIndex) -> None:
    take(by_month, *(letter(n, datetime(2026, n, 15, tzinfo=UTC), f"d{n}") for n in range(1, 9)), letter(9, None, "u"))
    march = Between(ge=datetime(2026, 3, 1, tzinfo=UTC), lt=datetime(2026, 4, 1, tzinfo=UTC))
    for sort in ("newest", "relevance"):
        page = by_month.search(Search(query=Text("采石场"), filters={"published_at": march}, sort=sort))
        assert [hit.id for hit in page.hits] == ["d3"]
    tree = compiled(And((Text("采石场"), Range("published_at", ge=march.ge, lt=march.lt))), narrowed=True)
    with connected(by_month.settings) as client:
        shards = Searcher(client, by_month.settings).ask(query=tree, size=0, track_total_hits=True)["_shards"]
    assert (shards["total"], shards["skipped"]) == (9, 8)


def test_a_ranking_pages_through_more_partitions_than_a_cursor_can_carry(by_month: ElasticIndex) -> None:
    entries = [letter(n, datetime(2020 + n // 12, n % 12 + 1, 5, tzinfo=UTC), f"d{n:02}") for n in range(1, 25)]
    take(by_month, *entries)
    with connected(by_month.settings) as client:
        assert len(str(client.open_point_in_time(index=by_month.settings.alias, keep_alive="1m")["id"])) > LONGEST
    pages, after = [], None
    with ElasticIndex(by_month.settings) as another:
        for index in (by_month, by_month, another, by_month):
            page = index.search(Search(query=Text("采石场"), size=6, after=after))
            pages += [hit.id for hit in page.hits]
            after = page.next_cursor
    assert pages == [entry.id for entry in entries] and after is None


class Office:
    """A store as the index sees it."""

    def __init__(self, *changes: Change) -> None:
        self.changes = {change.id: change for change in changes}

    def read(self, after: int) -> list[Change]:
        return sorted((c for c in self.changes.values() if c.sequence > after), key=lambda c: c.sequence)


def test_a_rebuild_moves_all_partitions_at_once_and_forms_change_by_it(
    cluster_index: ElasticIndex, operator: Elasticsearch
) -> None:
    office = Office(letter(1, MARCH, "m"), letter(2, APRIL, "a"), letter(3, None, "u"), Deletion("gone", 4))
    whole = cluster_index.settings
    by_month = replace(whole, partition="month")
    assert rebuild(by_month, office.read).documents == 3
    assert lying(operator, cluster_index) == {"0002-2026-03": ["m"], "0002-2026-04": ["a"], "0002-undated": ["u"]}
    assert cluster_index.count(All()) == 3 and cluster_index.verify().problems == ()
    take(cluster_index, letter(5, APRIL, "m"))  # its own settings say nothing of partitions: the index says it
    office.changes["m"] = letter(5, APRIL, "m")
    assert lying(operator, cluster_index)["0002-2026-04"] == ["a", "m"]
    assert rebuild(by_month, office.read, keep_previous=False).documents == 3
    assert set(operator.indices.get(index=f"{whole.alias}-v*")) == {
        f"{whole.alias}-v0003{part}" for part in ("", "-2026-04", "-undated")
    }
    assert rebuild(whole, office.read, keep_previous=False).documents == 3
    assert lying(operator, cluster_index) == {"0004": ["a", "m", "u"]}


def test_a_writer_is_not_led_astray_by_a_rebuild(by_month: ElasticIndex, operator: Elasticsearch) -> None:
    """It begins a month in the old version while the new one is built, and its next commit finds the new one."""
    office = Office(letter(1, MARCH, "m"))
    take(by_month, letter(1, MARCH, "m"))
    late = letter(2, APRIL, "late")

    def read(after: int) -> list[Change]:
        if after == 1 and "late" not in office.changes:
            by_month.write([late])
            office.changes["late"] = late
            return []
        return office.read(after)

    with ElasticIndex(by_month.settings) as other:
        rebuild(by_month.settings, read, keep_previous=False)
        by_month.write([letter(3, datetime(2026, 5, 1, tzinfo=UTC), "may")])
        by_month.commit()
        assert other.count(All()) == 3
    assert lying(operator, by_month) == {
        "0002-2026-03": ["m"], "0002-2026-04": ["late"], "0002-2026-05": ["may"], "0002-undated": [],
    }  # fmt: skip


def test_a_version_that_is_not_live_gets_no_partition_into_the_alias(
    by_month: ElasticIndex, operator: Elasticsearch
) -> None:
    office = Office(letter(1, MARCH, "m"))
    rebuild(by_month.settings, office.read)
    versions = Versions(operator, by_month.settings)
    assert versions.partition(f"{by_month.settings.alias}-v0001", "2026-07").endswith("v0001-2026-07")
    assert versions.current() == f"{by_month.settings.alias}-v0002"
    assert versions.searched(f"{by_month.settings.alias}-v0002") == versions.named()


def test_a_partition_that_is_missing_a_document_never_becomes_live(
    by_month: ElasticIndex, operator: Elasticsearch
) -> None:
    office = Office(*(letter(n, MARCH, f"d{n}") for n in range(1, 20)))
    take(by_month, *office.read(0))

    def read(after: int) -> list[Change]:
        if after:
            half_built = f"{by_month.settings.alias}-v0002-2026-03"
            operator.indices.refresh(index=half_built)
            operator.delete(index=half_built, id="d7")
            return []
        return office.read(0)

    with pytest.raises(IndexUnusable, match="19 documents were written and 18 are there"):
        rebuild(by_month.settings, read)
    assert set(lying(operator, by_month)) == {"0001-2026-03", "0001-undated"}
    assert not operator.indices.exists(index=f"{by_month.settings.alias}-v0002")
