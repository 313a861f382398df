"""Saved searches hold no personal data, and match new documents of their project; offices are known by all their names."""

from __future__ import annotations

import pytest
from letters import DAM, ROAD

from index import IndexEntry
from index.query import Near, Query, Term, Text, Words, expand, parse
from models.taxonomy import taxonomy
from pipeline.saved import NotKept, matched, rules, save
from pipeline.store import Store
from pipeline.vocabulary import codes, other_names


@pytest.fixture
def desk(store: Store) -> Store:
    store.upsert_projects([ROAD, DAM])
    return store


PHONE = "13900001234"


@pytest.mark.parametrize(
    "query",
    [
        Text(PHONE),
        Words(f"请打{PHONE}联系"),
        Near(PHONE, "补偿", 3),
        Term("places", (PHONE,)),
        parse(f"水 -({PHONE} OR 电)"),
    ],
)
def test_personal_data_is_not_kept(desk: Store, query: Query):
    with pytest.raises(NotKept, match="E163") as caught:
        save(desk, ROAD.id, "扬尘", "assessor", query)
    assert PHONE not in str(caught.value) and desk.saved_searches() == []


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "长" * 101, f"联系{PHONE}"])
def test_a_name_is_short_printable_and_nobodys_number(desk: Store, name: str):
    with pytest.raises(NotKept, match="E163"):
        save(desk, ROAD.id, name, "assessor", Text("水"))


def test_a_saved_search_is_a_rule_on_its_own_project(desk: Store):
    assert save(desk, ROAD.id, "扬尘", "assessor", parse("扬尘 -点赞"))
    assert save(desk, DAM.id, "扬尘", "assessor", parse("扬尘 OR 噪音"))
    found = rules(desk)
    entry = IndexEntry(id="d", sequence=1, title="采石场扬尘", body="", project_ids=(ROAD.id,))
    assert found.matching(entry) == (f"{ROAD.id}/扬尘",)
    both = IndexEntry(id="d", sequence=1, title="扬尘", body="给干部点赞", project_ids=(ROAD.id, DAM.id))
    assert found.matching(both) == (f"{DAM.id}/扬尘",)


def test_new_documents_are_matched_against_the_saved_searches_of_their_projects(desk: Store):
    save(desk, ROAD.id, "扬尘/噪音", "assessor", parse("扬尘 OR 噪音"))
    save(desk, DAM.id, "扬尘", "supervisor", parse("扬尘"))
    new = [
        IndexEntry(id="b", sequence=1, title="采石场扬尘", body="", project_ids=(ROAD.id, DAM.id)),
        IndexEntry(id="a", sequence=2, title="夜里噪音", body="", project_ids=(ROAD.id,)),
        IndexEntry(id="c", sequence=3, title="扬尘", body="", project_ids=()),
    ]
    assert matched(desk, new) == {(ROAD.id, "扬尘/噪音"): ("b", "a"), (DAM.id, "扬尘"): ("b",)}
    assert matched(desk, []) == {}


def test_factors_are_known_by_their_chinese_names():
    for factor in taxonomy().factors.values():
        assert parse(f"因素:「{factor.name_zh}」", codes()) == Term("factors", (factor.code,))
        assert parse(f"factor:{factor.code}", codes()) == Term("factors", (factor.code,))


def test_groups_and_categories_are_known_by_their_chinese_names():
    for group in taxonomy().stakeholders.values():
        assert parse(f"群体:「{group.name_zh}」", codes()) == Term("stakeholder_groups", (group.code,))
    for category in taxonomy().categories.values():
        assert parse(f"类别:「{category.name_zh}」", codes()) == Term("categories", (category.code,))


def test_an_office_is_found_under_its_names_before_and_after_the_reform():
    names = other_names()
    assert "自然资源和规划局" in names["国土局"] and "国土局" in names["自然资源和规划局"]
    assert expand(parse("国土局"), names).parts[0] == Text("国土局")  # type: ignore[union-attr]
    assert all(name not in others for name, others in names.items())


@pytest.mark.parametrize("name", ["社区", "指挥部", "派出所", "街道", "村里"])
def test_words_that_name_thousands_of_bodies_have_no_other_names(name: str):
    assert name not in other_names()
