"""P-09: every question names a project and a purpose from the closed list; no project, no data."""

from __future__ import annotations

from typing import get_args

import pytest
from click.testing import CliRunner
from county import COMPENSATION, OPEN, PURPOSES, CountyOffice

from api.cli.main import cli
from api.desk import Desk
from api.policy import Denied, Figure, Reader, access
from index import Search
from pipeline.records import Purpose, Role

MAY_ACT_FOR = {
    "assessor": {"risk_survey", "risk_identification", "expert_review", "post_assessment"},
    "supervisor": {"supervision", "dispatch", "post_assessment"},
    "commissioning_unit": {"supervision", "dispatch"},
    "response_unit": {"dispatch"},
    "local_government": {"supervision"},
    "expert": {"expert_review", "post_assessment"},
    "discipline_inspection": {"supervision"},
    "platform": {"risk_identification", "supervision", "dispatch"},
    "auditor": {"audit"},
    "admin": {"administration"},
}
"""Role → purposes, written down a second time: a change of the shipped table must be meant."""


def test_the_closed_list_is_what_it_was_meant_to_be():
    assert set(MAY_ACT_FOR) == set(get_args(Role)) == set(PURPOSES)
    assert {role: {p for p, roles in access().purposes.items() if role in roles} for role in MAY_ACT_FOR} == MAY_ACT_FOR


@pytest.mark.parametrize("role", MAY_ACT_FOR)
def test_a_role_acts_for_its_purposes_and_no_others(county: CountyOffice, role: str):
    caller, asked = county.caller(role), "/v1/audit" if role == "auditor" else "/v1/projects"
    allowed = {p for p in get_args(Purpose) if caller.get(asked, purpose=p).status_code == 200}
    assert allowed == MAY_ACT_FOR[role]


def questions(county: CountyOffice) -> list[str]:
    point = county.point(COMPENSATION)
    return [
        "/v1/projects", "/v1/projects/quarry-road", "/v1/projects/quarry-road/documents",
        "/v1/projects/quarry-road/risk-points", f"/v1/risk-points/{point}", f"/v1/risk-points/{point}/evidence",
        f"/v1/risk-points/{point}/decisions", "/v1/audit", "/v1/projects/elsewhere",
        "/v1/projects/quarry-road/alerts", "/v1/projects/quarry-road/alerts/preview", "/v1/incidents",
        "/v1/incidents/stream", "/v1/incidents/quality", f"/v1/incidents/i{'0' * 24}", "/metrics",
        f"/v1/risk-points/r{'0' * 24}", "/v1/projects/quarry-road/checklist", "/v1/projects/quarry-road/recurrences",
        "/v1/risk-points", "/v1/webhooks", "/v1/webhooks/dead-letters", "/v1/schemas", f"/v1/risk-points/{point}/bundle",
    ]  # fmt: skip


@pytest.mark.parametrize("role", MAY_ACT_FOR)
@pytest.mark.parametrize("purpose", [None, "", "curiosity", "RISK_SURVEY"])
def test_no_route_answers_without_a_purpose_of_the_list(county: CountyOffice, role: str, purpose: str | None):
    caller = county.caller(role)
    for address in questions(county):
        answer = caller.get(address, purpose=purpose)
        assert (answer.status_code, answer.json()["code"]) == (403, "E301"), address
        assert all(name in answer.json()["detail"] for name in MAY_ACT_FOR[role])
    assert [event.action.endswith(".denied") for event in county.events()] == [True] * len(questions(county))


def test_every_route_that_reads_or_writes_takes_a_purpose(county: CountyOffice):
    for path, methods in county.app.openapi()["paths"].items():
        for operation in methods.values():
            names = [parameter["name"] for parameter in operation.get("parameters", [])]
            assert ("purpose" in names) == (path not in OPEN), path


def test_no_decision_without_a_purpose(county: CountyOffice):
    body = {"who": "评估员甲", "action": "accept", "reason": "实地核实"}
    answer = county.caller("assessor").post(
        f"/v1/risk-points/{county.point(COMPENSATION)}/decisions", body, purpose=None
    )
    assert answer.status_code == 403
    assert county.store.decisions_on(county.point(COMPENSATION)) == []


@pytest.mark.parametrize("command", [["search", "补偿", "--project", "quarry-road"], ["risk-points", "quarry-road"],
                                     ["projects", "list"], ["audit"]])  # fmt: skip
def test_the_command_line_asks_for_it_too(county: CountyOffice, command: list[str]):
    run = CliRunner().invoke(cli, [*command, "--home", str(county.office.settings.home)])
    assert run.exit_code == 1 and "E301" in run.stderr and run.stdout == ""


def test_without_a_project_there_is_no_data():
    reader = Reader("county-platform", "assessor")
    no_text = {"audit.read", "keys.manage", "quality.read", "sources.read", "taxonomy.read"}  # of no project either
    for action in set(access().actions) - no_text:
        with pytest.raises(Denied, match="E302"):
            access().check(reader, action, "risk_survey", None)


def test_a_search_cannot_leave_its_project(county: CountyOffice):
    desk = Desk(county.office, Reader("county-platform", "assessor"))
    elsewhere = Search(filters={"project_ids": ("quarry-road", "dam")})
    assert desk.documents("dam", "risk_survey", elsewhere).total == Figure("exact", 0)
    assert desk.documents("quarry-road", "risk_survey", elsewhere).total == Figure("exact", 9)


def test_the_purpose_stands_in_the_audit_trail(county: CountyOffice):
    county.caller("assessor").get("/v1/projects/quarry-road/risk-points", purpose="expert_review")
    [event] = county.events()
    assert (event.purpose, event.project_id, event.action) == ("expert_review", "quarry-road", "risk_points.read")
