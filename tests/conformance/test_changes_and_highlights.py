"""Newer states win, deletions hold, highlights are the very characters, and what cannot be asked is refused."""

from __future__ import annotations

from typing import Any

import pytest
from archive import Archive, beijing

from index import Between, Deletion, IndexEntry, QueryError, Search
from index.query import All, And, Near, Not, Or, Range, Term, Text, Words


def state(sequence: int, body: str, document_id: str = "d") -> IndexEntry:
    return IndexEntry(id=document_id, sequence=sequence, title="", body=body)


def test_a_newer_state_replaces_the_older(archive: Archive) -> None:
    archive.take(state(1, "旧的说法"))
    archive.take(state(2, "新的说法"))
    assert archive.ids("旧的") == set() and archive.ids("新的") == {"d"} and archive.page().total == 1


def test_a_late_write_never_wins(archive: Archive) -> None:
    assert archive.take(state(5, "新的")) == 1
    assert archive.take(state(3, "旧的")) == 0
    assert archive.take(state(5, "同一个")) == 0
    assert archive.ids("新的") == {"d"} and archive.index.last_sequence() == 5


def test_within_one_batch_the_highest_sequence_wins(archive: Archive) -> None:
    assert archive.take(state(2, "二"), state(3, "三"), state(1, "一")) == 2
    assert archive.ids("三") == {"d"} and archive.page().total == 1


def test_the_same_write_again_changes_nothing(archive: Archive) -> None:
    archive.take(state(1, "说法"))
    archive.take(state(1, "说法"))
    assert archive.page("说法").total == 1


def test_a_deletion_holds_against_late_writes_and_yields_to_newer_ones(archive: Archive) -> None:
    archive.take(state(4, "说法"))
    archive.take(Deletion("d", 6))
    assert archive.ids() == set() and archive.index.get(["d"]) == {}
    archive.take(state(5, "说法"))
    assert archive.ids() == set()
    archive.take(state(7, "说法"))
    assert archive.ids() == {"d"}


def test_a_deletion_older_than_the_document_is_ignored(archive: Archive) -> None:
    archive.take(state(4, "说法"))
    assert archive.take(Deletion("d", 3)) == 0
    assert archive.ids() == {"d"}


def test_a_deletion_before_the_first_write_is_remembered(archive: Archive) -> None:
    archive.take(Deletion("d", 9))
    archive.take(state(8, "说法"))
    assert archive.ids() == set() and archive.page().total == 0 and archive.index.last_sequence() == 9


def test_documents_are_deleted_by_id_and_counted(changing_town: Archive) -> None:
    assert changing_town.index.delete(["dust", "dust", "nobody"]) == 1
    changing_town.index.commit()
    assert "dust" not in changing_town.ids() and changing_town.ids("扬尘") == {"dust-copy"}
    assert changing_town.facet("factors")["dust"] == 1
    assert changing_town.index.delete(["dust"]) == 0


def test_a_document_deleted_in_the_batch_that_wrote_it_is_gone(archive: Archive) -> None:
    archive.index.write([state(1, "说法")])
    assert archive.index.delete(["d"]) == 1
    assert archive.index.delete(["d"]) == 0
    archive.index.commit()
    assert archive.ids() == set()


def test_a_deleted_document_is_nowhere_in_the_counts(changing_town: Archive) -> None:
    changing_town.take(Deletion("smell", 100))
    assert changing_town.ids(Not(Text("采石场"))) == {"praise", "reply", "undated"}
    assert "odour" not in changing_town.facet("factors") and changing_town.histogram("month")["2026-03-01"] == 3
    assert changing_town.index.count(All()) == 7


def test_a_deleted_document_is_not_found_by_its_id_either(changing_town: Archive) -> None:
    changing_town.take(Deletion("smell", 100))
    wanted = Term("id", ("smell", "news"))
    assert changing_town.ids(wanted) == {"news"} and changing_town.index.count(wanted) == 1
    assert list(changing_town.index.members(wanted, "id")) == [("news", "news")]


def test_nothing_is_seen_before_the_commit(archive: Archive) -> None:
    archive.index.write([state(1, "说法")])
    assert archive.page().total == 0 and archive.index.last_sequence() == 0
    archive.index.commit()
    assert archive.page().total == 1 and archive.index.last_sequence() == 1


