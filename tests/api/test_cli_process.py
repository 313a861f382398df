"""``minyi process`` and ``minyi dispatch``: the loop of an assessment from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from county import COMPENSATION, CountyOffice

from api.cli.main import cli

SURVEY = ("--purpose", "risk_survey")
SUPERVISION = ("--purpose", "supervision", "--role", "supervisor")
DISPATCH = ("--purpose", "dispatch", "--role", "response_unit")
ASSESSOR = ("--who", "评估员甲", "--reason", "走访核实")
SUPERVISOR = ("--who", "主管乙", "--reason", "复核一致")
CLERK = ("--who", "经办丙", "--reason", "已办结")


def minyi(county: CountyOffice, *arguments: str, **variables: str) -> Result:
    home = ("--home", str(county.office.settings.home))
    return CliRunner(env={"MINYI_PROCESSES": "1", **variables}).invoke(cli, [*arguments, *home], catch_exceptions=False)


def test_the_checklist_is_shown_marked_and_moved_on(county: CountyOffice):
    shown = minyi(county, "process", "checklist", "quarry-road", *SURVEY)
    assert shown.exit_code == 0 and shown.stdout.count("[ ]") == 13 and "评估中 (in_assessment)  ← here" in shown.stdout
    marked = minyi(county, "process", "mark", "quarry-road", "notice", "done", *ASSESSOR, *SURVEY)
    assert "[x]  5 公示告知 (notice)" in marked.stdout and "评估员甲" in marked.stdout
    to = ("process", "stage", "quarry-road", "--to", "after_assessment", *ASSESSOR, *SURVEY)
    refused = minyi(county, *to)
    assert refused.exit_code == 1 and "E645: open steps of in_assessment: survey" in refused.stderr
    assert minyi(county, *to, "--with-open-steps").stdout == "quarry-road: after_assessment\n"
    assert minyi(county, "process", "recurrences", "quarry-road", *SURVEY).stdout == "Nothing that was closed recurs.\n"


def test_a_risk_point_goes_the_whole_way(county: CountyOffice):
    county.stage("post_assessment")
    point = county.point(COMPENSATION)
    early = minyi(county, "dispatch", "propose", point, *SUPERVISION)
    assert early.exit_code == 1 and "E640: the risk point is proposed" in early.stderr
    identify = ("--purpose", "risk_identification")
    assert minyi(county, "decide", point, "accept", *ASSESSOR, *identify).exit_code == 0
    assert (
        minyi(county, "decide", point, "confirm", *SUPERVISOR, *SUPERVISION).stdout == f"confirm: {point} by 主管乙\n"
    )
    proposed = json.loads(minyi(county, "dispatch", "propose", point, *SUPERVISION, "--json").stdout)
    assert {row["state"] for row in proposed} == {"proposed"}
    [first, second] = [row["id"] for row in proposed]
    sent = minyi(county, "dispatch", "confirm", first, *SUPERVISOR, *SUPERVISION)
    assert first in sent.stdout and "confirmed" in sent.stdout and "take up by" in sent.stdout
    assert minyi(county, "dispatch", "withdraw", second, *SUPERVISOR, *SUPERVISION).exit_code == 0
    assert "confirmed" in minyi(county, "dispatch", "take-up", first, *CLERK, *DISPATCH).stdout
    extended = minyi(county, "dispatch", "extend", first, "--days", "10", *SUPERVISOR, *SUPERVISION, "--json")
    assert json.loads(extended.stdout)["extended_by"] == 10
    passage = next(d for d in county.store.documents_of("quarry-road") if "补偿标准" in d.body)
    said = ("--text", "已公示补偿明细。", "--evidence", f"{passage.id}:3-9")
    assert "responded" in minyi(county, "dispatch", "respond", first, *said, *CLERK, *DISPATCH).stdout
    assert "confirmed" in minyi(county, "dispatch", "send-back", first, *SUPERVISOR, *SUPERVISION).stdout
    assert "responded" in minyi(county, "dispatch", "respond", first, *said, *CLERK, *DISPATCH).stdout
    assert "closed" in minyi(county, "dispatch", "close", first, *SUPERVISOR, *SUPERVISION).stdout
    assert "responded" in minyi(county, "dispatch", "undo", first, *SUPERVISOR, *SUPERVISION).stdout
    assert "closed" in minyi(county, "dispatch", "close", first, *SUPERVISOR, *SUPERVISION).stdout
    assert minyi(county, "decide", point, "close", *SUPERVISOR, *SUPERVISION).exit_code == 0
    shown = minyi(county, "dispatch", "show", first, *SUPERVISION).stdout
    assert "response: 已公示补偿明细。" in shown and "undo by 主管乙" in shown
    listed = minyi(county, "dispatch", "list", "quarry-road", "--state", "closed", *SUPERVISION).stdout
    assert first in listed and second not in listed
    assert (
        minyi(county, "dispatch", "list", "quarry-road", "--unit", "finance", *SUPERVISION).stdout == "No dispatches.\n"
    )


@pytest.mark.parametrize(
    "arguments, code, told",
    [
        (("dispatch", "confirm", "t" + "0" * 24, *SUPERVISOR, *SUPERVISION), 1, "E311: no dispatch"),
        (("dispatch", "confirm", "t0", "--who", "甲", *SUPERVISION), 2, "--reason"),
        (("dispatch", "confirm", "t0", "--who", " ", "--reason", "核实", *SUPERVISION), 2, "P-23"),
        (("dispatch", "respond", "t0", *CLERK, *DISPATCH), 2, "--text TEXT or --file FILE"),
        (
            ("dispatch", "respond", "t0", "--text", "已核实", "--evidence", "d1", *CLERK, *DISPATCH),
            2,
            "DOCUMENT:START-END",
        ),
        (("dispatch", "extend", "t0", "--days", "40", *SUPERVISOR, *SUPERVISION), 2, "--days"),
        (("dispatch", "list", "nowhere", *SUPERVISION), 1, "E311: no project nowhere"),
        (("dispatch", "list", "quarry-road", "--role", "expert", "--purpose", "expert_review"), 1, "E304"),
        (("process", "mark", "quarry-road", "14", "done", *ASSESSOR, *SURVEY), 1, "E646: no step '14'"),
        (
            ("process", "stage", "quarry-road", "--to", "post_assessment", *ASSESSOR, *SURVEY),
            1,
            "E640: from in_assessment",
        ),
        (("process", "checklist", "quarry-road"), 1, "E301"),
        (("dispatch", "routing", "air_quality"), 1, "E647: no row for air_quality"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(county: CountyOffice, arguments: tuple, code: int, told: str):
    run = minyi(county, *arguments)
    assert run.exit_code == code and told in run.stderr and run.stdout == ""
    assert county.store.marks_on("quarry-road") == []


def test_the_routing_in_force_is_shown_and_a_citys_file_checked(county: CountyOffice, tmp_path: Path):
    usual = minyi(county, "dispatch", "routing", "air_pollution")
    assert usual.stdout.startswith("air_pollution (national): ecology_environment; with ")
    file = tmp_path / "city.yaml"
    file.write_text(
        "factor_routing:\n- {factor: air_pollution, primary: [housing_construction], note: 工地扬尘归住建}\n", "utf-8"
    )
    own = minyi(county, "dispatch", "routing", "air_pollution", MINYI_ROUTING_TABLE=str(file))
    assert own.stdout.startswith("air_pollution (city): housing_construction; with ") and "工地扬尘归住建" in own.stdout
    file.write_text("factor_routing:\n- {factor: air_pollution, primary: [wizards]}\n", "utf-8")
    wrong = minyi(county, "dispatch", "routing", MINYI_ROUTING_TABLE=str(file))
    assert wrong.exit_code == 1 and "E647: city.yaml" in wrong.stderr and "wizards" in wrong.stderr
