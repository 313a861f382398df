"""Four stages with thirteen steps, who takes part, and the moves of named people between them."""

from __future__ import annotations

from typing import get_args

import pytest
from county import CountyOffice
from letters import MONDAY, ROAD

from api.policy import access
from pipeline.process.stages import UnknownStep, process
from pipeline.records.project import Stage
from pipeline.redacted import seal
from pipeline.store import Mark, Store, StoreConflict, UnknownRecord

CHECKLIST = "/v1/projects/quarry-road/checklist"
SAID = {"who": "评估员甲", "reason": "材料齐备"}


def test_there_are_thirteen_steps_in_the_four_stages():
    shown = process()
    assert [stage.code for stage in shown.stages] == list(get_args(Stage))
    assert [len(stage.steps) for stage in shown.stages] == [4, 5, 3, 1]
    assert [step.number for step in shown.steps] == list(range(1, 14))
    assert len({step.code for step in shown.steps}) == 13
    assert shown.step("7") is shown.step("identification")
    with pytest.raises(UnknownStep, match="E646"):
        shown.step("14")


@pytest.mark.parametrize("stage", get_args(Stage))
def test_participants_have_the_seats_that_rights_are_given_for(stage: Stage):
    found, parties = process().stage(stage), process().parties
    assert not set(found.main) & set(found.secondary)
    for seat, codes in (("main", found.main), ("secondary", found.secondary)):
        roles = {parties[code].role for code in codes} - {None}
        seated = {role for (at, role), given in access().seats.items() if at == stage and given == seat}
        assert roles == seated - {"platform", "auditor", "admin"}


def mark(number: int, subject: str, value: str, project: str = "quarry-road") -> Mark:
    return Mark(f"m{number}", project, subject, value, "评估员甲", MONDAY, seal("材料齐备"))


def test_a_stage_that_a_person_set_is_not_taken_back_by_the_registry(store: Store):
    store.upsert_projects([ROAD])
    assert (store.move_project(mark(1, "stage", "in_assessment")), store.project("quarry-road").stage) == (
        True,
        "in_assessment",
    )
    assert store.upsert_projects([ROAD]).unchanged == ("quarry-road",)
    store.upsert_projects([ROAD.model_copy(update={"description": "新线位"})])
    assert (store.project("quarry-road").stage, store.project("quarry-road").description) == ("in_assessment", "新线位")


def test_marks_are_kept_in_their_order_and_one_id_is_one_mark(store: Store):
    store.upsert_projects([ROAD])
    assert store.add_mark(mark(1, "notice", "done")) and not store.add_mark(mark(1, "notice", "done"))
    with pytest.raises(StoreConflict, match="E152"):
        store.add_mark(mark(1, "notice", "open"))
    assert store.add_mark(mark(2, "notice", "open"))
    assert [(one.subject, one.value) for one in store.marks_on("quarry-road")] == [
        ("notice", "done"),
        ("notice", "open"),
    ]
    with pytest.raises(UnknownRecord, match="E151"):
        store.add_mark(mark(3, "notice", "done", "nowhere"))


def test_the_checklist_shows_what_people_marked_and_what_is_counted(county: CountyOffice):
    assessor = county.caller("assessor")
    shown = assessor.get(CHECKLIST).json()
    assert [stage["position"] for stage in shown["stages"]] == ["past", "present", "ahead", "ahead"]
    steps = {step["code"]: step for stage in shown["stages"] for step in stage["steps"]}
    assert steps["identification"]["facts"] == {"proposed": 2}
    assert {step["state"] for step in steps.values()} == {"open"}
    marked = assessor.post(f"{CHECKLIST}/6", {**SAID, "state": "done"}).json()
    survey = next(step for stage in marked["stages"] for step in stage["steps"] if step["number"] == 6)
    assert (survey["state"], survey["marked"]["who"], survey["marked"]["reason"]) == ("done", "评估员甲", "材料齐备")
    assert assessor.post(f"{CHECKLIST}/nothing", {**SAID, "state": "done"}).json()["code"] == "E646"
    assert assessor.post(f"{CHECKLIST}/6", {"state": "done", "who": "评估员甲"}).status_code == 422


def test_a_project_goes_on_when_the_steps_of_its_stage_are_settled(county: CountyOffice):
    assessor, address = county.caller("assessor"), "/v1/projects/quarry-road/stage"
    refused = assessor.post(address, {**SAID, "stage": "after_assessment"})
    assert (refused.status_code, refused.json()["code"]) == (409, "E645") and "identification" in refused.json()[
        "detail"
    ]
    for step in process().stage("in_assessment").steps:
        state = "not_applicable" if step.code == "estimation" else "done"
        assert assessor.post(f"{CHECKLIST}/{step.code}", {**SAID, "state": state}).status_code == 200
    moved = assessor.post(address, {**SAID, "stage": "after_assessment"}).json()
    assert (moved["stage"], moved["changes"][-1]["value"]) == ("after_assessment", "after_assessment")
    assert assessor.post(address, {**SAID, "stage": "pre_assessment"}).json()["code"] == "E640"
    assert assessor.post(address, {**SAID, "stage": "post_assessment"}).json()["code"] == "E645"
    on = assessor.post(address, {**SAID, "stage": "post_assessment", "with_open_steps": True})
    assert on.json()["stage"] == "post_assessment"
    assert assessor.post(address, {**SAID, "stage": "after_assessment"}).status_code == 200


def test_the_same_key_moves_a_project_once(county: CountyOffice):
    assessor, key = county.caller("assessor"), {"Idempotency-Key": "move-1"}
    body = {**SAID, "stage": "after_assessment", "with_open_steps": True}
    for _ in range(2):
        assert assessor.post("/v1/projects/quarry-road/stage", body, headers=key).json()["stage"] == "after_assessment"
    assert len(county.store.marks_on("quarry-road")) == 1


def test_who_has_no_say_marks_and_moves_nothing(county: CountyOffice):
    for role in (
        "expert",
        "response_unit",
        "commissioning_unit",
        "local_government",
        "discipline_inspection",
        "auditor",
    ):
        caller = county.caller(role)
        assert caller.post(f"{CHECKLIST}/6", {**SAID, "state": "done"}).status_code == 403, role
        assert caller.post("/v1/projects/quarry-road/stage", {**SAID, "stage": "after_assessment"}).status_code == 403
    assert county.store.marks_on("quarry-road") == []
