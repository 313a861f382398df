"""P-14: accusations (检举控告) are sealed: category and time for discipline inspection, for all others they do not exist."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from click.testing import CliRunner
from county import ACCUSATION, ACCUSED, COMPENSATION, PURPOSES, CountyOffice, counted, opinion
from opinions import key

from api.cli.main import cli
from api.desk import Desk
from api.policy import Reader
from api.ranked_desk import RankedDesk
from index import Search
from index.query import Text
from pipeline.records import Judgement
from pipeline.records.project import Stage

OTHERS = sorted(set(PURPOSES) - {"discipline_inspection"})
CATEGORY_AND_TIME = {"id", "project_id", "sealed", "category", "factor_name", "first_seen", "last_seen"}


def everything_told(county: CountyOffice, role: str) -> str:
    """All that this role is told, whatever it asks."""
    caller, point = county.caller(role), county.point(ACCUSATION)
    addresses = [
        "/v1/projects", "/v1/projects/quarry-road", "/v1/projects/quarry-road/risk-points",
        "/v1/projects/quarry-road/risk-points?updated_since=r0", "/v1/projects/quarry-road/documents?size=100",
        "/v1/projects/quarry-road/checklist", "/v1/projects/quarry-road/recurrences",
        "/v1/projects/quarry-road/documents?q=举报", f"/v1/projects/quarry-road/documents?factor={ACCUSATION}",
    ]  # fmt: skip
    told = [caller.get(address).text for address in addresses]
    for card in county.store.risk_points("quarry-road").rows:
        if card.id != point:
            told += [caller.get(f"/v1/risk-points/{card.id}{part}").text for part in ("", "/evidence", "/decisions")]
    return "\n".join(told)


@pytest.mark.parametrize("stage", get_args(Stage))
@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_is_told_that_there_is_one(county: CountyOffice, role: str, stage: str):
    county.stage(stage)
    told = everything_told(county, role)
    assert county.point(ACCUSATION) not in told and ACCUSATION not in told.replace(f"factor={ACCUSATION}", "")
    for part in (ACCUSED, "截留", "青苗费", "检举", "实名举报", '"sealed":true'):
        assert part not in told, part


@pytest.mark.parametrize("stage", get_args(Stage))
@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("part", ["", "/evidence", "/decisions"])
def test_asking_for_it_by_id_is_answered_as_if_it_did_not_exist(county: CountyOffice, role: str, stage: str, part: str):
    county.stage(stage)
    caller, absent = county.caller(role), "r" + "0" * 24
    sealed = caller.get(f"/v1/risk-points/{county.point(ACCUSATION)}{part}")
    nothing = caller.get(f"/v1/risk-points/{absent}{part}")
    assert sealed.status_code == nothing.status_code == 404
    assert sealed.text.replace(county.point(ACCUSATION), absent) == nothing.text
    assert county.events()[-2].action.endswith(".denied")


@pytest.mark.parametrize("stage", get_args(Stage))
def test_discipline_inspection_gets_category_and_time_and_nothing_else(county: CountyOffice, stage: str):
    county.stage(stage)
    inspection = county.caller("discipline_inspection")
    listed = inspection.get("/v1/projects/quarry-road/risk-points").json()["rows"]
    [card] = [row for row in listed if row.get("sealed")]
    assert set(card) == CATEGORY_AND_TIME
    assert (card["category"], card["first_seen"][:10]) == ("governance_process", "2026-03-12")
    assert inspection.get(f"/v1/risk-points/{card['id']}").json() == card
    assert inspection.get(f"/v1/risk-points/{card['id']}/evidence").status_code == 403
    assert len(listed) == (3 if stage == "post_assessment" else 1)
    assert "截留" not in everything_told(county, "discipline_inspection")
    assert "sealed.read" in {event.action for event in county.events()}


@pytest.mark.parametrize("stage", get_args(Stage))
def test_the_ranked_list_names_it_to_discipline_inspection_in_every_stage(county: CountyOffice, stage: str):
    county.stage(stage)
    desk = RankedDesk(county.office, Reader("inspection", "discipline_inspection"))
    ranked = desk.ranked("quarry-road", "supervision")
    assert ranked.sealed == 1 and county.point(ACCUSATION) in {row["id"] for row in ranked.rows}


def test_decisions_about_it_are_taken_elsewhere(county: CountyOffice):
    body = {"who": "评估员甲", "action": "accept", "reason": "实地核实"}
    address = f"/v1/risk-points/{county.point(ACCUSATION)}/decisions"
    for role in ("assessor", "platform"):
        assert county.caller(role).post(address, body).status_code == 404
    assert county.store.decisions_on(county.point(ACCUSATION)) == []


def test_no_page_and_no_cursor_betrays_it(county: CountyOffice):
    assessor, cursor, pages = county.caller("assessor"), None, []
    while not pages or pages[-1]["rows"]:
        pages.append(assessor.get("/v1/projects/quarry-road/risk-points", updated_since=cursor, limit=1).json())
        cursor = pages[-1]["next_cursor"]
    assert [len(page["rows"]) for page in pages] == [1, 1, 0]
    assert pages[-1]["next_cursor"] == pages[-2]["next_cursor"]


def test_its_end_is_told_to_discipline_inspection_alone(county: CountyOffice):
    county.stage("post_assessment")
    assessor, inspection = county.caller("assessor"), county.caller("discipline_inspection")
    address = "/v1/projects/quarry-road/risk-points"
    cursors = {caller: caller.get(address).json()["next_cursor"] for caller in (assessor, inspection)}
    county.store.withdraw_documents([d.id for d in county.store.documents_of("quarry-road") if ACCUSED in d.body])
    county.hear()
    assert assessor.get(address, updated_since=cursors[assessor]).json()["rows"] == []
    [gone] = inspection.get(address, updated_since=cursors[inspection]).json()["rows"]
    assert gone["id"] == county.point(ACCUSATION) and gone["removed"] is True


def found(county: CountyOffice, string: str) -> int:
    desk = Desk(county.office, Reader("county-team", "assessor"))
    answer = desk.documents("quarry-road", "risk_survey", Search(query=Text(string)))
    assert answer.total.as_json() == counted(len(answer.texts), of=9)
    return len(answer.texts)


@pytest.mark.parametrize("start", range(0, len(ACCUSED) - 4, 2))
def test_no_passage_of_the_text_can_be_searched(county: CountyOffice, start: int):
    assert found(county, ACCUSED[start : start + 4]) == 0
    assert found(county, "补偿标准") == 6


def test_the_command_line_does_not_find_it_either(county: CountyOffice):
    options = ["--project", "quarry-road", "--purpose", "risk_survey", "--home", str(county.office.settings.home)]
    run = CliRunner().invoke(cli, ["search", "举报", *options, "--json"])
    assert run.exit_code == 0
    answer = json.loads(run.stdout)
    assert answer["total"] == counted(0) and answer["hits"] == []


def test_a_text_that_also_complains_is_sealed_as_a_whole(county: CountyOffice):
    mixed = opinion(
        "补偿标准被村干部改过，改后的差额不知去向。",
        (COMPENSATION, "补偿标准", 0.9),
        (ACCUSATION, "村干部改过", 0.9),
        day=11,
    )
    county.hear(mixed)
    assert found(county, "差额不知去向") == 0
    card = county.store.risk_point(county.point(COMPENSATION)).candidate
    assert card.counts.documents == 6 and mixed.document.id not in {e.document_id for e in card.evidence}


def test_a_text_that_is_recognised_late_leaves_search_and_evidence(county: CountyOffice):
    body = "补偿标准是按名单给的，名单上有人没有地。"
    late = opinion(body, (COMPENSATION, "补偿标准", 0.9), number=60, day=12)
    county.hear(late)
    assert found(county, "名单上有人没有地") == 1
    accusing = late.analysis.model_copy(
        update={"genre": Judgement(label="misconduct_report", p=0.9), "links": (late.link,)}
    )
    county.store.complete_analyses([accusing])
    county.hear()
    assert found(county, "名单上有人没有地") == 0
    card = county.store.risk_point(county.point(COMPENSATION)).candidate
    assert late.document.id not in {e.document_id for e in card.evidence}


@pytest.mark.parametrize("order", ["petition first", "reply first", "together"])
def test_an_official_reply_to_it_is_sealed_with_it(county: CountyOffice, order: str):
    body = "分地那年有人多报了三亩，我要实名举报。"
    accusation = opinion(body, (ACCUSATION, "多报了三亩", 0.9), number=61, day=13, purpose="misconduct_report")
    answer = opinion("关于多报三亩地一事，已转纪检监察机关。", number=62, day=14, genre="reply", purpose="reply")
    paired = answer.document.model_copy(update={"reply_to": key(body, 61)})
    reply = type(answer)(paired, answer.analysis, answer.link)
    parts = {"petition first": [[accusation], [reply]], "reply first": [[reply], [accusation]]}
    for part in parts.get(order, [[accusation, reply]]):
        county.hear(*part)
    assert found(county, "多报三亩") == 0 and found(county, "已转纪检监察机关") == 0


def test_a_reply_to_an_open_petition_stays_in_the_search(county: CountyOffice):
    petition = opinion("上井村的补偿标准何时公示？", (COMPENSATION, "补偿标准", 0.9), number=63, day=15)
    answer = opinion("补偿安置方案已于三月公示。", number=64, day=16, genre="reply", purpose="reply")
    paired = answer.document.model_copy(update={"reply_to": petition.document.id})
    county.hear(petition, type(answer)(paired, answer.analysis, answer.link))
    assert found(county, "已于三月公示") == 1


def test_a_reply_waits_until_the_petition_that_it_answers_was_read(county: CountyOffice):
    petition = opinion("上井村的补偿标准何时公示？", (COMPENSATION, "补偿标准", 0.9), number=66, day=15)
    answer = opinion("补偿安置方案已于四月公示。", number=67, day=16, genre="reply", purpose="reply")
    paired = answer.document.model_copy(update={"reply_to": petition.document.id})
    county.store.add_documents([petition.document])
    county.hear(type(answer)(paired, answer.analysis, answer.link))
    assert found(county, "已于四月公示") == 0
    county.hear(petition)
    assert found(county, "已于四月公示") == 1


def test_the_seal_is_a_matter_of_the_text_not_of_its_source(county: CountyOffice):
    post = opinion(
        "举报修路的乡干部吃回扣。", (ACCUSATION, "吃回扣", 0.9), kind="weibo", genre="post", number=65, day=17
    )
    county.hear(post)
    assert found(county, "吃回扣") == 0
