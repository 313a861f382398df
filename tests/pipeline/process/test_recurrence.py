"""The watch after closing: new complaints propose a reopening, copies and older texts do not, a person decides."""

from __future__ import annotations

from datetime import timedelta

from county import COMPENSATION, DUST, CountyOffice
from letters import MONDAY
from loops import CONFIRMED_AT, at, closed, decide, state
from opinions import opinion

from pipeline.process.recurrence import recurrences

CLOSED_DAY = 30


def again(number: int, day: float, **more: object):
    body = f"补偿标准又变了，第{number}组上月的差额没有补。"
    return opinion(body, (COMPENSATION, "补偿标准", 0.9), number=number, day=day, **more)


def rows(county: CountyOffice) -> list[dict]:
    found: list[dict] = (
        county.caller("assessor").get("/v1/projects/quarry-road/recurrences", purpose="post_assessment").json()["rows"]
    )
    return found


def test_new_complaints_after_the_closing_are_proposed_and_a_person_reopens_with_them(county: CountyOffice):
    closed(county)
    assert rows(county) == []
    new = again(80, CLOSED_DAY + 10)
    county.hear(new)
    at(county, CONFIRMED_AT + timedelta(days=12))
    [row] = rows(county)
    assert row["risk_point_id"] == county.point(COMPENSATION) and state(county) == "closed"
    assert {passage["document_id"] for passage in row["evidence"]} == {new.document.id}
    decision = decide(county, "reopen", "supervisor").json()
    assert decision["evidence"] == row["evidence"] and decision["who"] == "主管乙"
    assert state(county) == "reopened" and rows(county) == []


def test_a_copy_of_an_older_text_an_older_text_and_another_factor_propose_nothing(county: CountyOffice):
    closed(county)
    old = next(d for d in county.store.documents_of("quarry-road") if "补偿标准" in d.body)
    copied = again(81, CLOSED_DAY + 5)
    copy = type(copied)(copied.document.model_copy(update={"origin_id": old.id}), copied.analysis, copied.link)
    dust = opinion("石料车又来了，粉尘更大。", (DUST, "粉尘", 0.9), number=84, day=CLOSED_DAY + 5)
    county.hear(copy, again(82, CLOSED_DAY - 3), dust)
    assert rows(county) == []


def test_a_text_that_is_withdrawn_leaves_the_proposal_at_once(county: CountyOffice):
    closed(county)
    new = again(83, CLOSED_DAY + 2)
    county.hear(new)
    assert len(rows(county)) == 1
    county.store.withdraw_documents([new.document.id])
    assert rows(county) == []


def test_what_a_person_keeps_closed_comes_again_only_with_later_texts(county: CountyOffice):
    closed(county)
    county.hear(again(85, CLOSED_DAY + 2))
    at(county, CONFIRMED_AT + timedelta(days=4))
    assert decide(county, "keep_closed", "supervisor", reason="差额已于本周补发").status_code == 201
    assert (state(county), rows(county)) == ("closed", [])
    later = again(86, CLOSED_DAY + 9)
    county.hear(later)
    [row] = rows(county)
    assert [passage["document_id"] for passage in row["evidence"]] == [later.document.id]
    assert decide(county, "undo", "supervisor").status_code == 201
    assert len(rows(county)[0]["evidence"]) == 2


def test_who_may_not_open_evidence_is_told_that_it_recurs_and_by_which_texts_not(county: CountyOffice):
    closed(county)
    county.hear(again(87, CLOSED_DAY + 2))
    [row] = county.caller("response_unit").get("/v1/projects/quarry-road/recurrences").json()["rows"]
    assert (row["factor"], row["evidence"]) == (COMPENSATION, [])


def test_what_was_merged_into_it_counts_with_it(county: CountyOffice):
    county.stage("post_assessment")
    at(county, MONDAY + timedelta(days=20))
    assert decide(county, "merge", factor=DUST, merge_into=county.point(COMPENSATION)).status_code == 201
    closed(county)
    new = opinion("石料车又来了，粉尘更大。", (DUST, "粉尘", 0.9), number=88, day=CLOSED_DAY + 6)
    county.hear(new)
    [found] = recurrences(county.store, "quarry-road")
    assert found.risk_point_id == county.point(COMPENSATION)
    assert {passage.document_id for passage in found.evidence} == {new.document.id}
