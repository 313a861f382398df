from __future__ import annotations

import pytest
from letters import DAM, ROAD

from index.query import And, Range, Term, Text, parse
from pipeline.store import Store, StoreConflict, UnknownRecord

QUERY = parse("采石场 -点赞 published:last30d escalation:>=2 地区:9902")


@pytest.fixture
def desk(store: Store) -> Store:
    store.upsert_projects([ROAD, DAM])
    return store


def test_a_saved_search_comes_back_as_the_same_tree(desk: Store):
    assert desk.save_search(ROAD.id, "扬尘", "assessor", QUERY) is True
    saved = desk.saved_search(ROAD.id, "扬尘")
    assert (saved.name, saved.project_id, saved.owner_role, saved.query) == ("扬尘", ROAD.id, "assessor", QUERY)
    assert saved.saved_at.tzinfo is not None
    assert Range("published_at", last_days=30) in saved.query.parts


def test_its_owner_may_change_it_and_no_other_role(desk: Store):
    desk.save_search(ROAD.id, "扬尘", "assessor", QUERY)
    assert desk.save_search(ROAD.id, "扬尘", "assessor", Text("噪音")) is False
    with pytest.raises(StoreConflict, match="belongs to the role assessor"):
        desk.save_search(ROAD.id, "扬尘", "supervisor", Text("水"))
    assert desk.saved_search(ROAD.id, "扬尘").query == Text("噪音")
    assert desk.forget_search(ROAD.id, "扬尘", "supervisor") is False
    assert desk.forget_search(ROAD.id, "扬尘", "assessor") is True
    assert desk.saved_search(ROAD.id, "扬尘") is None


def test_each_project_has_its_own_names(desk: Store):
    desk.save_search(ROAD.id, "乙", "assessor", Text("水"))
    desk.save_search(ROAD.id, "甲", "assessor", Text("电"))
    desk.save_search(DAM.id, "甲", "supervisor", And((Text("坝"), Term("factors", ("dust",)))))
    assert {saved.name for saved in desk.saved_searches(ROAD.id)} == {"甲", "乙"}
    assert len(desk.saved_searches()) == 3 and desk.saved_search(DAM.id, "乙") is None


def test_there_is_no_search_without_its_project_or_for_an_unknown_role(desk: Store):
    with pytest.raises(UnknownRecord, match="E151"):
        desk.save_search("nowhere", "水", "assessor", Text("水"))
    with pytest.raises(ValueError, match="E158"):
        desk.save_search(ROAD.id, "水", "superuser", Text("水"))
