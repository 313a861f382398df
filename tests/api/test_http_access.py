"""Keys, purposes and seats over HTTP: who is refused what, how, and that the audit trail knows of it."""

from __future__ import annotations

import pytest
from county import COMPENSATION, PURPOSES, Caller, CountyOffice

ROUTES = ("/v1/projects", "/v1/projects/quarry-road", "/v1/projects/quarry-road/documents",
          "/v1/projects/quarry-road/risk-points", "/v1/audit")  # fmt: skip


def problem(answer) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code and body["type"].endswith(body["code"])
    assert body["title"] and body["detail"]
    return answer.status_code, body["code"]


@pytest.mark.parametrize("address", ROUTES)
def test_nobody_reads_without_a_key(county: CountyOffice, address: str):
    for key in (None, "minyi_wrong", "", "x" * 5000):
        answer = Caller(county.app, "nobody", "assessor", key).get(address)
        assert problem(answer) == (401, "E330")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert county.events() == []


def test_a_revoked_key_ends_at_once(county: CountyOffice):
    assessor = county.caller("assessor")
    assert assessor.get("/v1/projects").status_code == 200
    county.store.revoke_api_key(assessor.name)
    assert problem(assessor.get("/v1/projects")) == (401, "E330")


def test_other_ways_to_send_a_key_are_none(county: CountyOffice):
    assessor = county.caller("assessor")
    nobody = Caller(county.app, "nobody", "assessor", None)
    assert nobody.get("/v1/projects", headers={"Authorization": f"Basic {assessor._key}"}).status_code == 401
    assert nobody.get("/v1/projects", api_key=assessor._key).status_code in (400, 401)


@pytest.mark.parametrize("address", ROUTES)
def test_a_missing_purpose_is_refused_with_the_purposes_that_would_do(county: CountyOffice, address: str):
    answer = county.caller("assessor").get(address, purpose=None)
    assert problem(answer) == (403, "E301")
    for purpose in ("risk_survey", "risk_identification", "expert_review", "post_assessment"):
        assert purpose in answer.json()["detail"]


@pytest.mark.parametrize("role", PURPOSES)
def test_a_purpose_of_other_roles_is_refused(county: CountyOffice, role: str):
    other = "administration" if role != "admin" else "audit"
    assert problem(county.caller(role).get("/v1/projects", purpose=other)) == (403, "E301")
    assert problem(county.caller(role).get("/v1/projects", purpose="curiosity")) == (403, "E301")


def test_a_key_bound_to_projects_or_a_region_sees_these_alone(county: CountyOffice):
    for caller in (county.caller("assessor", projects=["quarry-road"]), county.caller("assessor", region="439921")):
        assert [row["id"] for row in caller.get("/v1/projects").json()["rows"]] == ["quarry-road"]
        assert caller.get("/v1/projects/quarry-road/risk-points").status_code == 200
        assert problem(caller.get("/v1/projects/dam/risk-points")) == (403, "E303")
    prefecture = county.caller("assessor", region="4399")
    assert [row["id"] for row in prefecture.get("/v1/projects").json()["rows"]] == ["dam", "quarry-road"]


def test_what_a_role_may_do_changes_with_the_stage(county: CountyOffice):
    expert = county.caller("expert")
    assert problem(expert.get("/v1/projects/quarry-road/risk-points")) == (403, "E304")
    county.stage("after_assessment")
    assert expert.get("/v1/projects/quarry-road/risk-points").status_code == 200
    assert problem(expert.get("/v1/projects/quarry-road/documents")) == (403, "E304")


def test_every_question_leaves_exactly_one_event_refused_ones_too(county: CountyOffice):
    assessor, platform = county.caller("assessor"), county.caller("platform")
    point = f"/v1/risk-points/{county.point(COMPENSATION)}"
    accept = {"who": "评估员甲", "action": "accept", "reason": "实地核实"}
    asked = [
        (assessor.get, ("/v1/projects",), 200, "projects.read"),
        (assessor.get, ("/v1/projects/quarry-road",), 200, "projects.read"),
        (assessor.get, ("/v1/projects/quarry-road/documents",), 200, "documents.read"),
        (assessor.get, ("/v1/projects/quarry-road/risk-points",), 200, "risk_points.read"),
        (assessor.get, (point,), 200, "risk_points.read"),
        (assessor.get, (f"{point}/evidence",), 200, "evidence.read"),
        (assessor.post, (f"{point}/decisions", accept), 201, "risk_points.decide"),
        (assessor.get, (f"{point}/decisions",), 200, "risk_points.read"),
        (assessor.get, ("/v1/projects/elsewhere",), 404, "projects.read.denied"),
        (assessor.get, ("/v1/risk-points/r" + "0" * 24,), 404, "risk_points.read.denied"),
        (assessor.get, ("/v1/audit",), 403, "audit.read.denied"),
        (platform.get, ("/v1/projects/quarry-road/documents",), 403, "documents.read.denied"),
        (platform.get, (f"{point}/evidence",), 403, "evidence.read.denied"),
        (county.caller("auditor").get, ("/v1/audit",), 200, "audit.read"),
    ]
    for ask, arguments, status, action in asked:
        before = len(county.events())
        assert ask(*arguments).status_code == status, arguments
        after = county.events()[before:]
        assert [event.action for event in after] == [action], arguments
        assert after[0].who == ask.__self__.name and after[0].role == ask.__self__.role
        assert (after[0].purpose is None) == action.endswith(".denied")
    before = len(county.events())
    assert assessor.get("/v1/projects", purpose=None).status_code == 403
    assert [event.action for event in county.events()[before:]] == ["projects.read.denied"]
    assert county.office.audit.verify() is None


def test_auditors_page_through_the_trail_and_read_no_content(county: CountyOffice):
    assessor, auditor = county.caller("assessor"), county.caller("auditor")
    for word in ("补偿标准", "粉尘", "支持"):
        assessor.get("/v1/projects/quarry-road/documents", q=word)
    first = auditor.get("/v1/audit", limit=2)
    assert [row["sequence"] for row in first.json()["rows"]] == [1, 2]
    second = auditor.get("/v1/audit", after=first.json()["next_cursor"])
    assert [row["sequence"] for row in second.json()["rows"]] == [3, 4, 5]
    assert not any(word in first.text + second.text for word in ("补偿标准", "粉尘", "支持"))
