"""P-23: a candidate becomes a risk point, a dispatch, or the end of either only by a named person with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from county import ACCUSATION, COMPENSATION, DUST, PURPOSES, CountyOffice
from loops import CLERK, CONFIRMED_AT, SUPERVISOR, at, closed, confirmed, decide, dispatched, proposed, state, step

from models.taxonomy import taxonomy


def test_the_whole_way_is_a_chain_of_named_people(county: CountyOffice):
    confirmed(county)
    assert state(county) == "confirmed_risk_point"
    rows = proposed(county)
    assert {row["state"] for row in rows} == {"proposed"} and state(county) == "confirmed_risk_point"
    row = taxonomy().routing[COMPENSATION]
    assert {one["functional_unit"] for one in rows} == set(row.primary)
    assert all(one["territorial_unit"] == "township_subdistrict" and row.note in one["basis"] for one in rows)
    assert proposed(county) == rows
    for one in rows:
        assert step(county, one["id"], "confirm").json()["confirmed_by"] == SUPERVISOR
        assert state(county) == "dispatched"
        assert step(county, one["id"], "take_up", "response_unit").status_code == 200
    answers = [step(county, one["id"], "respond", "response_unit", response="已核实并公示明细。") for one in rows]
    assert [one.json()["responded_by"] for one in answers] == [CLERK, CLERK] and state(county) == "responded"
    assert decide(county, "close", "supervisor").json()["code"] == "E644"
    for one in rows:
        assert step(county, one["id"], "close").status_code == 200
    assert decide(county, "close", "supervisor").status_code == 201 and state(county) == "closed"
    for one in rows:
        steps = county.caller("supervisor").get(f"/v1/dispatches/{one['id']}").json()["steps"]
        assert [s["action"] for s in steps] == ["confirm", "take_up", "respond", "close"]
        assert all(s["who"] and s["reason"] for s in steps)
    noted = {event.action for event in county.events()}
    assert {"risk_points.confirm", "dispatches.propose", "dispatches.confirm", "dispatches.respond"} <= noted


def test_nothing_is_dispatched_before_a_person_confirmed(county: CountyOffice):
    county.stage("post_assessment")
    supervisor, address = county.caller("supervisor"), f"/v1/risk-points/{county.point(COMPENSATION)}/dispatches"
    for action in (None, "review", "accept"):
        assert action is None or decide(county, action).status_code == 201
        assert decide(county, "close", "supervisor").json()["code"] == "E640"
        answer = supervisor.post(address, None)
        assert (answer.status_code, answer.json()["code"]) == (409, "E640"), action
    assert county.store.dispatches("quarry-road") == []
    assert decide(county, "confirm", "supervisor", DUST).json()["code"] == "E640"


@pytest.mark.parametrize("missing", [{"who": ""}, {"who": None}, {"reason": "x"}, {"reason": None}, {"who": "  "}])
def test_no_step_without_a_name_and_a_reason(county: CountyOffice, missing: dict):
    confirmed(county)
    [first, *_] = proposed(county)
    assert step(county, first["id"], "confirm", **missing).status_code == 422
    assert decide(county, "close", "supervisor", **missing).status_code == 422
    assert (county.store.dispatch(first["id"]).state, state(county)) == ("proposed", "confirmed_risk_point")


def test_undo_restores_what_was_and_what_was_dispatched_is_withdrawn_first(county: CountyOffice):
    [first, second] = dispatched(county)
    assert decide(county, "undo", "supervisor").json()["code"] == "E644"
    assert step(county, first, "undo").json()["state"] == "proposed" and state(county) == "dispatched"
    assert step(county, second, "withdraw").json()["state"] == "withdrawn" and state(county) == "confirmed_risk_point"
    assert decide(county, "undo", "supervisor").status_code == 201 and state(county) == "accepted"
    assert step(county, first, "confirm").json()["code"] == "E640"
    assert decide(county, "undo", "assessor").status_code == 201 and state(county) == "proposed"
    assert decide(county, "undo", "assessor").json()["code"] == "E641"
    rows = county.caller("assessor").get(f"/v1/risk-points/{county.point(COMPENSATION)}/decisions").json()["rows"]
    assert [row["action"] for row in rows] == ["accept", "confirm", "undo", "undo"]


def test_an_edit_that_is_undone_gives_the_field_back_to_the_analysis(county: CountyOffice):
    before = county.store.risk_point(county.point(COMPENSATION))
    for value in ("watch", "verify_first"):
        assert decide(county, "edit", changes={"attention": value}).status_code == 201
    assert decide(county, "undo").status_code == 201
    assert county.store.risk_point(before.id).human == {"attention": "watch"}
    assert decide(county, "undo").status_code == 201
    after = county.store.risk_point(before.id)
    assert (after.candidate, after.human) == (before.candidate, {})


def test_the_reviewer_is_not_the_author_where_the_deployment_asks_for_it(county: CountyOffice):
    county.office.settings = county.office.settings.model_copy(update={"separate_reviewer": True})
    county.stage("post_assessment")
    assert decide(county, "accept").status_code == 201
    refused = decide(county, "confirm")
    assert (refused.status_code, refused.json()["code"]) == (409, "E642")
    assert decide(county, "confirm", who="评估员 甲").json()["code"] == "E642"
    assert decide(county, "confirm", "supervisor").status_code == 201
    [first, *_] = proposed(county)
    assert step(county, first["id"], "confirm").status_code == 200
    assert step(county, first["id"], "respond", "response_unit", response="已核实。").status_code == 200
    assert step(county, first["id"], "close", who=CLERK).json()["code"] == "E642"
    assert step(county, first["id"], "close").status_code == 200


@pytest.mark.parametrize("stage", ["in_assessment", "post_assessment"])
@pytest.mark.parametrize("role", sorted(PURPOSES))
def test_each_step_is_for_the_roles_that_the_table_names(county: CountyOffice, role: str, stage: str):
    [first, second] = dispatched(county)
    assert step(county, second, "undo").status_code == 200
    county.stage(stage)
    post = stage == "post_assessment"
    confirms = {"platform"} | ({"supervisor"} if post else set())
    responds = {"platform", "local_government"} | ({"response_unit", "commissioning_unit"} if post else set())
    assert (step(county, second, "confirm", role).status_code == 200) == (role in confirms)
    assert (step(county, first, "take_up", role).status_code == 200) == (role in responds)
    moved = decide(county, "edit", role, DUST, changes={"attention": "watch"})
    assert (moved.status_code == 201) == (role in {"assessor", "platform"})


def test_a_matter_that_is_sealed_is_dispatched_to_nobody(county: CountyOffice):
    county.stage("post_assessment")
    absent = "r" + "0" * 24
    for role in ("supervisor", "assessor", "platform"):
        caller = county.caller(role)
        sealed = caller.post(f"/v1/risk-points/{county.point(ACCUSATION)}/dispatches", None)
        nothing = caller.post(f"/v1/risk-points/{absent}/dispatches", None)
        assert sealed.status_code == nothing.status_code == 404
        assert sealed.text.replace(county.point(ACCUSATION), absent) == nothing.text
    assert county.store.dispatches("quarry-road") == []


def test_a_response_rests_on_passages_of_the_project_and_reports_no_control(county: CountyOffice):
    [first, *_] = dispatched(county)
    texts = county.caller("assessor").get("/v1/projects/quarry-road/documents").json()["hits"]
    accusation = next(d for d in county.store.documents_of("quarry-road") if "实名举报" in d.body)
    for document, end in ((accusation.id, 4), ("d" + "0" * 24, 4), (texts[0]["id"], 9_999)):
        evidence = [{"document_id": document, "start": 0, "end": end}]
        answer = step(county, first, "respond", "response_unit", response="已核实。", evidence=evidence)
        assert (answer.status_code, answer.json()["code"]) == (422, "E648")
    for word in ("已协调平台删帖", "已对发帖人训诫"):
        answer = step(county, first, "respond", "response_unit", response=word)
        assert (answer.status_code, answer.json()["code"]) == (409, "E833")
    evidence = [{"document_id": texts[0]["id"], "start": 0, "end": 4}]
    said = "已与联系人张建国（电话13912345678）当面核实，补发差额。"
    answer = step(county, first, "respond", "response_unit", response=said, evidence=evidence).json()
    assert answer["response_evidence"] == evidence and "补发差额" in answer["response"]
    assert "13912345678" not in answer["response"] and "张建国" not in answer["response"]
    county.store.withdraw_documents([texts[0]["id"]])
    assert county.caller("supervisor").get(f"/v1/dispatches/{first}").json()["response_evidence"] == []


def test_no_basis_of_a_dispatch_proposes_control():
    from api.policy.wording import CONTROL_WORDS

    notes = [row.note for row in taxonomy().routing.values()]
    assert not [note for note in notes for word in CONTROL_WORDS if word in note]


def test_a_key_sent_twice_is_one_step(county: CountyOffice):
    confirmed(county)
    [first, *_] = proposed(county)
    key = {"Idempotency-Key": "task-7"}
    answers = [step(county, first["id"], "confirm", headers=key) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200] and answers[0].json() == answers[1].json()
    assert step(county, first["id"], "withdraw", headers=key).json()["code"] == "E660"
    assert len(county.store.dispatch_steps(first["id"])) == 1
    assert step(county, first["id"], "confirm").json()["code"] == "E640"


def test_a_closed_risk_point_is_left_alone_until_a_person_reopens_it(county: CountyOffice):
    closed(county)
    at(county, CONFIRMED_AT + timedelta(days=5))
    for action in ("accept", "edit", "reject", "confirm", "close"):
        assert decide(county, action, "platform").json()["code"] == "E640", action
    county.hear()
    assert state(county) == "closed"
    assert decide(county, "reopen", "supervisor").status_code == 201 and state(county) == "reopened"
    again = proposed(county)
    assert {row["state"] for row in again} == {"proposed"} and {row["round"] for row in again} == {1}
    assert len(county.caller("supervisor").get("/v1/dispatches", project="quarry-road").json()["rows"]) == 4
