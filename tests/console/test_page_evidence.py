"""The evidence reader and the evidence of a risk point, as an assessor reads them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from county import ACCUSED, COMPENSATION, DUST, CountyOffice
from letters import MONDAY
from opinions import key, opinion, span_of
from roads import ROAD, enter

from pipeline.records import Entity, Versions
from pipeline.records.analysis import Affected, Escalation, EscalationCue, Since

SAID = "运石料的车从柳湾村过，粉尘落了一院子，晒的谷子全黑了。"
DUSTY = key(SAID, 0)


def reader(document_id: str) -> str:
    return f"{ROAD}/texts/{document_id}"


def test_the_reader_shows_the_text_why_its_factor_fired_and_who_decided(county: CountyOffice):
    page = enter(county).page(reader(DUSTY))
    assert SAID in page.select(".reader")[0].text_content()
    assert {mark.text_content() for mark in page.select(".reader .hl-for")} == {"粉尘"}
    [row] = page.select("main table tbody tr")
    cells = [" ".join(cell.text_content().split()) for cell in row]
    assert cells[1] == "90%" and "粉尘" in cells[2] and cells[3] == "粉尘"
    assert "尚无人研判" in page.text and f"/risk-points/{county.point(DUST)}" in page.links()
    assert "只有反映人一方的说法" in page.text and "内容有关" in page.text


def test_every_kind_of_passage_is_marked_and_explained(county: CountyOffice):
    body = "柳湾村三十多户去年起被石料车吵得睡不着，联名找过南岭县交通局，〈人名〉说粉尘不归他管。"
    one = opinion(body, (DUST, "粉尘", 0.9), day=3)
    document = one.document

    def at(words: str) -> dict[str, int]:
        return {"start": span_of(document, words).start, "end": span_of(document, words).end}

    grievance = one.analysis.grievances[0].model_copy(
        update={
            "affected": Affected(**at("三十多户"), min=30, max=39, unit="household"),
            "since": Since(**at("去年起"), from_date=None, precision="year"),
            "escalation": Escalation(
                level=3,
                cues=(EscalationCue(**at("联名"), code="joint_letter_signature", level=3, speaker="first_person"),),
            ),
        }
    )
    analysis = one.analysis.model_copy(
        update={
            "grievances": (grievance,),
            "entities": (Entity(**at("柳湾村"), type="place"), Entity(**at("南岭县交通局"), type="organisation")),
        }
    )
    county.hear(type(one)(document, analysis, one.link))
    page = enter(county).page(reader(document.id))
    marked = {mark.get("class").split("-")[-1]: mark.text_content() for mark in page.select(".reader mark")}
    assert marked == {"place": "柳湾村", "number": "三十多户", "date": "去年起", "cue": "联名",
                      "organisation": "南岭县交通局", "redacted": "〈人名〉", "for": "粉尘"}  # fmt: skip
    assert len(page.select(".legend li")) == len(marked)


def test_the_passage_that_one_came_for_has_an_anchor(county: CountyOffice):
    page = enter(county).page(reader(DUSTY), at="14-16")
    [found] = page.select(".hl[id='p-14']")
    assert found.text_content() == "粉尘" and "found" in found.get("data-kinds")
    assert enter(county).page(reader(DUSTY), at="900-990").status == 200
    assert enter(county).get(reader(DUSTY), params={"at": "x"}).status_code == 400


@pytest.mark.parametrize("gone", ["sealed", "withdrawn", "unknown"])
def test_what_nobody_may_open_is_answered_alike_and_in_plain_words(county: CountyOffice, gone: str):
    if gone == "withdrawn":
        county.store.withdraw_documents([DUSTY])
    document_id = {"sealed": key(ACCUSED, 0), "withdrawn": DUSTY, "unknown": "d" + "0" * 24}[gone]
    page = enter(county).page(reader(document_id), 404)
    assert "没有找到" in page.text and "已被撤回" in page.text and "E311" in page.text
    assert not any(words in page.html for words in (ACCUSED, SAID, "检举"))
    assert county.events()[-1].action == "evidence.read.denied"


def test_opening_asks_for_a_purpose_and_leaves_an_event(county: CountyOffice):
    visitor = enter(county)
    visitor.page(reader(DUSTY))
    event = county.events()[-1]
    assert (event.action, event.purpose, event.subject) == ("evidence.read", "risk_identification", DUSTY)
    county.store.add_account("fresh", "fresh", "assessor")
    visitor.cookies.set("minyi-session", county.store.begin_session("fresh"), "console.test")
    answer = visitor.get(reader(DUSTY))
    assert answer.status_code == 303 and answer.headers["location"].startswith(f"{ROAD}/purpose")


def test_superseded_readings_stay_to_be_read(county: CountyOffice):
    [kept] = county.store.history_of(DUSTY)
    newer = kept.analysis.versions.model_copy(update={"model": "newer"})
    assert isinstance(newer, Versions)
    county.store.complete_analyses([kept.analysis.model_copy(update={"versions": newer, "p_grievance": 0.71})])
    readings = enter(county).page(reader(DUSTY)).select("#readings .hit")
    assert ["现行" in one.text_content() for one in readings] == [True, False]
    assert "newer" in readings[0].text_content() and "71%" in readings[0].text_content()
    assert "已被取代" in readings[1].text_content()


def test_a_petition_shows_its_clock_and_its_reply(county: CountyOffice):
    county.store.clock = lambda: MONDAY + timedelta(days=8 + 70)
    assert "答复已逾期 10 天" in enter(county).page(reader(DUSTY)).text
    reply = opinion("已安排洒水车每天三次。", genre="reply", day=40, attitude=("neutral", 0.9)).document
    county.store.add_documents([reply.model_copy(update={"reply_to": DUSTY})])
    page = enter(county).page(reader(DUSTY))
    assert "按期答复" in page.text and "已安排洒水车每天三次" in page.text
    assert "时限约束办理单位，不约束来信人" in page.text


def test_copies_show_what_they_add_and_no_number_of_few(county: CountyOffice):
    first = opinion(
        "进场道路两边的房子裂了缝，我们要求鉴定，损失要有人认账，不能一直拖。", (DUST, "裂了缝", 0.8), day=20
    )
    other = opinion(str(first.document.body) + "另外我家的井也干了，吃水要到上井村挑。", (DUST, "裂了缝", 0.8),
                    number=1, origin=first, day=21)  # fmt: skip
    county.hear(first, other)
    page = enter(county).page(reader(first.document.id))
    copies = page.select("#copies")[0]
    assert "<5 份" in copies.text_content() and "另外我家的井也干了" in copies.text_content()
    assert any(other.document.id in link.get("href") for link in copies.cssselect("a"))


def test_html_and_unseen_characters_of_a_petition_do_nothing(county: CountyOffice):
    said = opinion(
        "<b onmouseover=x>粉尘</b>\u202e反着写\u2066 零\u200b宽 <script>alert(1)</script>", (DUST, "粉尘", 0.9), day=2
    )
    county.hear(said)
    for page in (
        enter(county).page(reader(said.document.id)),
        enter(county).page(f"/risk-points/{county.point(DUST)}/evidence"),
    ):
        assert not page.select("main b") and not page.select("main script")
        assert "RLO" in [one.text_content() for one in page.select(".unseen")]
    text = enter(county).page(reader(said.document.id)).select(".reader")[0]
    assert "<script>alert(1)</script>" in text.text_content() and text.get("dir") == "auto"


def test_the_evidence_of_a_risk_point_opens_each_text_at_its_place(county: CountyOffice):
    visitor = enter(county)
    page = visitor.page(f"/risk-points/{county.point(COMPENSATION)}/evidence")
    doors = [link for link in page.links() if "/texts/" in link]
    assert len(doors) >= 6 and "支持风险点的段落" in page.text
    address, _, anchor = doors[0].partition("#")
    assert visitor.page(address).select(f"#{anchor}")
    assert county.events()[-2].action in {"evidence.read", "risk_points.read"}


def test_evidence_of_few_may_be_checked_and_not_quoted(county: CountyOffice):
    page = enter(county).page(f"/risk-points/{county.point(DUST)}/evidence")
    assert "只供核对，不得引用" in page.text


def test_evidence_is_paged(county: CountyOffice):
    county.hear(*[
        opinion(f"第{n}车石料又撒在路口。", (DUST, "撒在路口", 0.8), number=n, day=15) for n in range(30)
    ])  # fmt: skip
    visitor, here = enter(county), f"/risk-points/{county.point(DUST)}/evidence"
    first = visitor.page(here)
    [following] = [link.get("href") for link in first.select("a[rel=next]")]
    second = visitor.page(following)
    doors = [{link for link in page.links() if "/texts/" in link} for page in (first, second)]
    assert doors[0] and doors[1] and not doors[0] & doors[1]
    assert [link.get("href") for link in second.select("a[rel=prev]")] == [f"{here}?offset=0"]


def test_no_evidence_of_a_sealed_risk_point(county: CountyOffice):
    from county import ACCUSATION

    for role in ("assessor", "discipline_inspection"):
        answer = enter(county, role).get(f"/risk-points/{county.point(ACCUSATION)}/evidence")
        assert answer.status_code in (403, 404) and ACCUSED not in answer.text
