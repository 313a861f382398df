"""The board, and what a commissioning unit sees: numbers under k-anonymity, and no candidate before people confirm it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from county import COMPENSATION, DUST, CountyOffice, opinion
from hypothesis import given
from hypothesis import strategies as st
from letters import DAM
from opinions import ROAD

from api.board_volume import DailyVolumes, by_week, negative_share
from api.bulletin.volume import Volumes
from api.course_desk import CourseDesk
from api.desk import Desk
from api.policy import Reader
from pipeline.alerts.detector import Detector
from pipeline.alerts.observation import Observations, tick_of
from pipeline.alerts.settings import DetectorSettings
from pipeline.alerts.state import States
from pipeline.forecast.habit import DayOfProject, together
from pipeline.process.clocks import day_of
from pipeline.store import JudgedHour, Series

K = 5
BOARD, POINTS = "/v1/board", "/v1/projects/quarry-road/risk-points"
MONDAY = date(2026, 6, 1)


def confirm(county: CountyOffice, factor: str) -> str:
    """A named person accepts and confirms the road's candidate for a factor."""
    desk, point = Desk(county.office, Reader("周评估", "assessor")), county.point(factor)
    for action in ("accept", "confirm"):
        desk.decide(point, "risk_identification", who="周评估", action=action, reason="现场核对属实")  # type: ignore[arg-type]
    return point


def watch(
    county: CountyOffice, hours: int = 24 * 30, missing: int = 0, project_id: str = "quarry-road", people: int = 6
) -> None:
    """A project's hours up to now as judged: that many voices at noon each day, and unread hours at the end."""
    end = tick_of(county.store.clock()) - 1
    begin, states, judged = end - hours + 1, States.new(1), []
    for tick in range(begin, end + 1):
        count = float(people) if tick % 24 == 12 else 0.0
        gone = tick > end - missing
        seen = {"total": [count + 6 if count else 0.0], "missing": [gone]}
        Detector().step_many(
            states, Observations.at(tick, np.array([count]), **{name: np.array(one) for name, one in seen.items()})
        )
        if count or gone:
            judged.append(
                JudgedHour(project_id, tick, count, count + 6 if count else 0.0, people, people, {}, 1.0, False, gone)
            )
    series = Series(project_id, begin, end, DetectorSettings().version(), states.row_bytes(0), {})
    county.store.save_alert_series([series], judged)


def test_a_row_says_where_a_project_stands_and_what_waits_for_whoever_asks(county: CountyOffice) -> None:
    watch(county)
    found = county.caller("assessor").get(BOARD).json()
    row = next(row for row in found["rows"] if row["project_id"] == "quarry-road")
    assert (row["state"], row["days_read"], found["total"]) == ("normal", 14, 2)
    assert row["days"][3]["count"] == {"value": 6, "exact": True} and row["days"][3]["usual"]["high"] >= 6
    assert row["negative"] is not None and row["negative"]["low"] < 0.5 < row["negative"]["high"]
    assert row["candidates"] == 2 and {"what": "decide_candidates", "count": 2} in row["needs"]
    dam = next(row for row in found["rows"] if row["project_id"] == "dam")
    assert (dam["state"], dam["negative"], dam["oldest"]) == ("not_watched", None, None)
    assert [row["project_id"] for row in found["rows"]] == ["quarry-road", "dam"], "what needs the reader comes first"
    assert [event.action for event in county.events()[-1:]] == ["board.read"]


def test_a_share_is_not_told_where_the_number_of_the_week_is_hidden(county: CountyOffice) -> None:
    def shown() -> tuple[bool, list[bool]]:
        rows = county.caller("assessor").get(BOARD).json()["rows"]
        course = CourseDesk(county.office, Reader("周评估", "assessor")).course("quarry-road", "risk_identification")
        mine = next(row for row in rows if row["project_id"] == "quarry-road")
        return mine["negative"] is not None, [week.negative is not None for week in course.weeks]

    watch(county)
    on_board, by_week = shown()
    assert on_board and all(by_week[1:])
    watch(county, hours=24, project_id="dam", people=2)  # of few: beside it the week of the road is hidden
    on_board, later = shown()
    assert not on_board and later.count(False) == by_week.count(False) + 1


def test_quiet_that_was_not_read_is_a_gap_and_an_unread_day_is_no_zero(county: CountyOffice) -> None:
    watch(county, missing=60)
    row = county.caller("assessor").get(BOARD).json()["rows"][0]
    assert (row["project_id"], row["state"]) == ("quarry-road", "source_gap")
    yesterday = row["days"][-2]
    assert yesterday["read"] is False and yesterday["count"] is None and row["days_read"] < 14


