"""One text opened whole over HTTP, what copies add, and what a search found taken away."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from county import ACCUSATION, ACCUSED, DUST, CountyOffice, counted
from letters import MONDAY
from openpyxl import load_workbook
from opinions import key, opinion

from pipeline.store.voices import save_voices
from pipeline.voices import Voice

PROJECT = "/v1/projects/quarry-road"
DUSTY = key("运石料的车从柳湾村过，粉尘落了一院子，晒的谷子全黑了。", 0)
SEALED = key(ACCUSED, 0)
LETTER = "进场道路两边的房子裂了缝，我们联名要求鉴定，请派人来看，损失要有人认账，不能一直拖下去。"
WELL = "另外我家院子里的井也干了，吃水要到上井村去挑。"


def text(county: CountyOffice, document_id: str, role: str = "assessor", **params: Any) -> Any:
    return county.caller(role).get(f"{PROJECT}/documents/{document_id}", **params)


def form_letter(county: CountyOffice, copies: int, *, adding: int) -> list[str]:
    """A letter that so many people sent, each with a voice of their own; the last ones add a sentence."""
    first = opinion(LETTER, (DUST, "裂了缝", 0.8), day=20)
    others = [
        opinion(LETTER + (WELL if n >= copies - adding else ""), (DUST, "裂了缝", 0.8), number=n, origin=first, day=20)
        for n in range(1, copies)
    ]
    county.hear(first, *others)
    ids = [one.document.id for one in (first, *others)]
    with county.store.transaction() as connection:
        save_voices(connection, [Voice(one, county.road.id, "20260105-7d", one.encode()[:32]) for one in ids])
    return ids


def test_a_text_says_why_its_factor_fired_and_who_decided_what(county: CountyOffice):
    point = county.point(DUST)
    county.caller("assessor").post(
        f"/v1/risk-points/{point}/decisions", {"action": "accept", "reason": "现场看过，粉尘属实", "who": "王组长"}
    )
    answer = text(county, DUSTY).json()
    [factor] = answer["factors"]
    assert (factor["code"], factor["primary"], factor["passage"]["text"]) == (DUST, True, "粉尘")
    span = factor["passage"]
    assert answer["text"][span["start"] : span["end"]] == "粉尘"
    assert [word["text"] for word in factor["words"]] == ["粉尘"]
    assert answer["readings"][0]["current"] and answer["readings"][0]["versions"]["model"]
    [cited] = answer["risk_points"]
    assert cited["id"] == point and cited["state"] == "accepted"
    assert [(one["action"], one["reason"]) for one in cited["decisions"]] == [("accept", "现场看过，粉尘属实")]
    assert {"self_selected", "one_side"} <= set(answer["cannot_tell"])


def test_opening_a_text_is_an_event_that_names_it(county: CountyOffice):
    text(county, DUSTY)
    last = county.events()[-1]
    assert (last.action, last.subject, last.project_id, last.purpose) == (
        "evidence.read", DUSTY, "quarry-road", "risk_identification",
    )  # fmt: skip
    assert text(county, DUSTY, purpose=None).json()["code"] == "E301"
    assert county.events()[-1].action == "evidence.read.denied"


def test_what_is_sealed_withdrawn_or_of_another_project_is_not_there(county: CountyOffice):
    missing = text(county, "d" + "0" * 24)
    assert (missing.status_code, missing.json()["code"]) == (404, "E311")
    county.store.withdraw_documents([DUSTY])
    for document_id in (SEALED, DUSTY):
        answer = text(county, document_id)
        assert answer.status_code == 404 and answer.json()["code"] == "E311"
        assert ACCUSED not in answer.text
    other = county.caller("assessor").get(f"/v1/projects/{county.dam.id}/documents/{key('x', 0)}")
    assert other.status_code == 404


def test_who_may_not_search_opens_only_what_a_candidate_rests_on(county: CountyOffice):
    plain = opinion("昨天进场道路上碰到放羊的，天气不错。", day=12, attitude=("neutral", 0.9))
    county.hear(plain)
    county.stage("after_assessment")
    assert text(county, DUSTY, "expert").status_code == 200
    assert text(county, plain.document.id, "expert").status_code == 404
    assert text(county, plain.document.id, "assessor").status_code == 200
    assert text(county, DUSTY, "local_government").status_code == 403


@pytest.mark.parametrize(("copies", "adding"), [(9, 0), (11, 6), (3, 1)])
def test_copies_are_counted_as_far_as_k_people_stand_behind_each_number(county: CountyOffice, copies: int, adding: int):
    ids = form_letter(county, copies, adding=adding)
    found = text(county, ids[0]).json()["copies"]
    assert found["total"] == counted(copies)
    assert found["supplemented"] == (counted(adding) if copies >= 5 else {"less_than": 5})
    assert [one["id"] for one in found["rows"]] == [ids[0], *sorted(ids[1:])]
    assert sum(bool(one["added"]) for one in found["rows"]) == adding
    assert {piece["text"] for one in found["rows"] for piece in one["added"]} <= {WELL}


def test_that_few_copies_add_something_gives_no_number_of_those_that_add_nothing(county: CountyOffice):
    ids = form_letter(county, 9, adding=2)
    found = text(county, ids[0]).json()["copies"]
    assert found["total"] == counted(9) and "value" not in found["supplemented"]


def test_a_copy_that_was_withdrawn_is_in_no_number_and_no_passage(county: CountyOffice):
    ids = form_letter(county, 7, adding=1)
    county.store.withdraw_documents([ids[-1]])
    answer = text(county, ids[0])
    assert answer.json()["copies"]["total"] == counted(6) and WELL not in answer.text
    assert ids[-1] not in [row["id"] for row in answer.json()["copies"]["rows"]]


def test_a_sealed_reply_is_in_no_thread(county: CountyOffice):
    reply = opinion(ACCUSED, (ACCUSATION, "截留青苗费", 0.95), number=7, genre="reply", purpose="misconduct_report")
    document = reply.document.model_copy(update={"reply_to": DUSTY})
    analysis = reply.analysis.model_copy(update={"input_hash": document.content_hash})
    county.store.add_documents([document])
    county.store.complete_analyses([analysis])
    assert ACCUSED not in text(county, DUSTY).text
    assert text(county, document.id).status_code == 404


def test_a_search_with_copies_folded_shows_what_they_add(county: CountyOffice):
    form_letter(county, 11, adding=6)
    answer = county.caller("assessor").get(f"{PROJECT}/documents", collapse=True, q="裂了缝").json()
    [hit] = answer["hits"]
    assert "value" in hit["copies"] or "at_least" in hit["copies"]
    assert {one["text"] for one in hit["added"]} == {WELL} and hit["supplemented"] is not None
    plain = county.caller("assessor").get(f"{PROJECT}/documents", q="裂了缝").json()
    assert all(one["supplemented"] is None and one["added"] == [] for one in plain["hits"])


def test_how_many_copies_add_something_is_not_told_beside_a_question_that_finds_other_copies(county: CountyOffice):
    first = opinion(LETTER, (DUST, "裂了缝", 0.8), day=20)
    ends = ["", "", "", "", "", "", *[WELL] * 7, *[f"{WELL}特急。"] * 6]
    others = [
        opinion(LETTER + end, (DUST, "裂了缝", 0.8), number=n, origin=first, day=20) for n, end in enumerate(ends, 1)
    ]
    county.hear(first, *others)
    with county.store.transaction() as connection:
        ids = [one.document.id for one in (first, *others)]
        save_voices(connection, [Voice(one, county.road.id, "20260105-7d", one.encode()[:32]) for one in ids])

    def folded(q: str) -> dict[str, Any]:
        [hit] = county.caller("assessor").get(f"{PROJECT}/documents", collapse=True, q=q).json()["hits"]
        return dict(hit)

    assert folded("裂了缝")["copies"] == counted(20) and folded("裂了缝")["supplemented"] == counted(13)
    narrower = folded("裂了缝 -特急")
    assert narrower["copies"] == counted(14) and narrower["supplemented"] == {"at_least": 5}


@pytest.mark.parametrize(
    ("days", "replied", "state"),
    [
        (10, None, "waiting"),
        (16, None, "take_up"),
        (61, None, "answer"),
        (80, 59, "answered"),
        (80, 70, "answered_late"),
    ],
)
def test_the_clock_of_a_petition_runs_against_the_unit(
    county: CountyOffice, days: int, replied: int | None, state: str
):
    if replied is not None:
        reply = opinion("经核查，已洒水降尘。", number=5, genre="reply", day=8 + replied, attitude=("neutral", 0.9))
        document = reply.document.model_copy(update={"reply_to": DUSTY})
        county.store.add_documents([document])
    county.store.clock = lambda: MONDAY + timedelta(days=8 + days)
    thread = text(county, DUSTY).json()["thread"]
    assert thread["clock"]["state"] == state
    assert [one["text"] for one in thread["replies"]] == (["道路\n经核查，已洒水降尘。"] if replied else [])


def test_praise_has_no_clock(county: CountyOffice):
    document_id = key("进场道路修好以后运菜方便多了，支持。", 0)
    assert text(county, document_id).json()["thread"]["clock"] is None


def workbook(county: CountyOffice, **params: Any) -> dict[str, list[list[str]]]:
    answer = county.caller("assessor").get(f"{PROJECT}/documents/export", **params)
    assert answer.status_code == 200, answer.text
    book = load_workbook(io.BytesIO(answer.content))
    return {
        sheet.title.split(" ")[0]: [[str(cell.value or "") for cell in line] for line in sheet.iter_rows()]
        for sheet in book.worksheets
    }


def test_an_export_has_the_numbers_of_the_search(county: CountyOffice):
    facets = county.caller("assessor").get(f"{PROJECT}/facets").json()
    rows = {tuple(row[:2]): row[2] for row in workbook(county)["S2"]}
    assert facets["total"] == counted(9) and rows["合计", ""] == "9"
    shown = {one["value"]: one["count"] for one in facets["facets"]["attitude"]["values"]}
    told = {
        code: f"{count['value']}" if "value" in count else f"<{count['less_than']}" if "less_than" in count else "≥5"
        for code, count in shown.items()
    }
    assert {rows["态度", name] for name in ("负面", "正面") if ("态度", name) in rows} <= set(told.values())


def test_an_export_is_noted_and_is_for_who_may_export(county: CountyOffice):
    workbook(county)
    assert county.events()[-1].action == "documents.export"
    for role in ("local_government", "platform", "auditor"):
        assert county.caller(role).get(f"{PROJECT}/documents/export").status_code == 403
    assert ACCUSATION not in str(workbook(county))


def test_a_reading_names_no_project_that_the_reader_may_not_know_of(county: CountyOffice):
    both = opinion("运石料的车和水库的车都从村口过，夜里吵得睡不着。", (DUST, "吵得睡不着", 0.8), day=15)
    link = both.link.model_copy(update={"project_id": county.dam.id})
    county.store.add_documents([both.document])
    county.store.complete_analyses([both.analysis.model_copy(update={"links": (both.link, link)})])
    bound = county.caller("assessor", projects=["quarry-road"])
    for caller, named in ((county.caller("assessor"), True), (bound, False)):
        answer = caller.get(f"{PROJECT}/documents/{both.document.id}")
        assert answer.status_code == 200 and (county.dam.id in answer.text) is named
