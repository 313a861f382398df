"""Incidents over HTTP: the page, answers, who may, the daily list, measured precision, the preview, metrics."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alerting import NOW, burst, looked, quiet, say, the_incident
from county import CountyOffice

from api.incident_trials import _ROOM
from pipeline.records import Incident


@pytest.fixture(scope="module")
def burnt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the burst has been judged."""
    county = CountyOffice(tmp_path_factory.mktemp("burst") / "home")
    say(county, [*quiet(), *burst(32)])
    looked(county)
    county.office.close()
    return county.office.settings.home


@pytest.fixture
def alarmed(burnt: Path, tmp_path: Path) -> Any:
    """An office of one's own with one incident."""
    import shutil

    county = CountyOffice(shutil.copytree(burnt, tmp_path / "home"))
    county.store.clock = lambda: NOW
    yield county
    county.office.close()


def test_the_page_says_why_with_words_that_stand_in_the_texts(alarmed: CountyOffice) -> None:
    incident = the_incident(alarmed)
    page = alarmed.caller("supervisor").get(f"/v1/incidents/{incident.id}").json()
    assert page["observed"] == {"value": incident.observed, "exact": True}
    assert "往常" in page["headline"] and page["project_name"] in page["headline"]
    explained = page["explanation"]
    facets = {found["facet"]: found for found in explained["drivers"]}
    assert facets.keys() == {"matter", "factor", "source", "place"}
    [factor] = facets["factor"]["values"]
    assert factor["code"] == "compensation_standard" and factor["share"] >= 0.8 and facets["factor"]["covers"] >= 0.8
    texts = [document.text for document in alarmed.store.documents_of("quarry-road")]
    quotes = [quote for found in facets.values() for value in found["values"] for quote in value["quotes"]]
    assert quotes and all(any(quote in text for text in texts) for quote in quotes)
    assert {check["code"] for check in explained["checks"]} >= {"copies", "back_fill", "one_voice", "holiday"}


def test_below_k_voices_no_number_no_site_and_no_word_is_shown(road: CountyOffice) -> None:
    say(road, quiet())
    say(road, burst(24), voices=[1, 2] * 12)
    looked(road)
    incident = the_incident(road)
    page = road.caller("supervisor").get(f"/v1/incidents/{incident.id}").json()
    assert page["observed"] == {"less_than": 5} and page["voices"] == {"less_than": 5}
    assert page["recurrence_months"] is None and page["explanation"]["observed_now"] == {"less_than": 5}
    shown = str(page)
    assert (
        "柳湾村" not in shown
        and "上井村" not in shown
        and "旱地" not in shown
        and f" {incident.observed} " not in shown
    )
    values = [value for found in page["explanation"]["drivers"] for value in found["values"]]
    assert all(value["quotes"] == [] and value["share"] is None for value in values)


def test_an_incident_is_answered_step_by_step_and_all_is_noted(alarmed: CountyOffice) -> None:
    incident, officer = the_incident(alarmed), alarmed.caller("supervisor")
    address = f"/v1/incidents/{incident.id}"

    def answer(**given: Any) -> Any:
        return officer.post(f"{address}/answers", {"who": "督查员甲", **given})

    acknowledged = answer(action="acknowledge", hours=2).json()
    assert acknowledged["state"] == "acknowledged"
    assert answer(action="assign", to="housing_bureau").json()["assigned_to"] == "housing_bureau"
    comment = "已与项目部核实，联系人电话13812345678，明日公示。"
    assert answer(action="comment", comment=comment).status_code == 200
    assert answer(action="verdict", verdict="true").json()["verdict"] == "true"
    looked(alarmed, NOW + timedelta(hours=3))
    assert alarmed.store.incident(incident.id).state == "open"
    assert [event.kind for event in alarmed.store.incident_events()].count("reminder") == 1
    assert answer(action="close").json()["state"] == "closed"
    assert answer(action="silence").status_code == 409
    assert answer(action="reopen").json()["state"] == "open"
    notes = officer.get(f"{address}/notes").json()["rows"]
    assert [note["action"] for note in notes] == ["acknowledge", "assign", "comment", "verdict", "close", "reopen"]
    assert "13812345678" not in str(notes) and "项目部" in notes[2]["comment"]
    assert [e.action for e in alarmed.events()].count("alerts.answer") == 6
    quality = officer.get("/v1/incidents/quality").json()["rows"]
    assert [(row["true"], row["false"], row["precision"]) for row in quality] == [(1, 0, 1.0)]


@pytest.mark.parametrize(
    "given",
    [{"action": "verdict"}, {"action": "assign"}, {"action": "close", "hours": 3}, {"action": "comment"},
     {"action": "acknowledge", "hours": 700}, {"action": "verdict", "verdict": "duplicate"}],
)  # fmt: skip
def test_an_answer_that_does_not_fit_is_refused(alarmed: CountyOffice, given: dict[str, Any]) -> None:
    address = f"/v1/incidents/{the_incident(alarmed).id}/answers"
    answer = alarmed.caller("supervisor").post(address, {"who": "督查员甲", **given})
    assert (answer.status_code, answer.json()["code"]) == (422, "E808")