def test_the_oldest_unanswered_petition_is_dated_from_k_voices_on_and_late_whoever_wrote(county: CountyOffice) -> None:
    few = county.caller("assessor").get(BOARD).json()["rows"][0]["oldest"]
    assert few == {"late": True, "since": None, "due": None, "days": None}
    county.hear(
        *(
            opinion(f"柳湾村第{n}户反映，运石料的车天天过，粉尘落了一院子。", (DUST, "粉尘", 0.9), number=n, day=7)
            for n in range(100, 109)
        )
    )
    many, today = county.caller("assessor").get(BOARD).json()["rows"][0]["oldest"], day_of(county.store.clock())
    since = date.fromisoformat(many["since"])
    assert many["late"] and many["days"] == (today - since).days > 60
    assert date.fromisoformat(many["due"]) == since + timedelta(days=60)
    assert county.office.waiting.of(["dam"]) == {"dam": ()}


def test_a_region_and_an_order_choose_rows_and_a_role_without_the_right_is_refused(county: CountyOffice) -> None:
    assessor = county.caller("assessor")
    found = assessor.get(BOARD, region="439933", order="name").json()
    assert [row["project_id"] for row in found["rows"]] == ["dam"] and found["total"] == 1
    assert {one["code"] for one in found["regions"]} >= {"4399", "439921", "439933"}
    assert assessor.get(BOARD, offset=2).json()["rows"] == []
    assert assessor.get(BOARD, order="author").json()["code"] == "E321"
    for role in ("response_unit", "commissioning_unit"):
        refused = county.caller(role).get(BOARD)
        assert (refused.status_code, refused.json()["code"]) == (403, "E304")
    assert assessor.get(BOARD, purpose=None).json()["code"] == "E301"


def test_a_commissioning_unit_sees_what_people_confirmed_and_nothing_else(county: CountyOffice) -> None:
    unit, hidden = county.caller("commissioning_unit", ["quarry-road"]), county.point(DUST)
    assert unit.get(POINTS).json()["rows"] == [] and unit.get(POINTS).json()["counted_only"] == []
    assert unit.get("/v1/risk-points").json()["rows"] == []
    point = confirm(county, COMPENSATION)
    assert [row["id"] for row in unit.get(POINTS).json()["rows"]] == [point]
    assert [row["id"] for row in unit.get("/v1/risk-points").json()["rows"]] == [point]
    assert unit.get(f"/v1/risk-points/{point}").json()["state"] == "confirmed_risk_point"
    for path in ("", "/decisions"):
        assert unit.get(f"/v1/risk-points/{hidden}{path}").json()["code"] == "E311"
    for path in ("matters", "snapshots", "coverage", "alerts", "documents", "forecast"):
        assert unit.get(f"/v1/projects/quarry-road/{path}").status_code in (403, 404), path
    assert county.caller("commissioning_unit", ["dam"]).get(POINTS).json()["code"] == "E303"
    assert {row["id"] for row in county.caller("assessor").get(POINTS).json()["rows"]} >= {point, hidden}


DAYS = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=7, max_size=7)


@given(DAYS, DAYS)
def test_no_day_is_told_that_few_people_spoke_on_nor_one_that_the_week_gives_away(
    road: list[tuple[int, int]], dam: list[tuple[int, int]]
) -> None:
    days = {
        project.id: [
            DayOfProject(MONDAY + timedelta(days=at), n, n + 9, min(n, v), min(n, v), 1.0, False)
            for at, (n, v) in enumerate(week)
        ]
        for project, week in ((ROAD, road), (DAM, dam))
    }
    projects, seen = [ROAD, DAM], {ROAD.id, DAM.id}
    shown = DailyVolumes(projects, days, seen, K)
    weeks = Volumes(projects, {key: together(week) for key, week in by_week(days)[MONDAY].items()}, seen, K)
    for project in projects:
        told = [(one, shown.day(project.id, one.day)) for one in days[project.id]]
        for one, figure in told:
            if figure is not None and figure.form == "exact" and one.count:
                assert figure.number == one.count and one.voices_low >= K
        bar = weeks.bar(project.id)
        untold = [one.count for one, figure in told if figure is None or figure.form != "exact"]
        if bar is not None and bar.form == "exact" and untold:
            assert len(untold) > 1, "the one hidden day is the week less the others"
        if bar is None or bar.form is None:
            assert all(figure is None for _, figure in told)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_a_share_needs_k_voices_for_it_and_k_texts_against_it(negative: int, others: int, voices: int) -> None:
    people = min(negative, voices)
    day = DayOfProject(MONDAY, negative, negative + others, people, people, 1.0, False)
    found = negative_share([day], K)
    enough = people >= K and (not others or others >= K)
    assert found == ((negative, negative + others) if enough else None)
    assert negative_share([DayOfProject(MONDAY, negative, None, people, people, 1.0, False)], K) is None
