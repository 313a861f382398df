"""A project can be part of another one, and never of itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import DAM, ROAD
from pydantic import ValidationError

from pipeline.parents import ParentRefused, refused_parents, sub_projects
from pipeline.records import DecisionProject
from pipeline.store import Store


def part(project_id: str, parent: str | None) -> DecisionProject:
    return DecisionProject(id=project_id, name_zh="青石坳工程", parent_id=parent)


def test_a_part_may_be_registered_with_its_parent_and_before_it(store: Store):
    store.upsert_projects([DAM.model_copy(update={"parent_id": ROAD.id}), ROAD])
    assert store.project(DAM.id).parent_id == ROAD.id
    assert sub_projects(store.projects()) == {ROAD.id: (DAM.id,)}


@pytest.mark.parametrize("registry", [
    [part("a", "unknown")],
    [part("a", "b"), part("b", "a")],
    [part("a", "b"), part("b", "c"), part("c", "a")],
    [ROAD.model_copy(update={"parent_id": "a"}), part("a", ROAD.id)],
])  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_written(store: Store, registry: list[DecisionProject]):
    store.upsert_projects([ROAD])
    with pytest.raises(ParentRefused, match=r"E165: \w"):
        store.upsert_projects([DAM, *registry])
    assert store.projects() == [ROAD]


def test_a_later_file_cannot_close_a_circle(store: Store):
    store.upsert_projects([ROAD, DAM.model_copy(update={"parent_id": ROAD.id})])
    with pytest.raises(ParentRefused, match="E165: quarry-road is in the end part of itself"):
        store.upsert_projects([ROAD.model_copy(update={"parent_id": DAM.id})])


def test_nothing_is_part_of_itself():
    with pytest.raises(ValidationError, match="E165: a cannot be part of itself"):
        part("a", "a")
    assert part("a", " ").parent_id is None


NAMES = st.sampled_from("abcdef")


@given(st.dictionaries(NAMES, st.none() | NAMES), st.dictionaries(NAMES, st.none() | NAMES))
def test_what_is_not_refused_leads_to_a_top(registry, stored):
    known: dict[str, str | None] = dict.fromkeys(stored)
    projects = [part(key, parent) for key, parent in registry.items() if key != parent]
    refused = refused_parents(projects, known)
    kept = known | {one.id: one.parent_id for one in projects if one.id not in refused}
    for start in kept:
        seen, at = set(), start
        while at is not None:
            assert at in kept and at not in seen
            seen.add(at)
            at = kept[at]
