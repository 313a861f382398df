from __future__ import annotations

import threading

import pytest
from letters import DAM, ROAD, candidate, decision

from pipeline.store import Store, StoreConflict, UnknownRecord

R1, R2, R3 = (candidate(number).id for number in (1, 2, 3))


@pytest.fixture
def office(store: Store) -> Store:
    store.upsert_projects([ROAD, DAM])
    return store


def test_a_run_that_finds_the_same_touches_nothing(office: Store):
    assert office.replace_candidates("quarry-road", [candidate(1), candidate(2)]).new == (R1, R2)
    before = office.risk_points("quarry-road")
    again = office.replace_candidates("quarry-road", [candidate(2), candidate(1)])
    assert again == ((), (), (R1, R2), (), ())
    assert office.risk_points("quarry-road") == before
    assert office.risk_points("quarry-road", before.next_cursor).rows == ()


def test_only_what_changed_is_reported_since_the_cursor(office: Store):
    office.replace_candidates("quarry-road", [candidate(1), candidate(2)])
    cursor = office.risk_points("quarry-road").next_cursor
    assert office.replace_candidates("quarry-road", [candidate(1), candidate(2, documents=5)]).changed == (R2,)
    page = office.risk_points("quarry-road", cursor)
    assert [(row.id, row.candidate.counts.documents) for row in page.rows] == [(R2, 5)]
    assert office.risk_points("quarry-road", page.next_cursor).rows == ()


def test_pages_together_give_every_risk_point_once(office: Store):
    office.replace_candidates("quarry-road", [candidate(number) for number in range(1, 8)])
    seen, cursor = [], None
    while (page := office.risk_points("quarry-road", cursor, limit=3)).rows:
        seen += [row.id for row in page.rows]
        cursor = page.next_cursor
    assert seen == [candidate(number).id for number in range(1, 8)]


def test_an_undecided_candidate_without_support_is_removed_and_readers_hear_of_it(office: Store):
    office.replace_candidates("quarry-road", [candidate(1), candidate(2)])
    cursor = office.risk_points("quarry-road").next_cursor
    assert office.replace_candidates("quarry-road", [candidate(1)]).removed == (R2,)
    [gone] = office.risk_points("quarry-road", cursor).rows
    assert (gone.id, gone.presence, gone.candidate) == (R2, "removed", None)
    assert office.risk_point(R2) is None
    assert [row.id for row in office.risk_points("quarry-road").rows] == [R1]
    assert office.replace_candidates("quarry-road", [candidate(1), candidate(2)]).new == (R2,)
    assert office.risk_point(R2).presence == "live"


def test_a_decided_candidate_without_support_is_withdrawn_and_stays_readable(office: Store):
    office.replace_candidates("quarry-road", [candidate(1)])
    office.add_decision(decision(1, R1, "accept"))
    assert office.replace_candidates("quarry-road", []).withdrawn == (R1,)
    assert office.replace_candidates("quarry-road", []) == ((), (), (), (), ())
    point = office.risk_point(R1)
    assert (point.presence, point.candidate.state) == ("withdrawn", "accepted")
    assert office.replace_candidates("quarry-road", [candidate(1)]).changed == (R1,)
    assert (office.risk_point(R1).presence, office.risk_point(R1).candidate.state) == ("live", "accepted")


def test_human_values_outlast_a_new_run_and_a_cleared_value_stays_cleared(office: Store):
    affected = {"min": 20, "max": 40, "unit": "household", "evidence": candidate(1).evidence[0].model_dump()}
    office.replace_candidates("quarry-road", [candidate(1, affected=affected)])
    office.add_decision(decision(1, R1, "edit", changes={"attention": "focus", "affected": None}))
    office.replace_candidates("quarry-road", [candidate(1, documents=9, affected={**affected, "max": 90})])
    point = office.risk_point(R1)
    assert (point.candidate.attention, point.candidate.affected) == ("focus", None)
    assert (point.candidate.counts.documents, point.candidate.state) == (9, "under_review")
    assert point.human == {"attention": "focus", "affected": None}


def test_a_decision_counts_once_and_is_reported_since_the_cursor(office: Store):
    office.replace_candidates("quarry-road", [candidate(1), candidate(2)])
    cursor = office.risk_points("quarry-road").next_cursor
    made = decision(1, R1, "accept")
    assert (office.add_decision(made), office.add_decision(made)) == (True, False)
    assert [row.id for row in office.risk_points("quarry-road", cursor).rows] == [R1]
    assert office.decisions_on(R1) == [made]
    with pytest.raises(StoreConflict):
        office.add_decision(decision(1, R1, "reject"))
    office.add_decision(decision(2, R1, "edit", changes={"trend": "rising"}))
    assert [known.id for known in office.decisions_on(R1)] == ["decision-1", "decision-2"]
    assert office.risk_point(R1).candidate.state == "accepted"


@pytest.mark.parametrize(
    "changes",
    [{"counts": {"documents": 900}}, {"evidence": []}, {"attention": "panic"}, {"p_valid": None}, {"id": "r1"}],
)
def test_a_decision_cannot_set_what_is_not_a_persons_to_set(office: Store, changes: dict):
    office.replace_candidates("quarry-road", [candidate(1)])
    with pytest.raises(ValueError, match=r"E156|attention"):
        office.add_decision(decision(1, R1, "edit", changes=changes))
    assert (office.decisions_on(R1), office.risk_point(R1).candidate) == ([], candidate(1))


def test_a_merge_names_another_candidate_of_the_same_project(office: Store):
    office.replace_candidates("quarry-road", [candidate(1), candidate(2)])
    office.replace_candidates("dam", [candidate(3, project="dam")])
    for wrong in (R1, R3, None, "r" + "f" * 24):
        with pytest.raises(StoreConflict):
            office.add_decision(decision(1, R1, "merge", merge_into=wrong))
    office.add_decision(decision(1, R1, "merge", merge_into=R2))
    assert office.risk_point(R1).candidate.state == "merged"


def test_unknown_projects_and_risk_points_are_named(office: Store):
    with pytest.raises(UnknownRecord, match="no project nowhere"):
        office.replace_candidates("nowhere", [])
    with pytest.raises(UnknownRecord, match=R1):
        office.add_decision(decision(1, R1))
    with pytest.raises(StoreConflict):
        office.replace_candidates("dam", [candidate(1)])
    with pytest.raises(ValueError, match="E155"):
        office.risk_points("quarry-road", "yesterday")


def test_another_projects_candidate_cannot_be_taken_over(office: Store):
    office.replace_candidates("quarry-road", [candidate(1)])
    with pytest.raises(StoreConflict, match="another project"):
        office.replace_candidates("dam", [candidate(1, project="dam")])


def test_a_reader_misses_no_change_of_writers_side_by_side(office: Store):
    office.replace_candidates("quarry-road", [candidate(number) for number in range(1, 31)])
    cursor = office.risk_points("quarry-road").next_cursor

    def decide(part: int) -> None:
        for number in range(1 + part, 31, 3):
            office.add_decision(decision(number, candidate(number).id, "accept"))

    writers = [threading.Thread(target=decide, args=(part,)) for part in range(3)]
    for writer in writers:
        writer.start()
    seen: set[str] = set()
    while any(writer.is_alive() for writer in writers):
        page = office.risk_points("quarry-road", cursor, limit=4)
        seen.update(row.id for row in page.rows)
        cursor = page.next_cursor
    while (page := office.risk_points("quarry-road", cursor, limit=4)).rows:
        seen.update(row.id for row in page.rows)
        cursor = page.next_cursor
    assert seen == {candidate(number).id for number in range(1, 31)}
