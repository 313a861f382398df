"""Data sharing by contract: nothing leaves beyond its terms, everything that leaves is noted."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from county import ACCUSED, COMPENSATION, DUST, PURPOSES, Caller, CountyOffice
from letters import MONDAY
from openpyxl import load_workbook
from opinions import opinion

from api.cli.main import cli
from pipeline.feed import feed
from pipeline.records import Decision

NOW = MONDAY + timedelta(days=200)
UNTIL = (NOW + timedelta(days=30)).isoformat()


@pytest.fixture
def shared(county: CountyOffice) -> CountyOffice:
    """The county in which a person has accepted the risk point on compensation."""
    county.store.clock = lambda: NOW
    accept(county, COMPENSATION)
    return county


def accept(county: CountyOffice, factor: str) -> None:
    county.store.add_decision(
        Decision(id=f"d-{factor}", risk_point_id=county.point(factor), who="评估员甲", when=NOW, action="accept",
                 reason="实地核实")
    )  # fmt: skip


def said(county: CountyOffice, count: int, first: int, day: float = 12) -> None:
    """More people speak of the compensation."""
    county.hear(*(
        opinion(f"第{n}户说青苗的补偿标准没有公示，编号戊{n}。", (COMPENSATION, "补偿标准", 0.9), number=n, day=day)
        for n in range(first, first + count)
    ))  # fmt: skip


def terms(caller: Caller, **changes: Any) -> dict[str, Any]:
    """A contract with somebody who has a key."""
    return {
        "project_id": "quarry-road", "grantee": caller.name, "grantee_role": caller.role, "grantee_unit": "water-bureau",
        "level": "aggregates", "form": "api", "share_purpose": PURPOSES[caller.role], "valid_until": UNTIL,
        "basis": "数据共享协议第7号", **changes,
    }  # fmt: skip


def granted(county: CountyOffice, caller: Caller, **changes: Any) -> str:
    answer = county.caller("supervisor").post("/v1/shares", terms(caller, **changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def taken(caller: Caller, share: str, **asked: Any) -> dict[str, Any]:
    answer = caller.get(f"/v1/shares/{share}/data", **{"form": "api", **asked})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_grantee_takes_the_numbers_that_the_contract_allows(shared: CountyOffice):
    platform = shared.caller("platform")
    share = granted(shared, platform)
    data = taken(platform, share)
    assert data["total"] == {"value": 9, "exact": True} and data["risk_points"] == [] and data["k"] == 5
    assert data["tables"]["source_kind"] == [{"value": "petition", "count": {"value": 9, "exact": True}}]
    assert "沉默不等于同意" in "".join(data["limits"])
    facets = shared.caller("assessor").get("/v1/projects/quarry-road/facets", facet="factor").json()
    assert [(row["value"], row["count"]) for row in data["tables"]["factor"] if row["value"] != "其他"] == [
        (row["value"], row["count"]) for row in facets["facets"]["factor"]["values"]
    ]
    assert ACCUSED not in json.dumps(data, ensure_ascii=False)


def test_a_commissioning_unit_is_given_what_people_confirmed_and_no_candidate(shared: CountyOffice):
    unit, point = shared.caller("commissioning_unit"), shared.point(COMPENSATION)
    platform = shared.caller("platform")
    mine, other = granted(shared, unit, level="risk_points"), granted(shared, platform, level="risk_points")
    assert [one["id"] for one in taken(platform, other)["risk_points"]] == [point]
    nothing = taken(unit, mine)
    assert (nothing["risk_points"], nothing["total"], nothing["tables"]) == ([], None, {})
    assert refused(unit.get(f"/v1/shares/{mine}/data", form="api", level="aggregates")) == (403, "E686")
    assert refused(shared.caller("supervisor").post("/v1/shares", terms(unit))) == (403, "E686")
    shared.store.add_decision(
        Decision(id="d-confirm", risk_point_id=point, who="评估员甲", when=NOW, action="confirm", reason="会商确认")
    )
    assert [one["id"] for one in taken(unit, mine)["risk_points"]] == [point]


def test_one_more_text_is_not_told_by_two_uses_nor_by_two_grantees_of_a_unit(shared: CountyOffice):
    platform, government = shared.caller("platform"), shared.caller("local_government")
    share, sister = granted(shared, platform), granted(shared, government)
    elsewhere = granted(shared, government, grantee_unit="land-bureau")
    assert taken(platform, share)["total"] == {"value": 9, "exact": True}
    said(shared, 1, first=100)
    for caller, contract in ((platform, share), (government, sister)):
        again = taken(caller, contract)
        assert again["total"] == {"at_least": 5} and again["held_back"] >= 1
    assert taken(government, elsewhere)["total"] == {"value": 10, "exact": True}
    said(shared, 5, first=200)
    assert taken(platform, share)["total"] == {"value": 15, "exact": True}


def test_a_text_that_was_withdrawn_is_not_told_by_a_number_that_falls(shared: CountyOffice):
    platform = shared.caller("platform")
    share = granted(shared, platform)
    taken(platform, share)
    point = shared.store.risk_point(shared.point(COMPENSATION))
    shared.store.withdraw_documents([point.candidate.evidence[0].document_id])
    feed(shared.store, shared.office.index)
    shared.office.index.close()
    assert taken(platform, share)["total"] == {"at_least": 5}


def test_outside_its_terms_a_contract_gives_nothing_and_the_refusal_is_noted(shared: CountyOffice):
    platform, other = shared.caller("platform"), shared.caller("local_government")
    share = granted(shared, platform)
    address = f"/v1/shares/{share}/data"
    before = len(shared.events())
    assert refused(platform.get(address, form="export")) == (403, "E685")
    assert refused(platform.get(address, form="api", level="risk_points")) == (403, "E686")
    assert refused(platform.get(address, form="api", purpose="supervision")) == (403, "E687")
    assert refused(platform.get(address, form="api", purpose=None)) == (403, "E301")
    assert refused(other.get(address, form="api")) == (404, "E311")
    assert refused(shared.caller("supervisor").get(address, form="api")) == (403, "E683")
    events = shared.events()[before:]
    assert [event.action for event in events] == ["shares.use.denied"] * 6
    assert [event.subject for event in events] == [share] * 3 + [None, None, share]
    shared.store.clock = lambda: NOW + timedelta(days=30)
    assert refused(platform.get(address, form="api")) == (403, "E682")
    assert shared.store.releases(NOW - timedelta(days=1), NOW + timedelta(days=60)) == []
    bound = shared.caller("platform", projects=["dam"])
    assert refused(shared.caller("supervisor").post("/v1/shares", terms(bound))) == (422, "E680")


def test_a_key_bound_to_other_projects_is_not_freed_by_a_contract(shared: CountyOffice):
    bound = shared.caller("platform", projects=["dam"])
    assert refused(bound.get(f"/v1/shares/{granted(shared, bound)}/data", form="api")) == (403, "E303")


def test_a_revoked_contract_ends_at_once_and_says_why(shared: CountyOffice):
    platform, supervisor = shared.caller("platform"), shared.caller("supervisor")
    share = granted(shared, platform)
    ended = supervisor.post(f"/v1/shares/{share}/revocation", {"reason": "协议终止，联系人电话13812345678"})
    assert ended.json()["revoked_by"] == supervisor.name and "13812345678" not in ended.text
    assert refused(platform.get(f"/v1/shares/{share}/data", form="api")) == (403, "E681")
    assert refused(supervisor.post(f"/v1/shares/{share}/revocation", {"reason": "再次"})) == (409, "E152")
    assert refused(platform.post(f"/v1/shares/{share}/revocation", {"reason": "自己终止"})) == (403, "E304")


def test_a_contract_gives_no_more_than_the_role_may_see_somewhere(shared: CountyOffice):
    supervisor = shared.caller("supervisor")
    response, expert = shared.caller("response_unit"), shared.caller("expert")
    assert refused(supervisor.post("/v1/shares", terms(response, level="evidence"))) == (403, "E686")
    assert refused(supervisor.post("/v1/shares", terms(response, share_purpose="expert_review"))) == (403, "E687")
    assert refused(supervisor.post("/v1/shares", terms(expert, grantee_role="assessor"))) == (403, "E684")
    assert refused(shared.caller("assessor").post("/v1/shares", terms(expert))) == (403, "E304")
    for wrong in ({"valid_until": (NOW + timedelta(days=400)).isoformat()}, {"valid_until": NOW.isoformat()},
                  {"basis": "x"}, {"grantee": "甲"}, {"level": "everything"}):  # fmt: skip
        assert supervisor.post("/v1/shares", terms(expert, **wrong)).status_code == 422


def test_a_contract_opens_a_stage_in_which_the_role_has_no_seat(shared: CountyOffice):
    expert = shared.caller("expert")
    assert expert.get("/v1/projects/quarry-road/risk-points").status_code == 403
    share = granted(shared, expert, level="evidence")
    assert taken(expert, share)["risk_points"]


def test_risk_points_are_those_that_a_person_accepted_with_trimmed_quotes(shared: CountyOffice):
    expert = shared.caller("expert")
    share = granted(shared, expert, level="evidence")
    shared.hear(*(
        opinion(f"第{n}户窗台上的粉尘，编号壬{n}。", (DUST, "粉尘", 0.9), number=n, day=11) for n in range(6)
    ))  # fmt: skip
    data = taken(expert, share, table="source_kind")
    (point,) = data["risk_points"]
    assert point["factor"] == COMPENSATION and point["documents"] == {"value": 6, "exact": True}
    assert len(point["evidence"]) == 6
    for passage in point["evidence"]:
        text = shared.store.document(passage["document_id"]).text
        assert passage["quote"].removesuffix("……") in text[passage["start"] : passage["end"]]
    assert "http" not in json.dumps(data)
    less = taken(expert, share, level="risk_points", table="source_kind")
    assert less["risk_points"][0]["evidence"] is None
    said(shared, 1, first=300)
    (held,) = taken(expert, share, table="source_kind")["risk_points"]
    assert held["documents"] == {"at_least": 5} and held["evidence"] == []


def test_a_risk_point_shows_no_number_that_set_off_against_the_total_would_tell_the_other_three(shared: CountyOffice):
    """Nine texts, six of them on compensation: on screen both may be read, under a contract they leave together."""
    expert = shared.caller("expert")
    data = taken(expert, granted(shared, expert, level="evidence"))
    assert data["total"] == {"value": 9, "exact": True}
    assert data["risk_points"][0]["documents"] == {"at_least": 5} and data["risk_points"][0]["evidence"] == []


def test_nobody_learns_of_a_contract_that_is_not_theirs(shared: CountyOffice):
    platform, government = shared.caller("platform"), shared.caller("local_government")
    mine, theirs = granted(shared, platform), granted(shared, government)
    assert [row["id"] for row in platform.get("/v1/shares").json()["rows"]] == [mine]
    assert {row["id"] for row in shared.caller("supervisor").get("/v1/shares").json()["rows"]} == {mine, theirs}
    assert {row["id"] for row in shared.caller("auditor").get("/v1/shares").json()["rows"]} == {mine, theirs}
    assert refused(platform.get(f"/v1/shares/{theirs}")) == (404, "E311")
    assert platform.get(f"/v1/shares/{mine}").json()["basis"] == "数据共享协议第7号"
    assert shared.caller("supervisor").get("/v1/shares", project_id="dam").json()["rows"] == []


def test_the_monthly_report_counts_uses_refusals_and_numbers(shared: CountyOffice):
    platform = shared.caller("platform")
    used, unused = granted(shared, platform), granted(shared, platform, form="view")
    taken(platform, used, table="source_kind")
    platform.get(f"/v1/shares/{used}/data", form="export")
    said(shared, 1, first=400)
    taken(platform, used, table="source_kind")
    month = f"{NOW:%Y-%m}"
    rows = {
        row["share_id"]: row for row in shared.caller("auditor").get("/v1/shares/report", month=month).json()["rows"]
    }
    assert (rows[used]["uses"], rows[used]["refused"]) == (2, 1)
    assert rows[used]["numbers_told"] == 2 and rows[used]["numbers_held_back"] == 2
    assert (rows[unused]["uses"], rows[unused]["last_use"]) == (0, None)
    assert platform.get("/v1/shares/report", month="2020-01").json()["rows"] == []
    assert refused(platform.get("/v1/shares/report", month="2026-13")) == (400, "E688")
    assert shared.office.audit.verify() is None


def test_the_operator_concludes_hands_over_and_ends_at_the_command_line(shared: CountyOffice, tmp_path: Path):
    home = ["--home", str(shared.office.settings.home)]

    def run(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(cli, ["share", *arguments, *home])
        assert done.exit_code == code, done.output
        return done.output

    made = run("create", "--project", "quarry-road", "--grantee", "county-water", "--grantee-role", "response_unit",
               "--unit", "water-bureau", "--level", "risk_points", "--form", "export", "--for", "dispatch", "--days",
               "90", "--basis", "数据共享协议 2026-07", "--purpose", "supervision", "--json")  # fmt: skip
    share = json.loads(made)["id"]
    assert share in run("list", "--purpose", "supervision") and share in run("show", share, "--purpose", "supervision")
    out = tmp_path / "water.xlsx"
    run("use", share, "--purpose", "dispatch", "--out", str(out))
    book = load_workbook(io.BytesIO(out.read_bytes()))
    assert [sheet.title for sheet in book] == ["S1 数量", "S2 风险点", "方法与限制"]
    assert [cell.value for cell in book["S1 数量"][4]] == ["合计", None, "9"]
    assert book["S2 风险点"]["A4"].value == shared.point(COMPENSATION)
    assert "E685" in run("use", share, "--purpose", "dispatch", code=1)
    assert "E687" in run("use", share, "--purpose", "supervision", "--out", str(out), code=1)
    as_assessor = run("use", share, "--purpose", "dispatch", "--out", str(out), "--role", "assessor", code=1)
    assert "E311" in as_assessor
    assert "used 1, refused 2, numbers" in run("report", "--purpose", "supervision")
    run("revoke", share, "--reason", "协议终止", "--purpose", "supervision")
    assert "E681" in run("use", share, "--purpose", "dispatch", "--out", str(out), code=1)
    assert "revoked" in run("list", "--purpose", "supervision")
