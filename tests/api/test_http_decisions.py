"""Decisions over HTTP: once whatever happens, by a named person, within what a person may set."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from county import ACCUSATION, COMPENSATION, DUST, CountyOffice

ACCEPT = {"who": "评估员甲", "action": "accept", "reason": "实地核实"}


def address(county: CountyOffice, factor: str = COMPENSATION) -> str:
    return f"/v1/risk-points/{county.point(factor)}/decisions"


def test_the_same_key_and_body_are_one_decision(county: CountyOffice):
    assessor, key = county.caller("assessor"), {"Idempotency-Key": "batch-7/1"}
    first = assessor.post(address(county), ACCEPT, headers=key)
    again = assessor.post(address(county), ACCEPT, headers=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert assessor.get(address(county)).json()["rows"] == [first.json()]


def test_sent_by_eight_at_once_it_is_one_decision(county: CountyOffice):
    platform, key = county.caller("platform"), {"Idempotency-Key": "retry"}
    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(lambda _: platform.post(address(county), ACCEPT, headers=key), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert county.office.audit.verify() is None
    assert len([event for event in county.events() if event.action == "risk_points.decide"]) == 8


def test_the_same_key_for_something_else_is_a_conflict(county: CountyOffice):
    assessor, key = county.caller("assessor"), {"Idempotency-Key": "batch-7/1"}
    assert assessor.post(address(county), ACCEPT, headers=key).status_code == 201
    for body, where in (({**ACCEPT, "action": "reject"}, COMPENSATION), (ACCEPT, DUST)):
        answer = assessor.post(address(county, where), body, headers=key)
        assert (answer.status_code, answer.json()["code"]) == (409, "E660")
    assert county.caller("platform").post(address(county), ACCEPT, headers=key).status_code == 201


def test_without_a_key_every_decision_is_one_of_its_own(county: CountyOffice):
    assessor = county.caller("assessor")
    for _ in range(2):
        assert assessor.post(address(county), ACCEPT).status_code == 201
    assert len(assessor.get(address(county)).json()["rows"]) == 2


@pytest.mark.parametrize(
    "body, code",
    [
        ({}, "E322"),
        ({**ACCEPT, "who": "  "}, "E322"),
        ({**ACCEPT, "reason": "x"}, "E322"),
        ({**ACCEPT, "reason": "实地\x00核实"}, "E322"),
        ({**ACCEPT, "action": "delete"}, "E322"),
        ({**ACCEPT, "author": "x"}, "E322"),
        ({**ACCEPT, "action": "edit", "changes": {"counts": {"documents": 99}}}, "E156"),
        ({**ACCEPT, "action": "edit", "changes": {"attention": "panic"}}, "E322"),
        ({**ACCEPT, "action": "edit", "changes": {"escalation": "\ud800"}}, "E322"),
        ([], "E322"),
        ("\ud800", "E322"),
    ],
)
def test_what_no_person_may_set_changes_nothing(county: CountyOffice, body: object, code: str):
    assessor = county.caller("assessor")
    answer = assessor.post(address(county), body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert assessor.get(address(county)).json()["rows"] == []


def test_a_body_that_is_no_json_or_has_no_end_is_refused(county: CountyOffice):
    assessor = county.caller("assessor")
    for content, status in ((b"{", 422), (b"\xff\xfe", 422), (b"[" * 60_000, 422), (b" " * 70_000, 413)):
        answer = assessor.send("POST", address(county), {}, {"Content-Type": "application/json"}, content=content)
        assert answer.status_code in (status, 400), content[:3]
        assert answer.headers["content-type"] == "application/problem+json"
    chunked = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}
    assert assessor.send("POST", address(county), {}, chunked, content=b"{}").status_code == 411


def test_a_candidate_is_merged_into_one_that_can_be_seen(county: CountyOffice):
    assessor = county.caller("assessor")
    merge = {**ACCEPT, "action": "merge"}
    unknown = assessor.post(address(county), {**merge, "merge_into": "r" + "0" * 24})
    sealed = assessor.post(address(county), {**merge, "merge_into": county.point(ACCUSATION)})
    assert sealed.status_code == unknown.status_code == 409
    assert sealed.json() == unknown.json()
    assert assessor.post(address(county), {**merge, "merge_into": county.point(DUST)}).status_code == 201
    card = assessor.get(f"/v1/risk-points/{county.point(COMPENSATION)}").json()
    assert card["state"] == "merged"


def test_roles_without_a_say_do_not_decide(county: CountyOffice):
    county.stage("post_assessment")
    unconfirmed = {"commissioning_unit": 404}  # to whom it does not exist before people confirmed it
    for role in ("supervisor", "commissioning_unit", "response_unit", "local_government", "expert", "admin"):
        assert county.caller(role).post(address(county), ACCEPT).status_code == unconfirmed.get(role, 403), role
    assert county.store.decisions_on(county.point(COMPENSATION)) == []


def test_noughts_before_a_length_hide_no_larger_one(county: CountyOffice):
    assessor = county.caller("assessor")
    lying = {"Content-Type": "application/json", "Content-Length": "0" * 20 + "70000"}
    assert assessor.send("POST", address(county), {}, lying, content=b" " * 70_000).status_code == 413
