"""A notice about a registered project proposes a milestone; a named person takes it in or not."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from offices import TestOffice, petition
from opinions import ROAD

from pipeline.erasure import Selection, erase, meant, remainders
from pipeline.raw import RawItem
from pipeline.records.base import spans_in
from pipeline.redact import redact
from pipeline.store import StoreConflict, UnknownRecord
from pipeline.work import Silent, work

DAY = datetime(2026, 2, 10, 9, tzinfo=timezone(timedelta(hours=8)))
WHY = redact("与公告原件核对一致").text


def notice(key: str = "n1", title: str = "", body: str = "", **fields) -> RawItem:
    title = title or f"{ROAD.name_zh}征收土地预公告"
    body = body or (
        f"因{ROAD.name_zh}建设需要，拟征收{'、'.join(ROAD.places)}集体土地。\n"
        "预公告时间：2026年2月10日至2026年2月24日。\n梧山县人民政府\n2026年2月10日"
    )
    values = {
        "source_kind": "notice",
        "source": "梧山县人民政府",
        "genre": "notice",
        "published_at": DAY,
        "item_key": key,
    }
    return RawItem(**{**values, "title": title, "body": body, "url": f"https://county.example/{key}.html", **fields})


@pytest.fixture
def road(office: TestOffice) -> TestOffice:
    office.register([ROAD])
    return office


def test_an_imported_notice_proposes_a_milestone_with_both_numbers(road: TestOffice) -> None:
    road.receive([notice()])
    assert work(road).notices == 1
    [stored] = road.store.milestone_proposals(ROAD.id)
    [document] = road.documents()
    found = stored.payload
    assert (stored.state, found.kind, found.date) == ("proposed", "expropriation_pre_notice", "2026-02-10")
    assert found.clock and (found.clock.announced, found.clock.required, found.clock.shorter) == (6, 10, True)
    assert found.clock.evidence and "2月24日" in found.clock.evidence.quote(document)
    assert found.issued_by and found.issued_by.quote(document) == "梧山县人民政府"
    assert road.store.project(ROAD.id).milestones == ROAD.milestones


def test_what_is_no_notice_or_no_notice_of_a_project_proposes_nothing(road: TestOffice) -> None:
    road.receive([
        notice("other", "沅水县犬只管理办法公开征求意见公告", "现就犬只管理办法公开征求意见，期限30日。"),
        petition(f"{ROAD.name_zh}征收土地预公告没有贴|{ROAD.places[0]}的征收土地预公告我们没有看到，请核实。", 1),
    ])  # fmt: skip
    work(road)
    assert road.store.milestone_proposals(ROAD.id) == []


def test_an_accepted_one_is_a_milestone_and_no_registry_file_takes_it_back(road: TestOffice) -> None:
    road.receive([notice()])
    work(road)
    [stored] = road.store.milestone_proposals(ROAD.id)
    for _ in range(2):
        decided = road.store.decide_milestone(ROAD.id, stored.payload.id, accept=True, by="评估员甲", reason=WHY)
        assert (decided.state, decided.decided_by) == ("accepted", "评估员甲")
    [milestone] = [one for one in road.store.project(ROAD.id).milestones if one.name == "征收土地预公告"]
    assert (milestone.date, milestone.notice_url) == ("2026-02-10", "https://county.example/n1.html")
    assert road.register([ROAD]).unchanged == (ROAD.id,)
    assert milestone in road.store.project(ROAD.id).milestones
    assert work(road).analysed == 0, "a milestone links no text anew"
    with pytest.raises(StoreConflict, match="E152"):
        road.store.decide_milestone(ROAD.id, stored.payload.id, accept=False, by="评估员乙", reason=WHY)


def test_a_rejected_one_stays_rejected_and_out_of_the_project(road: TestOffice) -> None:
    road.receive([notice()])
    work(road)
    [stored] = road.store.milestone_proposals(ROAD.id)
    road.store.decide_milestone(ROAD.id, stored.payload.id, accept=False, by="评估员甲", reason=WHY)
    road.register([ROAD.model_copy(update={"keywords": (*ROAD.keywords, "预公告")})])
    assert work(road).analysed == 1
    assert [one.state for one in road.store.milestone_proposals(ROAD.id)] == ["rejected"]
    assert road.store.project(ROAD.id).milestones == ROAD.milestones
    with pytest.raises(UnknownRecord, match="E151"):
        road.store.decide_milestone(ROAD.id, "m" + "0" * 24, accept=True, by="评估员甲", reason=WHY)


def test_a_withdrawn_notice_proposes_nothing_and_is_not_quoted(road: TestOffice) -> None:
    road.receive([notice("n1"), notice("n2", body=f"{ROAD.name_zh}拟征收{ROAD.places[0]}土地，公告期限10个工作日。")])
    work(road)
    first, second = sorted(road.store.milestone_proposals(ROAD.id), key=lambda one: one.payload.document_id)
    desk = road.desk()
    desk.decide_milestone(ROAD.id, "risk_identification", first.payload.id, who="评估员甲", accept=True, reason="属实")
    road.store.withdraw_documents([first.payload.document_id, second.payload.document_id])
    work(road)
    [left] = desk.milestones(ROAD.id, "risk_identification")
    assert left["state"] == "accepted" and left["evidence"] is left["notice_title"] is left["notice_url"] is None
    assert left["clock"]["evidence"] is None and left["clock"]["required"] == 10


def test_an_erased_notice_leaves_the_decision_alone_and_no_address(road: TestOffice) -> None:
    road.receive([notice("n1"), notice("n2", body=f"{ROAD.name_zh}拟征收{ROAD.places[0]}土地，公告期限10个工作日。")])
    work(road)
    decided, waits = road.store.milestone_proposals(ROAD.id)
    road.store.decide_milestone(ROAD.id, decided.payload.id, accept=True, by="评估员甲", reason=WHY)
    gone = meant(road, Selection(documents=(decided.payload.document_id, waits.payload.document_id)))
    assert [one for one in remainders(road, gone.ids) if one.where == "store: milestone_proposals"] == [
        ("store: milestone_proposals", 2)
    ]
    erase(road, gone, "wanglei", "authority", None, Silent())
    assert list(remainders(road, gone.ids)) == []
    [left] = road.store.milestone_proposals(ROAD.id)
    assert (left.state, left.decided_by, left.reason) == ("accepted", "评估员甲", WHY)
    assert spans_in(left.payload) == [] and left.payload.clock.required == 10
    assert "county.example" not in road.store.project(ROAD.id).canonical_json()
    assert [one.name for one in road.store.project(ROAD.id).milestones if one.name == "征收土地预公告"]


def test_a_notice_whose_text_was_changed_proposes_what_it_says_now(road: TestOffice) -> None:
    from pipeline.intake import Receipt

    road.receive([notice()])
    work(road)
    body = (
        f"因{ROAD.name_zh}建设需要，拟征收{'、'.join(ROAD.places)}集体土地。\n公告期限：2026年2月10日至2026年3月10日。"
    )
    road.intake().receive_crawled([notice(body=body)], "w", Receipt())
    work(road)
    [stored] = road.store.milestone_proposals(ROAD.id)
    assert stored.payload.clock and stored.payload.clock.shorter is False
