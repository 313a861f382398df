"""What is past its time, or withdrawn, goes alike on both kinds of database."""

from __future__ import annotations

from datetime import timedelta

from letters import MONDAY, ROAD, VERSIONS, analysis, document_id, petition

from pipeline.records import Evidence
from pipeline.records.incident import Incident, incident_id
from pipeline.records.milestone import MilestoneProposal
from pipeline.redacted import seal
from pipeline.store import Store
from pipeline.store.erasing import Erasing
from pipeline.store.reanalysis import Scope
from pipeline.store.retention import Retention

OTHERS = VERSIONS.model_copy(update={"model": "m2"})


def test_a_closed_incident_without_an_end_counts_from_its_beginning(store: Store):
    store.upsert_projects([ROAD])
    for state in ("open", "closed"):
        store.save_incident(Incident(
            id=incident_id(ROAD.id, "life_safety", state), project_id=ROAD.id, kind="life_safety", serial=0,
            begin=MONDAY, window_start=MONDAY, window_end=MONDAY, observed=1, expected=0.0, interval=(0.0, 0.0),
            p_value=1.0, recurrence_months=0.0, signal="red", level="red", settings_version="1", state=state,
        ))  # fmt: skip
    kept = Retention(store)
    assert not kept.aggregates_before(MONDAY)
    later = MONDAY + timedelta(seconds=1)
    assert kept.aggregates_before(later) and kept.forget_aggregates(later).incidents == 1
    assert not kept.aggregates_before(later)


def test_replies_go_with_their_petition_and_are_named_once(store: Store):
    reply = {"genre": "reply", "reply_to": document_id(2)}
    asked, late = petition(1, **reply), petition(9, **reply)
    store.add_documents([asked, petition(2), petition(3, genre="reply", reply_to=document_id(8)), late, petition(8)])
    named = [key for page in Retention(store).texts_before(petition(4).collected_at, page=2) for key in page]
    assert sorted(named) == [document_id(1), document_id(2), document_id(3), document_id(9)]


def test_a_withdrawn_text_leaves_queue_quarantine_and_milestones(store: Store):
    store.upsert_projects([ROAD])
    notice, other = petition(1, genre="notice", url="https://county.example/n1"), petition(2)
    store.add_documents([notice, other])
    store.complete_analyses([analysis(one, ROAD.id) for one in (notice, other)])
    store.begin_run(OTHERS, VERSIONS, Scope())
    store.quarantine(notice.id, "analysis", "crashed", notice.source)
    words = Evidence(document_id=notice.id, start=0, end=4)
    for number in (1, 2):
        store.replace_milestones(notice, [MilestoneProposal(
            id=f"m{n:024x}", project_id=ROAD.id, document_id=notice.id, kind="notice", name="公示", date="2026-03-02",
            evidence=words) for n in range(1, number + 1)])  # fmt: skip
        if number == 1:
            store.decide_milestone(ROAD.id, f"m{1:024x}", accept=True, by="zhou", reason=seal("属实"))
    assert store.withdraw_documents([notice.id]) == 1
    assert list(Erasing(store).remains([notice.id])) == []
    assert store.left_to_read(OTHERS) == 1 and store.quarantined() == []
    [kept] = store.milestone_proposals(ROAD.id)
    assert (kept.state, kept.payload.evidence, kept.decided_by) == ("accepted", None, "zhou")
    assert [one.notice_url for one in store.project(ROAD.id).milestones] == [None]
    assert store.scrub() and store.fact("scrub_due") is None
