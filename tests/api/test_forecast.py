"""The forecast over HTTP and on the command line: numbers with intervals, or the reason why there are none."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from alerting import burst, looked, say
from click.testing import CliRunner
from county import COMPENSATION, CountyOffice
from letters import MONDAY
from opinions import opinion
from terminal import PURPOSE

from api.cli.main import cli
from pipeline.alerts.observation import CHINA
from pipeline.alerts.watch import watch
from pipeline.records import DecisionProject, Milestone

PATH = "/v1/projects/quarry-road/forecast"


def hear_daily(county: CountyOffice, days: int, per_day: int = 2) -> datetime:
    """Complaints on so many days, judged; returns the evening of the last of them."""
    said = [
        opinion(
            f"柳湾村第{n}组量地第{day}天的补偿标准没有公布{'，' * n}请答复。", (COMPENSATION, "补偿标准", 0.9),
            number=1000 + n, day=20 + day + n / 10,
        )
        for day in range(days)
        for n in range(per_day)
    ]  # fmt: skip
    county.hear(*said)
    last = MONDAY + timedelta(days=20 + days, hours=1)
    county.store.clock = lambda: last
    watch(county.store, county.office.settings, last)
    return last


def test_the_coming_days_have_an_expectation_with_intervals(county: CountyOffice):
    now = hear_daily(county, 30)
    shown = county.caller("assessor").get(PATH).json()
    assert shown["withheld"] is None and len(shown["days"]) == 14
    assert shown["days"][0]["day"] == (now.astimezone(CHINA).date() + timedelta(days=1)).isoformat()
    for day in shown["days"]:
        low, high = day["ninety"]
        assert low <= day["half"][0] <= day["median"] <= day["half"][1] <= high
        assert (day["expected"] * 2).is_integer()
    assert 0.5 <= shown["days"][0]["expected"] <= 4


@pytest.mark.parametrize("days, reason", [(3, "too_few_days"), (0, "never_judged")])
def test_too_short_a_history_gives_no_number(county: CountyOffice, days: int, reason: str):
    if days:
        county.store.withdraw_documents([document.id for document in county.store.all_documents()])
        hear_daily(county, days)
    shown = county.caller("assessor").get(PATH).json()
    assert shown["withheld"] == reason and shown["days"] == []


def test_a_habit_that_nobody_has_read_up_to_lately_gives_no_number(county: CountyOffice):
    now = hear_daily(county, 30)
    county.store.clock = lambda: now + timedelta(days=20)
    assert county.caller("assessor").get(PATH).json()["withheld"] == "not_read"


def test_fewer_than_five_comparable_projects_are_said_to_be_too_few(county: CountyOffice):
    now = hear_daily(county, 30)
    soon = now.astimezone(CHINA).date() + timedelta(days=5)
    milestones = (Milestone(name="补偿方案公示", date=soon.isoformat()),)
    county.office.register([county.road.model_copy(update={"milestones": milestones})])
    shown = county.caller("assessor").get(PATH).json()["milestones"]
    assert [(m["kind"], m["note"], m["comparable_projects"], m["weeks"]) for m in shown] == [
        ("公示", "too few comparable projects", None, [])
    ]


def test_comparable_projects_tell_how_volume_moved(county: CountyOffice):
    now = hear_daily(county, 90)
    step = now.astimezone(CHINA).date() - timedelta(days=35)
    road = county.store.project("quarry-road")
    past = [
        DecisionProject(id=f"past-{n}", name_zh=f"第{n}号引水渠", kind=road.kind, milestones=_milestone(step))
        for n in range(5)
    ]
    county.office.register([*past, road.model_copy(update={"milestones": _milestone(step + timedelta(days=38))})])
    for project in past:
        _speak(county, project, step)
    (shown,) = county.caller("assessor").get(PATH).json()["milestones"]
    assert shown["comparable_projects"] == 5 and [week["first"] for week in shown["weeks"]] == [-14, -7, 0, 7, 14, 21]
    assert shown["weeks"][2]["median"] > 1.5 > shown["weeks"][5]["median"]


def _milestone(day: date) -> tuple[Milestone, ...]:
    return (Milestone(name="补偿方案公示", date=day.isoformat()),)


def _speak(county: CountyOffice, project: DecisionProject, step: date) -> None:
    """One complaint every other day, three a day in the week of the milestone."""
    said = []
    for ahead in range(-42, 28):
        many = 3 if 0 <= ahead < 7 else 1 - ahead % 2
        at = datetime(step.year, step.month, step.day, 9, tzinfo=CHINA) + timedelta(days=ahead)
        for n in range(many):
            one = opinion(
                f"{project.name_zh}第{ahead}日第{n}段补偿标准不明。", (COMPENSATION, "补偿标准", 0.9),
                number=n, day=(at - MONDAY) / timedelta(days=1),
            )  # fmt: skip
            said.append(type(one)(one.document, one.analysis, one.link.model_copy(update={"project_id": project.id})))
    county.hear(*said)


def test_only_those_who_may_see_alerts_ask_and_it_is_noted(county: CountyOffice):
    assert county.caller("admin").get(PATH).status_code == 403
    assert county.caller("assessor").get(PATH, purpose=None).status_code == 403
    assert county.caller("assessor").get("/v1/projects/nowhere/forecast").status_code == 404
    assert county.caller("assessor").get(PATH, days=40).status_code in (400, 422)
    county.caller("assessor").get(PATH)
    event = county.events()[-1]
    assert (event.action, event.project_id, event.subject) == ("alerts.read", "quarry-road", "forecast")


def test_the_command_line_says_the_same(county: CountyOffice):
    asked = ["forecast", "quarry-road", *PURPOSE, "--role", "assessor", "--home", str(county.office.settings.home)]
    run = CliRunner().invoke(cli, [*asked, "--json"], catch_exceptions=False)
    assert run.exit_code == 0 and json.loads(run.stdout)["withheld"] == "never_judged"
    run = CliRunner().invoke(cli, asked, catch_exceptions=False)
    assert run.exit_code == 0 and "尚未开始监测" in run.stdout


def test_beside_a_running_rise_the_forecast_says_that_it_leaves_it_out(county: CountyOffice):
    hear_daily(county, 30)
    calm = county.caller("supervisor").get(PATH, purpose="supervision").json()
    assert calm["rise_running"] is False and "预警" not in calm["note"]
    say(county, burst(day=51))
    looked(county, MONDAY + timedelta(days=51, hours=14))
    risen = county.caller("supervisor").get(PATH, purpose="supervision").json()
    assert risen["rise_running"] is True and risen["note"].startswith("预警持续中，当前上升大多未计入")
    home = ("--home", str(county.office.settings.home))
    arguments = ["forecast", "quarry-road", "--role", "supervisor", "--purpose", "supervision", *home]
    assert "预警持续中，当前上升大多未计入" in CliRunner().invoke(cli, arguments, catch_exceptions=False).stdout
