"""Proposed milestones and the status of sources over HTTP: who sees them, who decides, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from county import CountyOffice
from opinions import opinion

from pipeline.notices.proposing import propose_milestones
from pipeline.redacted import seal
from pipeline.store import SourceCrawl

ACCEPT = {"who": "评估员甲", "action": "accept", "reason": "与公告原件核对一致"}
FIGURES = {"windows": 1, "cut_short": 0, "items": 3, "unchanged": 0, "pages": 4, "failures": 0, "undecodable": 0, "fields": {"title": 3}}  # fmt: skip


@pytest.fixture
def address(county: CountyOffice) -> str:
    """Address of the milestones of the road, of which one is proposed."""
    said = opinion(
        "柳湾村、上井村拟征收土地。\n公告期限：2026年2月10日至2026年2月24日。",
        ("compensation_standard", "征收", 0.9),
        number=77,
    )
    stated = {
        "genre": "notice",
        "source_kind": "notice",
        "title": seal("征收土地预公告"),
        "url": "https://county.example/t1.html",
    }
    notice = said.document.model_copy(update={**stated, "published_at": datetime(2026, 2, 10, tzinfo=UTC)})
    found = {"links": (said.link,), "grievances": (), "is_grievance": False, "input_hash": notice.content_hash}
    analysis = said.analysis.model_copy(update={**found, "text_length": len(notice.text), "entities": ()})
    county.store.add_documents([notice])
    county.store.complete_analyses([analysis])
    propose_milestones(county.store)
    return "/v1/projects/quarry-road/milestones"


def test_both_numbers_are_shown_with_the_words_of_the_notice(county: CountyOffice, address: str) -> None:
    [row] = county.caller("assessor").get(address).json()["rows"]
    clock = row["clock"]
    assert (clock["required"], clock["announced"], clock["shorter"], clock["unit"]) == (10, 6, True, "working_day")
    assert clock["evidence"]["text"] == "公告期限：2026年2月10日至2026年2月24日"
    assert (row["state"], row["name"], row["notice_url"]) == (
        "proposed",
        "征收土地预公告",
        "https://county.example/t1.html",
    )


def test_a_person_accepts_once_and_the_project_has_it(county: CountyOffice, address: str) -> None:
    assessor = county.caller("assessor")
    [row] = assessor.get(address).json()["rows"]
    for _ in range(2):
        answer = assessor.post(f"{address}/{row['id']}", ACCEPT)
        assert (answer.status_code, answer.json()["state"], answer.json()["decided_by"]) == (
            200,
            "accepted",
            "评估员甲",
        )
    changed = assessor.post(f"{address}/{row['id']}", {**ACCEPT, "action": "reject"})
    assert (changed.status_code, changed.json()["code"]) == (409, "E152")
    [milestone] = assessor.get("/v1/projects/quarry-road").json()["milestones"]
    assert milestone == {"name": "征收土地预公告", "date": "2026-02-10", "notice_url": "https://county.example/t1.html"}
    assert "milestones.decide" in [event.action for event in county.events()]


@pytest.mark.parametrize("body", [{}, {**ACCEPT, "who": " "}, {**ACCEPT, "reason": "x"}, {**ACCEPT, "action": "edit"}])
def test_without_name_and_reason_nothing_is_decided(county: CountyOffice, address: str, body: dict) -> None:
    assessor = county.caller("assessor")
    [row] = assessor.get(address).json()["rows"]
    assert assessor.post(f"{address}/{row['id']}", body).status_code == 422
    assert assessor.get(address).json()["rows"][0]["state"] == "proposed"


def test_who_may_look_may_not_always_decide(county: CountyOffice, address: str) -> None:
    [row] = county.caller("assessor").get(address).json()["rows"]
    supervisor = county.caller("supervisor")
    assert supervisor.get(address).status_code == 200
    assert supervisor.post(f"{address}/{row['id']}", ACCEPT).json()["code"] == "E304"
    assert county.caller("auditor").get(address).json()["code"] == "E304"
    assert county.caller("assessor").get(address, purpose=None).json()["code"] == "E301"
    unknown = county.caller("assessor").post(f"{address}/m{'0' * 24}", ACCEPT)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "E151")


def test_the_status_of_sources_names_silence_and_no_reason_of_a_person(county: CountyOffice) -> None:
    store = county.store
    store.note_source("mailbox", title="县长信箱", kind="petition", every_minutes=60)
    store.note_crawl(
        SourceCrawl("mailbox", store.clock(), "done", FIGURES, {"errors": {"ok": True, "count": 0, "of": 4}})
    )
    store.note_success("mailbox", store.clock() + timedelta(hours=1))
    store.settle_incidents("mailbox", {"no_items": {"missed_by_habit": 9.6, "empty_since": "2026-03-01"}})
    store.switch_source("mailbox", enabled=True, by="cli-root", reason=seal("授权书"))
    [row] = county.caller("assessor").get("/v1/sources").json()["rows"]
    assert (row["name"], row["title"], row["last_state"], row["figures"]["items"]) == ("mailbox", "县长信箱", "done", 3)
    assert [(one["kind"], one["closed_at"]) for one in row["incidents"]] == [("no_items", None)]
    assert "reason" not in row and "授权书" not in str(row)
    for role in ("auditor", "admin", "platform"):
        assert county.caller(role).get("/v1/sources").status_code == 200
    assert county.caller("expert").get("/v1/sources").json()["code"] == "E302"
    assert county.caller("assessor").get("/v1/sources", purpose=None).json()["code"] == "E301"
    assert {"sources.read", "sources.read.denied"} <= {event.action for event in county.events()}