def test_what_was_written_comes_back_as_it_was(archive: Archive) -> None:
    entry = archive.file(
        "full", "标题\t“引”", "正文\n第二行", published_at=beijing(2026, 2, 3, 4, 5, 6), source_kind="news", source="晨报",
        genre="news", attitude="neutral", is_grievance=True, factors=("a", "b"), categories=("c",),
        stakeholder_groups=("g",), escalation=5, places=("石盘村",), region_codes=("990206",), project_ids=("p",),
        project_mentions=("q",), origin_id="other", is_origin=False,
    )  # fmt: skip
    assert archive.index.get(["full", "nobody"]) == {"full": entry}
    assert archive.page("第二行").hits[0].entry == entry


def test_a_sound_index_verifies(changing_town: Archive) -> None:
    changing_town.index.delete(["news"])
    changing_town.index.commit()
    health = changing_town.index.verify()
    assert health.problems == () and health.documents == 7 and health.last_sequence == 8 and health.bytes > 0


@pytest.mark.parametrize(
    ("typed", "document_id", "marked"),
    [
        ("采石场", "standard", ["采石场"]),
        ('"补偿标准"', "standard", ["补偿标准", "补偿标准"]),
        ("補償標準", "standard", ["补偿标准", "补偿标准"]),
        ("采石场 道路", "news", ["道路", "采石场", "道路"]),
        ("g99", "news", ["Ｇ９９"]),
        (Words("焚烧厂选址问题", share=0.5), "smell", ["焚烧厂选址", "焚烧厂"]),
        (Near("焚烧厂", "八百", 2), "smell", ["焚烧厂", "八百"]),
        (Text("焚烧厂", scope="title"), "smell", ["焚烧厂"]),
        (And((Text("臭气"), Not(Text("点赞")))), "smell", ["臭气"]),
        (Or((Text("臭气"), Text("气谁"))), "smell", ["臭气谁"]),
        (And((Text("臭气"), Text("谁来"))), "smell", ["臭气", "谁来"]),
        ("", "smell", []),
    ],
)
def test_highlights_are_the_characters_that_answer(
    town: Archive, typed: Any, document_id: str, marked: list[str]
) -> None:
    assert town.marked(typed, document_id) == marked


def test_nothing_is_marked_unless_asked(town: Archive) -> None:
    assert all(hit.highlights == () for hit in town.page("采石场").hits)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: Search(filters={"author": "x"}), "cannot be searched, counted or sorted by person \\(P-05\\)"),
        (lambda: Search(facets={"voice": 3}), "P-05"),
        (lambda: Search(filters={"colour": "x"}), "no field 'colour'.*expected one of"),
        (lambda: Search(facets={"id": 3}), "not counted by id"),
        (lambda: Search(facets={"factors": 0}), "1 to 10000 values"),
        (lambda: Search(size=-1), "0 to 1000 hits"),
        (lambda: Search(size=1001), "0 to 1000 hits"),
        (lambda: Search(sort="author"), "no order 'author'"),
        (lambda: Search(histogram="hour"), "no interval 'hour'"),
        (lambda: Search(filters={"factors": ()}), "has no value"),
        (lambda: Search(filters={"escalation": "2"}), "expected int"),
        (lambda: Search(filters={"is_grievance": "yes"}), "expected bool"),
        (lambda: Search(filters={"factors": 3}), "expected str"),
        (lambda: Search(filters={"published_at": "2026"}), "is a time: ask for a range"),
        (lambda: Search(filters={"published_at": Between()}), "at least one bound"),
        (lambda: Search(filters={"published_at": Between(ge=3)}), "3 is not a time"),
        (
            lambda: Search(filters={"published_at": Between(ge=beijing(2026, 1, 1).replace(tzinfo=None))}),
            "no time zone",
        ),
        (lambda: Search(filters={"factors": Between(ge=3)}), "has no order"),
        (lambda: Range("escalation", ge=beijing(2026, 1, 1)), "is not a number"),
        (lambda: Text(" \t"), "not blank"),
        (lambda: Words("长" * 1001), "at most 1000 characters"),
        (lambda: Near("补", "标准", 3), "two or more characters"),
        (lambda: Term("voice", ("x",)), "P-05"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(town: Archive, ask: Any, says: str) -> None:
    with pytest.raises(QueryError, match=says):
        town.index.search(ask())


def test_a_query_that_would_cost_too_much_is_refused(town: Archive) -> None:
    with pytest.raises(QueryError, match="more than 200 clauses"):
        town.ids(Or(tuple(Text(f"第{n}") for n in range(201))))


def test_members_of_a_person_cannot_be_listed(town: Archive) -> None:
    with pytest.raises(QueryError, match="P-05"):
        town.index.members(All(), "author")
