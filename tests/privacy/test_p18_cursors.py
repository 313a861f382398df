"""P-18: pages of a list of incidents tell nothing of a life-safety cue to who is not its officer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alerting import NOW
from county import CountyOffice
from letters import MONDAY

from pipeline.records import Incident

CUE = timedelta(microseconds=600_001)


def rise(number: int) -> Incident:
    begin = MONDAY + timedelta(hours=number)
    return Incident(
        id=f"i{number:024x}", project_id="quarry-road", kind="volume", serial=number, begin=begin, window_start=begin,
        window_end=begin + timedelta(hours=6), observed=9, expected=1, interval=(0, 3), p_value=0.001,
        recurrence_months=7, signal="orange", level="orange", settings_version="s1", state="closed",
    )  # fmt: skip


def cue(number: int) -> Incident:
    begin = NOW + number * CUE
    return rise(number).model_copy(
        update={"kind": "life_safety", "begin": begin, "window_start": begin, "officer": "county-supervisor"}
    )


def pages(caller: Any, path: str, limit: int) -> list[list[str]]:
    """The ids of every page, followed by its cursors."""
    found: list[list[str]] = []
    cursor: dict[str, Any] = {}
    while len(found) < 20:
        answer = caller.get(path, limit=limit, **cursor).json()
        assert "rows" in answer, answer
        found.append([row["id"] for row in answer["rows"]])
        if answer["next_cursor"] is None:
            return found
        assert answer["next_cursor"].endswith(found[-1][-1]), "a cursor names the last row that was shown"
        cursor = {"cursor": answer["next_cursor"]}
    raise AssertionError("the pages do not end")


def test_cursors_and_the_length_of_pages_are_the_same_with_and_without_hidden_cues(road: CountyOffice) -> None:
    assessor, officer = road.caller("assessor"), road.caller("supervisor")
    rises = [rise(number) for number in range(1, 5)]
    for one in rises:
        road.store.save_incident(one)
    before = [pages(assessor, path, limit) for path in PATHS for limit in (1, 2, 3, 4)]
    cues = [cue(number) for number in range(10, 13)]
    for one in cues:
        road.store.save_incident(one)
    assert [pages(assessor, path, limit) for path in PATHS for limit in (1, 2, 3, 4)] == before
    everything = {one.id for one in (*rises, *cues)}
    for limit in (1, 2, 3):
        seen = [one for page in pages(officer, "/v1/incidents", limit) for one in page]
        assert len(seen) == len(set(seen)) and set(seen) == everything


def test_a_rise_is_no_duplicate_of_a_cue_and_the_answer_does_not_tell_whether_there_is_one(road: CountyOffice) -> None:
    road.store.save_incident(rise(1))
    road.store.save_incident(cue(10))
    address = f"/v1/incidents/{rise(1).id}/answers"
    answers = [
        road.caller("assessor").post(address, {"who": "甲", "action": "verdict", "verdict": "duplicate",
                                               "duplicate_of": other})
        for other in (cue(10).id, "i" + "f" * 24)
    ]  # fmt: skip
    assert [one.status_code for one in answers] == [409, 409]
    assert answers[0].json() == answers[1].json()


PATHS = ("/v1/incidents", "/v1/projects/quarry-road/alerts")