def test_who_may_see_and_answer_follows_role_stage_and_region(alarmed: CountyOffice) -> None:
    incident = the_incident(alarmed)
    page, answers = f"/v1/incidents/{incident.id}", f"/v1/incidents/{incident.id}/answers"
    close = {"who": "督查员甲", "action": "close"}
    assert alarmed.caller("expert").get(page).status_code == 403
    assert alarmed.caller("local_government").get(page).status_code == 200
    assert alarmed.caller("assessor", region="439933").post(answers, close).status_code == 403
    unit = alarmed.caller("commissioning_unit")
    assert unit.get(page).status_code == 403 and unit.post(answers, close).status_code == 403
    assert unit.get("/v1/incidents").status_code == 403
    assert alarmed.caller("discipline_inspection").get(page).status_code == 403
    assert alarmed.caller("auditor").get(page).status_code == 403
    elsewhere = alarmed.caller("supervisor", region="439933")
    assert elsewhere.get(page).status_code == 403 and elsewhere.get("/v1/incidents").json()["rows"] == []
    assert alarmed.caller("supervisor", region="439921").get("/v1/incidents").json()["rows"][0]["id"] == incident.id
    assert alarmed.caller("expert").get(page).status_code == 403
    alarmed.stage("after_assessment")
    assert alarmed.caller("expert").get(page).status_code == 200
    denied = [event.action for event in alarmed.events() if event.action.endswith(".denied")]
    assert "alerts.answer.denied" in denied and "alerts.read.denied" in denied


def test_the_daily_list_leads_with_what_stands_up_to_the_number_of_projects(alarmed: CountyOffice) -> None:
    day = the_incident(alarmed).begin.date()
    rows = alarmed.caller("supervisor").get("/v1/incidents", day=str(day)).json()["rows"]
    assert [row["listed"] for row in rows] == [True]
    assert alarmed.caller("supervisor").get("/v1/incidents", day="2026-01-01").json()["rows"] == []


def test_listed_are_those_that_chance_does_not_explain() -> None:
    from pipeline.alerts.daily import listed

    def rise(number: int, months: float) -> Incident:
        return Incident(
            id=f"i{number:024x}", project_id=f"p{number}", serial=1, begin=NOW, window_start=NOW, window_end=NOW,
            observed=9, expected=1.0, interval=(0, 3), p_value=1e-6, recurrence_months=months, signal="blue",
            level="blue", settings_version="x",
        )  # fmt: skip

    rises = [rise(1, 4.0), rise(2, 12_000.0), rise(3, 5.0)]
    assert [i.project_id for i in listed(rises, projects=1000)] == ["p2"]
    assert len(listed(rises, projects=3)) == 3
    assert listed([rise(1, 4.0)], projects=100_000) == ()


def test_the_preview_says_what_other_settings_would_have_told(alarmed: CountyOffice) -> None:
    officer, address = alarmed.caller("supervisor"), "/v1/projects/quarry-road/alerts/preview"
    incident = the_incident(alarmed)
    alarmed.caller("supervisor").post(
        f"/v1/incidents/{incident.id}/answers", {"who": "督查员甲", "action": "verdict", "verdict": "true"}
    )
    same = officer.get(address, since="2026-03-01").json()
    assert [(e["incident_id"], e["verdict"]) for e in same["episodes"]] == [(incident.id, "true")]
    assert same["not_told"] == []
    assert officer.get(address, since="2026-03-01", false_alarms=".001,.05,.01,.2").json()["code"] == "E807"
    assert officer.get("/v1/projects/dam/alerts/preview", since="2026-03-01").json()["code"] == "E807"
    long_ago = officer.get(address, since="2024-01-01")
    assert (long_ago.status_code, long_ago.json()["code"]) == (400, "E807") and "180 days" in long_ago.json()["detail"]


def test_one_preview_runs_and_one_waits(alarmed: CountyOffice) -> None:
    officer, address = alarmed.caller("supervisor"), "/v1/projects/quarry-road/alerts/preview"
    with _ROOM, _ROOM:
        refused = officer.get(address, since="2026-03-01")
        assert (refused.status_code, refused.json()["code"]) == (429, "E807") and "ask again" in refused.json()[
            "detail"
        ]
        assert alarmed.caller("auditor").get(address, since="2026-03-01").status_code == 403
    assert officer.get(address, since="2026-03-01").status_code == 200


def test_pages_follow_one_another_and_metrics_count(alarmed: CountyOffice) -> None:
    officer = alarmed.caller("supervisor")
    first = officer.get("/v1/projects/quarry-road/alerts", limit=1).json()
    assert len(first["rows"]) == 1 and first["next_cursor"] is None, "a cursor leads to a row, never to nothing"
    earlier = the_incident(alarmed).model_copy(
        update={
            "id": f"i{1:024x}",
            "serial": 99,
            "begin": the_incident(alarmed).begin - timedelta(hours=1),
            "state": "closed",
        }
    )
    alarmed.store.save_incident(earlier)
    first = officer.get("/v1/projects/quarry-road/alerts", limit=1).json()
    rest = officer.get("/v1/projects/quarry-road/alerts", limit=1, cursor=first["next_cursor"]).json()
    assert [row["id"] for row in rest["rows"]] == [earlier.id] and rest["next_cursor"] is None
    assert officer.get("/v1/projects/quarry-road/alerts", cursor=f"1-{earlier.id}").json()["code"] == "E321"
    figures = alarmed.caller("admin").get("/metrics").text
    assert f'minyi_incidents{{kind="volume",level="{earlier.level}",state="open"}} 1\n' in figures
    assert "minyi_watched_projects 1\n" in figures and "minyi_watch_lag_hours" in figures
    assert officer.get("/metrics").status_code == 403
