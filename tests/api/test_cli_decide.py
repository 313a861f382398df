"""``minyi decide``: a named person decides with a reason, and no later analysis changes it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from county import COMPENSATION, DUST, CountyOffice
from opinions import opinion
from terminal import PURPOSE

from api.cli.main import cli

WHO = ("--who", "评估员甲", "--reason", "走访三户后核实", *PURPOSE)


def minyi(county: CountyOffice, *arguments: str) -> Result:
    home = ("--home", str(county.office.settings.home))
    environment = {"MINYI_PROCESSES": "1"}
    return CliRunner(env=environment).invoke(cli, [*arguments, *home], catch_exceptions=False)


def card(county: CountyOffice, factor: str) -> dict:
    answer = json.loads(minyi(county, "risk-points", "quarry-road", *PURPOSE, "--json").stdout)
    return next(row for row in answer["rows"] if row["factor"] == factor)


@pytest.mark.parametrize("action, state", [("accept", "accepted"), ("reject", "rejected")])
def test_a_decision_is_shown_with_its_candidate(county: CountyOffice, action: str, state: str):
    run = minyi(county, "decide", county.point(DUST), action, *WHO)
    assert run.exit_code == 0 and run.stdout == f"{action}: {county.point(DUST)} by 评估员甲\n"
    assert card(county, DUST)["state"] == state
    [decision] = county.store.decisions_on(county.point(DUST))
    assert (decision.who, decision.reason) == ("评估员甲", "走访三户后核实")


def test_a_human_value_stands_when_new_texts_come(county: CountyOffice):
    before = card(county, COMPENSATION)["attention"]
    value = "watch" if before != "watch" else "focus"
    assert (
        minyi(county, "decide", county.point(COMPENSATION), "edit", "--set", f"attention={value}", *WHO).exit_code == 0
    )
    county.hear(opinion("柳湾村的旱地补偿标准仍然低于邻镇，几十户都不肯签字。", (COMPENSATION, "补偿标准", 0.9), number=9, day=12, level=3))  # fmt: skip
    after = card(county, COMPENSATION)
    assert after["counts"]["documents"] == {"value": 7, "exact": True}
    assert after["attention"] == value and after["decided_by_people"] == ["attention"]


def test_what_people_decided_survives_an_analysis_with_other_models(county: CountyOffice):
    point = county.point(COMPENSATION)
    assert minyi(county, "decide", point, "accept", *WHO).exit_code == 0
    assert minyi(county, "decide", point, "edit", "--set", "attention=verify_first", *WHO).exit_code == 0
    assert minyi(county, "decide", point, "edit", "--set", "stakeholder_groups=[]", *WHO).exit_code == 0
    run = minyi(county, "work", "--json")
    assert run.exit_code == 0 and json.loads(run.stdout)["analysed"] == 10
    after = card(county, COMPENSATION)
    assert (after["state"], after["attention"], after["stakeholder_groups"]) == ("accepted", "verify_first", [])
    assert minyi(county, "work").stdout == "Nothing was left to do.\n"


def test_a_merged_candidate_names_the_other(county: CountyOffice):
    run = minyi(county, "decide", county.point(DUST), "merge", "--into", county.point(COMPENSATION), *WHO, "--json")
    assert run.exit_code == 0 and json.loads(run.stdout)["merge_into"] == county.point(COMPENSATION)
    assert card(county, DUST)["state"] == "merged"


@pytest.mark.parametrize(
    "arguments, code, told",
    [
        (("accept", "--who", "甲", "--reason", "", *PURPOSE), 1, "reason: "),
        (("accept", "--reason", "走访核实", *PURPOSE), 2, "--who"),
        (("accept", "--who", "甲", *PURPOSE), 2, "--reason"),
        (("accept", "--who", "甲", "--reason", "走访核实"), 1, "E301"),
        (("approve", *WHO), 2, "'accept', 'edit', 'merge', 'reject'"),
        (("edit", *WHO), 2, "at least one --set"),
        (("edit", "--set", "attention", *WHO), 2, "expected FIELD=VALUE"),
        (("edit", "--set", "attention=urgent", *WHO), 1, "attention: Input should be 'watch', 'focus' or 'verify_first'"),
        (("edit", "--set", "counts=1", *WHO), 1, "counts cannot be set by a decision; editable: affected, attention"),
        (("edit", "--set", "nonsense=1", *WHO), 1, "nonsense cannot be set"),
        (("merge", *WHO), 2, "merge needs --into"),
        (("accept", "--into", "r0", *WHO), 2, "--into does not go with accept"),
        (("merge", "--into", "r0", *WHO), 1, "can be merged into another risk point of its project only"),
        (("accept", *WHO, "--role", "expert"), 1, "E301"),
        (("accept", "--who", "甲", "--reason", "走访核实", "--role", "auditor", "--purpose", "audit"), 1, "E304"),
    ],
)  # fmt: skip
def test_a_decision_that_cannot_stand_is_refused_and_changes_nothing(
    county: CountyOffice, arguments: tuple, code: int, told: str
):
    before = card(county, DUST)
    run = minyi(county, "decide", county.point(DUST), *arguments)
    assert run.exit_code == code and told in run.stderr and run.stdout == ""
    assert code == 2 or run.stderr.count("\n") == 1
    assert card(county, DUST) == before and county.store.decisions_on(county.point(DUST)) == []


def test_an_unknown_candidate_is_named(county: CountyOffice):
    run = minyi(county, "decide", "r0123", "accept", *WHO)
    assert run.exit_code == 1 and run.stderr == "Error: E311: no risk point r0123\n"
