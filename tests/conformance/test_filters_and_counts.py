"""Filters narrow, facets and histograms count, in documents and in origins, over days that begin at Beijing midnight."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from archive import Archive, beijing

from index import Between, IndexEntry
from index.query import All, Or, Range, Term, parse


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"source_kind": "weibo"}, {"dust-copy"}),
        ({"source_kind": ("weibo", "news")}, {"dust-copy", "news"}),
        ({"source": "热线"}, {"dust"}),
        ({"genre": "reply"}, {"reply"}),
        ({"attitude": "positive"}, {"praise"}),
        ({"is_grievance": True}, {"standard", "dust", "dust-copy", "smell"}),
        ({"is_grievance": False}, {"praise", "reply", "news", "undated"}),
        ({"factors": "noise"}, {"dust", "dust-copy"}),
        ({"factors": ("odour", "compensation_standard")}, {"smell", "standard"}),
        ({"categories": "environment", "is_origin": True}, {"dust", "smell"}),
        ({"stakeholder_groups": "land_losing_farmers"}, {"standard"}),
        ({"places": "清河湾小区"}, {"smell", "reply"}),
        ({"project_ids": "waste-plant"}, {"smell", "reply"}),
        ({"project_mentions": "quarry-road"}, {"news"}),
        ({"origin_id": "dust"}, {"dust", "dust-copy"}),
        ({"id": ("news", "nobody")}, {"news"}),
        ({"escalation": 2}, {"dust", "dust-copy"}),
        ({"escalation": Between(ge=2)}, {"dust", "dust-copy", "smell"}),
        ({"escalation": Between(gt=0, lt=3)}, {"standard", "dust", "dust-copy"}),
        ({"region_codes": "99"}, {"standard", "dust", "dust-copy", "smell", "praise", "reply", "news"}),
        ({"region_codes": "9902"}, {"standard", "dust", "dust-copy", "praise", "news"}),
        ({"region_codes": "990200"}, {"standard", "dust", "dust-copy", "praise", "news"}),
        ({"region_codes": "990206"}, {"standard", "dust", "dust-copy", "praise"}),
        ({"region_codes": "990206009"}, {"standard", "dust", "dust-copy", "praise"}),
        ({"region_codes": "9903"}, {"smell", "reply"}),
        ({"published_at": Between(lt=beijing(2026, 1, 6))}, {"news"}),
        ({"published_at": Between(ge=beijing(2026, 3, 3), lt=beijing(2026, 4, 1))}, {"dust-copy", "smell"}),
        ({"published_at": Between(gt=beijing(2026, 3, 3), le=beijing(2026, 4, 1))}, {"smell", "praise"}),
        ({"published_at": Between(ge=beijing(2027, 1, 1))}, set()),
        ({"source": "不存在"}, set()),
    ],
)
def test_a_filter_narrows_to_its_values(town: Archive, filters: dict[str, object], found: set[str]) -> None:
    assert town.ids(filters=filters) == found


def test_filters_and_words_apply_together(town: Archive) -> None:
    assert town.ids("采石场", filters={"is_origin": True, "genre": "petition"}) == {"standard", "dust"}


def test_a_filter_does_not_change_the_ranking(town: Archive) -> None:
    plain = {hit.id: hit.score for hit in town.page("采石场").hits}
    narrowed = {hit.id: hit.score for hit in town.page("采石场", filters={"is_grievance": True}).hits}
    assert narrowed == {name: plain[name] for name in narrowed}


def test_terms_and_ranges_are_also_part_of_queries(town: Archive) -> None:
    assert town.ids(Or((Term("genre", ("news",)), Range("escalation", ge=3)))) == {"news", "smell"}


def test_a_village_below_a_path_of_names_is_found_from_above(archive: Archive) -> None:
    archive.file("village", region_codes=("云州市/石盘镇/石盘村",))
    assert archive.ids(filters={"region_codes": "云州市/石盘镇"}) == {"village"}
    assert archive.ids(filters={"region_codes": "云州市/石"}) == set()


def test_facets_count_documents_by_value_most_first(town: Archive) -> None:
    page = town.page(facets={"factors": 10, "escalation": 10, "is_grievance": 2})
    assert [(b.value, b.documents) for b in page.facets["factors"]] == [
        ("dust", 2), ("noise", 2), ("compensation_standard", 1), ("odour", 1), ("siting", 1),
    ]  # fmt: skip
    assert town.facet("escalation") == {"0": 4, "1": 1, "2": 2, "3": 1}
    assert town.facet("is_grievance") == {"true": 4, "false": 4}


def test_a_facet_gives_no_more_values_than_asked(town: Archive) -> None:
    assert [b.value for b in town.page(facets={"factors": 1}).facets["factors"]] == ["dust"]


def test_facets_count_only_what_the_search_finds(town: Archive) -> None:
    assert town.facet("source_kind", "采石场", filters={"is_origin": True}) == {"petition": 1, "hotline": 1, "news": 1}


def test_a_region_facet_counts_every_level(town: Archive) -> None:
    assert town.facet("region_codes") == {
        "99": 7, "9902": 5, "990206": 4, "990206009": 4, "9903": 2, "990301": 2,
    }  # fmt: skip


def test_copies_of_one_letter_are_one_origin(town: Archive) -> None:
    page = town.page("扬尘", facets={"factors": 5}, histogram="month", origins=True)
    assert (page.total, page.origins) == (2, 1)
    assert [(b.value, b.documents, b.origins) for b in page.facets["factors"]] == [("dust", 2, 1), ("noise", 2, 1)]
    assert [(b.value, b.documents, b.origins) for b in page.histogram] == [("2026-03-01", 2, 1)]


def test_origins_are_not_counted_unless_asked(town: Archive) -> None:
    page = town.page(facets={"factors": 5})
    assert page.origins is None and page.facets["factors"][0].origins is None


def test_members_name_every_document_of_every_value(town: Archive) -> None:
    assert sorted(town.index.members(parse("采石场"), "factors")) == [
        ("compensation_standard", "standard"), ("dust", "dust"), ("dust", "dust-copy"),
        ("noise", "dust"), ("noise", "dust-copy"),
    ]  # fmt: skip
    assert sorted(town.index.members(Term("escalation", (3,)), "escalation")) == [("3", "smell")]


def test_members_go_on_past_one_batch(archive: Archive) -> None:
    entries = [
        IndexEntry(id=f"d{n}", sequence=n + 1, title="", body="水", factors=("a", "b", "c")) for n in range(7_000)
    ]
    archive.take(*entries)
    assert len(set(archive.index.members(All(), "factors"))) == 21_000


def test_days_begin_at_midnight_in_beijing(town: Archive) -> None:
    assert town.histogram("day", filters={"published_at": Between(ge=beijing(2026, 3, 1))}) == {
        "2026-03-01": 1, "2026-03-02": 1, "2026-03-03": 1, "2026-03-31": 1, "2026-04-01": 1, "2026-04-06": 1,
    }  # fmt: skip


def test_weeks_begin_on_monday_and_months_on_the_first(town: Archive) -> None:
    assert town.histogram("month") == {"2026-01-01": 1, "2026-03-01": 4, "2026-04-01": 2}
    assert town.histogram("week") == {
        "2026-01-05": 1, "2026-02-23": 1, "2026-03-02": 2, "2026-03-30": 2, "2026-04-06": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2025, 12, 31, 15, 59, 59, 999_999, tzinfo=UTC), "2025-12-31"),
        (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), "2026-01-01"),
        (datetime(2024, 2, 28, 16, 0, tzinfo=UTC), "2024-02-29"),
        (datetime(1970, 1, 1, tzinfo=UTC), "1970-01-01"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01"),
        (datetime(9999, 12, 31, 23, tzinfo=UTC), "9999-12-31"),
    ],
)
def test_a_moment_lands_on_its_beijing_day(archive: Archive, moment: datetime, day: str) -> None:
    archive.file("then", body="水", published_at=moment)
    assert archive.histogram("day") == {day: 1}
    assert archive.index.get(["then"])["then"].published_at == moment


def test_undated_documents_are_in_the_total_and_not_in_the_histogram(town: Archive) -> None:
    page = town.page(histogram="day")
    assert page.total == 8 and sum(bucket.documents for bucket in page.histogram) == 7


def test_a_search_for_counts_alone_returns_no_hits(town: Archive) -> None:
    page = town.page("采石场", size=0, facets={"source_kind": 5})
    assert page.hits == () and page.total == 4 and page.facets["source_kind"] and page.next_cursor is None
