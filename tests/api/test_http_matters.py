"""Matters over HTTP and on the command line: topics, numbers, units that are late, and what became of former ones."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from county import COMPENSATION, DUST, CountyOffice, opinion
from letters import MONDAY

from api.cli.matters import command
from models.taxonomy import taxonomy
from pipeline.feed import feed
from pipeline.propose import propose
from pipeline.records.handling import Handling


def matters(county: CountyOffice, role: str = "assessor") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = county.caller(role).get("/v1/projects/quarry-road/matters").json()["rows"]
    return rows


def on(county: CountyOffice, concern: str) -> dict[str, Any]:
    """The largest matter on a concern."""
    return next(row for row in matters(county) if row["concern"] == concern)


def crowd(number: int, first: int = 100, day: float = 7, words: str = "粉尘落了一院子") -> list[Any]:
    """As many people, each with a text of their own about the dust in one village."""
    return [
        opinion(
            f"柳湾村第{n}户反映，运石料的车天天过，{words}，晒的谷子全黑了。", (DUST, words, 0.9), number=n, day=day
        )
        for n in range(first, first + number)
    ]


def test_a_matter_says_what_it_is_about_and_how_much_stands_behind_it(county: CountyOffice) -> None:
    pay = [
        opinion(f"上井村第{n}组的旱地补偿标准比邻镇低，请核实。", (COMPENSATION, "补偿标准", 0.9), number=n, day=7)
        for n in range(20, 29)
    ]
    county.hear(*crowd(9), *crowd(8, 200, 15), *pay)
    assert {"at_least": 5} in [row["counts"]["documents"] for row in matters(county) if row["concern"] == COMPENSATION]
    dust = on(county, DUST)
    number = dust["counts"]["documents"]["value"]
    assert number >= 17 and dust["counts"]["voices"] == {"low": 1, "high": number}
    assert dust["places"] == [] and dust["factors"] == [{"code": DUST, "name": taxonomy().factors[DUST].name_zh}]
    weeks = {row["week"]: row["count"] for row in dust["weeks"]}
    assert set(weeks) <= {"2026-03-09", "2026-03-16"} and sum(c.get("value", 0) for c in weeks.values()) in (0, 17, 18)
    assert dust["proposed_unit_names"][0] == taxonomy().units[taxonomy().routing[DUST].primary[0]].name_zh


def test_months_date_no_text_of_few_people(county: CountyOffice) -> None:
    """P-06: twelve in one week, and one text months before: its month stands nowhere, as its week has no name."""
    county.hear(*crowd(12), *crowd(1, 300, 7 - 90))
    dust = on(county, DUST)
    weeks = {row["week"][:7] for row in dust["weeks"]}
    assert {dust["first_month"], dust["last_month"]} <= {None, *weeks, "2026-04"} and dust["first_month"] != "2025-12"
    few = [row for row in matters(county) if "less_than" in row["counts"]["documents"]]
    assert all((row["first_month"], row["last_month"]) == (None, None) for row in few)


def test_a_card_names_the_matters_that_it_rests_on_and_these_name_the_card(county: CountyOffice) -> None:
    point = county.point(COMPENSATION)
    card = county.caller("assessor").get(f"/v1/risk-points/{point}").json()
    assert [one["id"] for one in card["matters"]] == card["matter_ids"] != []
    for one in card["matters"]:
        found = county.caller("assessor").get(f"/v1/matters/{one['id']}").json()["matter"]
        assert found["title"] == one["title"] and point in found["risk_point_ids"]


def test_a_number_that_one_text_states_is_shown_from_k_voices_on_and_never_added(county: CountyOffice) -> None:
    affected = {"min": 300, "max": None, "unit": "household", "start": 3, "end": 5}
    texts = [
        opinion(
            f"柳湾村第{n}户反映，运石料的车天天过，粉尘落了一院子。",
            (DUST, "粉尘", 0.9),
            number=n,
            day=7,
            grievance_fields={"affected": affected},
        )
        for n in range(300, 309)
    ]
    county.hear(*texts)
    shown = on(county, DUST)["affected"]
    assert shown["min"] == 300 and shown["max"] is None


def test_a_former_matter_leads_to_the_one_that_holds_its_texts(county: CountyOffice) -> None:
    before = on(county, DUST)["id"]
    earlier = opinion("柳湾村反映，运石料的车从村里过，粉尘落了一院子。", (DUST, "粉尘", 0.9), number=9, day=1)
    county.hear(earlier)
    former = county.caller("assessor").get(f"/v1/matters/{before}").json()
    changes = {event["change"] for event in former["history"]}
    if former["matter"] is None:
        assert former["now"] and changes & {"renamed", "merged", "split"}
        now = county.caller("assessor").get(f"/v1/matters/{former['now'][0]}").json()
        assert now["matter"] and before in {event["matter_id"] for event in now["history"]}
    else:
        assert former["now"] == [before] and "appeared" in changes


def test_a_matter_whose_texts_are_gone_has_ended(county: CountyOffice) -> None:
    sheet = county.store.matters_of_project("quarry-road")[0]
    county.store.withdraw_documents(sheet.documents)
    feed(county.store, county.office.index)
    propose(county.store)
    found = county.caller("assessor").get(f"/v1/matters/{sheet.id}").json()
    assert found["matter"] is None and found["now"] == []
    assert [event["change"] for event in found["history"]][-1] == "ended"


@pytest.mark.parametrize("role", ["auditor", "admin", "response_unit", "expert"])
def test_who_may_not_read_candidates_may_not_read_matters(county: CountyOffice, role: str) -> None:
    key = county.store.matters_of_project("quarry-road")[0].id
    for path in ("/v1/projects/quarry-road/matters", f"/v1/matters/{key}"):
        assert county.caller(role).get(path).status_code == 403
    assert county.events()[-1].action == "candidates.read.denied"


def test_no_purpose_no_matter_and_a_made_up_id_is_told_from_nothing(county: CountyOffice) -> None:
    key = county.store.matters_of_project("quarry-road")[0].id
    assessor = county.caller("assessor")
    assert assessor.get(f"/v1/matters/{key}", purpose=None).json()["code"] == "E301"
    assert assessor.get("/v1/matters/m" + "0" * 24).json()["code"] == "E311"
    assert assessor.get("/v1/matters/anything").status_code == 404
    assert county.caller("assessor", ["dam"]).get(f"/v1/matters/{key}").json()["code"] == "E303"


def test_every_question_leaves_an_event_that_names_the_matter(county: CountyOffice) -> None:
    key = county.store.matters_of_project("quarry-road")[0].id
    county.caller("assessor").get(f"/v1/matters/{key}")
    event = county.events()[-1]
    assert (event.action, event.subject, event.project_id) == ("candidates.read", key, "quarry-road")


def test_what_a_board_calls_settled_is_not_late(county: CountyOffice) -> None:
    texts = crowd(9)
    county.hear(*texts)
    county.store.clock = lambda: MONDAY + timedelta(days=90)
    late = on(county, DUST)["response"]["late"]
    assert late
    behind = {one for sheet in county.store.matters_of_project("quarry-road") for one in sheet.documents}
    county.store.save_handling({one: Handling(status="closed") for one in behind})
    assert on(county, DUST)["response"]["late"] == []


def test_the_command_shows_the_same_as_the_route(county: CountyOffice) -> None:
    county.hear(*crowd(9))
    home = str(county.office.settings.home)
    shown = CliRunner().invoke(
        command, ["quarry-road", "--purpose", "risk_identification", "--home", home, "--json"], catch_exceptions=False
    )
    mine, theirs = json.loads(shown.stdout), county.caller("assessor").get("/v1/projects/quarry-road/matters").json()
    assert [row["id"] for row in mine["rows"]] == [row["id"] for row in theirs["rows"]]
    assert [row["counts"] for row in mine["rows"]] == [row["counts"] for row in theirs["rows"]]
    read = CliRunner().invoke(command, ["quarry-road", "--purpose", "risk_identification", "--home", home])
    assert read.exit_code == 0 and taxonomy().factors[DUST].name_zh in read.stdout
    one = CliRunner().invoke(
        command,
        ["quarry-road", "--purpose", "risk_identification", "--home", home, "--matter", mine["rows"][0]["id"]],
    )
    assert one.exit_code == 0 and "出现" in one.stdout
    other = CliRunner().invoke(
        command, ["dam", "--purpose", "risk_identification", "--home", home, "--matter", mine["rows"][0]["id"]]
    )
    assert other.exit_code == 1 and "E311" in other.stderr
