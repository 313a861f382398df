from __future__ import annotations

from letters import DAM, ROAD

from pipeline.store import Store


def test_a_registry_reports_what_is_new_changed_and_unchanged(store: Store):
    assert store.upsert_projects([ROAD, DAM]) == (("quarry-road", "dam"), (), ())
    renamed = DAM.model_copy(update={"aliases": ("白鹭闸",)})
    assert store.upsert_projects([ROAD, renamed]) == ((), ("dam",), ("quarry-road",))
    assert store.project("dam") == renamed
    assert store.projects() == [renamed, ROAD]
    assert store.project("unknown") is None
