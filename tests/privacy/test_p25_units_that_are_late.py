"""P-25: what is unanswered beyond its statutory clock is shown against the unit, never against who spoke."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from county import COMPENSATION, CountyOffice, opinion
from loops import CONFIRMED_AT, at, dispatched, state, step

from api.bulletin import Week, bulletin_of
from api.bulletin.html import html
from models.taxonomy import taxonomy
from pipeline.process.overdue import watch_dispatches

CHINA = ZoneInfo("Asia/Shanghai")
TAKE_UP, DUE = date(2026, 4, 16), date(2026, 5, 31)


def evening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, tzinfo=CHINA)


def rows(county: CountyOffice, **asked: str) -> list[dict]:
    found: list[dict] = county.caller("supervisor").get("/v1/dispatches", project="quarry-road", **asked).json()["rows"]
    return found


def test_both_clocks_run_from_the_day_after_the_confirmation(county: CountyOffice):
    dispatched(county)
    for row in rows(county):
        assert (row["take_up_due"], row["due"]) == (str(TAKE_UP), str(DUE))
        assert "信访工作条例" in row["take_up_basis"] and "第三十四条" in row["due_basis"]
        assert (row["late"], row["days_left"]) == (None, 60)


@pytest.mark.parametrize("taken_up", [False, True])
def test_a_unit_is_late_from_the_day_after_its_limit(county: CountyOffice, taken_up: bool):
    [first, second] = dispatched(county)
    if taken_up:
        assert step(county, first, "take_up", "local_government").status_code == 200
    last, kind = (DUE, "answer") if taken_up else (TAKE_UP, "take_up")
    at(county, evening(last))
    assert [row["late"] for row in rows(county) if row["id"] == first] == [None]
    at(county, evening(last) + timedelta(minutes=1))
    [row] = [row for row in rows(county) if row["id"] == first]
    assert row["state"] == "overdue"
    assert row["late"]["unit"] == taxonomy().units[row["functional_unit"]].name_zh
    assert (row["late"]["days"], row["late"]["since"], row["late"]["step"]) == (1, str(last), kind)
    assert second in {one["id"] for one in rows(county, state="overdue")}


def test_the_work_marks_it_and_its_risk_point_and_notes_it_once(county: CountyOffice):
    ids = dispatched(county)
    at(county, evening(TAKE_UP + timedelta(days=1)))
    assert (watch_dispatches(county.store), watch_dispatches(county.store)) == (2, 0)
    assert state(county) == "overdue"
    noted = [event for event in county.events() if event.action == "dispatches.overdue"]
    assert sorted(event.subject for event in noted) == sorted(ids) and {event.role for event in noted} == {"system"}
    for one in ids:
        assert step(county, one, "take_up", "response_unit").json()["late"] is None
    assert state(county) == "dispatched"


def test_what_is_shown_names_units_and_nobody_who_spoke(county: CountyOffice):
    dispatched(county)
    at(county, evening(DUE + timedelta(days=3)))
    watch_dispatches(county.store)
    told = county.caller("supervisor").get("/v1/dispatches", project="quarry-road").text
    week = Week.before(county.store.clock() + timedelta(days=7))
    page = html(bulletin_of(county.store, [county.road], week, None, 5))
    unit = taxonomy().units[taxonomy().routing[COMPENSATION].primary[0]].name_zh
    assert unit in told and unit in page
    bodies = [str(document.body) for document in county.store.all_documents()]
    for shown in (told, page):
        assert not [body for body in bodies if any(body[n : n + 12] in shown for n in range(0, len(body) - 12, 6))]


def test_an_answer_that_comes_late_is_shown_as_late(county: CountyOffice):
    [first, second] = dispatched(county)
    at(county, evening(DUE))
    assert (
        step(county, first, "respond", "response_unit", response="已核实并补发差额。").json()["answered_late"] is False
    )
    at(county, evening(DUE) + timedelta(minutes=1))
    late = step(county, second, "respond", "response_unit", response="已核实并补发差额。").json()
    assert (late["answered_late"], late["late"], late["state"]) == (True, None, "responded")
    back = step(county, second, "send_back").json()
    assert (back["state"], back["late"]["days"], back["response"]) == ("overdue", 1, None)


def test_an_answer_is_put_off_once_before_it_is_due_and_by_thirty_days_at_most(county: CountyOffice):
    [first, second] = dispatched(county)
    assert step(county, first, "extend", days=31).status_code == 422
    put_off = step(county, first, "extend", days=30).json()
    assert put_off["due"] == str(DUE + timedelta(days=30)) and put_off["extended_by"] == 30
    assert step(county, first, "extend", days=1).json()["code"] == "E643"
    at(county, evening(DUE) + timedelta(minutes=1))
    assert step(county, second, "extend", days=10).json()["code"] == "E643"


@pytest.mark.parametrize(
    "due, fits", [("2026-04-10", True), (str(DUE), True), ("2026-06-01", False), ("2026-04-01", False)]
)
def test_a_person_may_set_an_earlier_day_and_no_later_one(county: CountyOffice, due: str, fits: bool):
    [first, _] = dispatched(county)
    assert step(county, first, "undo").status_code == 200
    answer = step(county, first, "confirm", due=due)
    assert (answer.status_code == 200) == fits
    assert answer.json()["due" if fits else "code"] == (due if fits else "E643")
    if fits:
        assert answer.json()["take_up_due"] <= due


def test_new_complaints_do_not_move_the_clock(county: CountyOffice):
    dispatched(county)
    before = rows(county)
    county.hear(opinion("上井村的补偿标准还是没有说法。", (COMPENSATION, "补偿标准", 0.9), number=70, day=31))
    at(county, CONFIRMED_AT)
    assert rows(county) == before
