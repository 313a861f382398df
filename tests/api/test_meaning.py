"""Words and meaning at the desk, over HTTP and on the command line: nothing is lost, nothing from elsewhere shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from county import Caller
from letters import DAM
from offices import PURPOSE, TestOffice, office_in
from opinions import ROAD

from api.app import create_app
from api.cli.main import cli

NOISE = "半夜放炮|青石坳采石场进场道路工程夜里放炮，老人睡不着。"
SLEEP = "施工太吵|青石坳采石场进场道路工程凌晨爆破，孩子没法休息。"
MONEY = "征地|青石坳采石场进场道路工程占了我家水田，补偿款三年没有发。"
ELSEWHERE = "放炮|柳湾水库扩建工程白天放炮，房子震裂了。"
ADDRESS = f"/v1/projects/{ROAD.id}/documents"


@pytest.fixture
def semantic(tmp_path: Path) -> Iterator[TestOffice]:
    """An office that searches by meaning, with three letters on one project and one on another."""
    dam = DAM.model_copy(update={"stage": "in_assessment"})
    with office_in(tmp_path / "office", ROAD, dam, semantic=True) as office:
        office.import_texts([NOISE, SLEEP, MONEY, ELSEWHERE])
        office.work()
        yield office


@pytest.fixture
def assessor(semantic: TestOffice) -> Caller:
    """An assessor who calls over HTTP."""
    return Caller(create_app(semantic), "county-assessor", "assessor", semantic.store.issue_api_key("a", "assessor"))


def id_of(office: TestOffice, words: str) -> str:
    return next(document.id for document in office.documents() if words in document.text)


def search(office: TestOffice, *arguments: str, project: str = ROAD.id) -> Result:
    asked = ["search", "--project", project, "--purpose", PURPOSE, "--home", str(office.settings.home), *arguments]
    return CliRunner().invoke(cli, asked, env={"MINYI_SEMANTIC": "true"} if office.settings.semantic else {})


def test_hybrid_adds_what_says_it_otherwise_and_says_so(semantic: TestOffice, assessor: Caller) -> None:
    assert [hit["found_by"] for hit in assessor.get(ADDRESS, q="放炮").json()["hits"]] == ["words"]
    found = assessor.get(ADDRESS, q="放炮", mode="hybrid").json()
    order = [id_of(semantic, "夜里放炮"), id_of(semantic, "凌晨爆破"), id_of(semantic, "补偿款")]
    assert [hit["id"] for hit in found["hits"]] == order
    assert [hit["found_by"] for hit in found["hits"]] == ["words", "meaning", "meaning"]


def test_pages_of_a_hybrid_search_hold_every_text_once(semantic: TestOffice, assessor: Caller) -> None:
    whole = [hit["id"] for hit in assessor.get(ADDRESS, q="放炮", mode="hybrid").json()["hits"]]
    seen, after = [], None
    while len(seen) < 10:
        page = assessor.get(ADDRESS, q="放炮", mode="hybrid", size=1, after=after).json()
        seen += [hit["id"] for hit in page["hits"]]
        after = page["next_cursor"]
        if after is None:
            break
    assert seen == whole
    lexical = assessor.get(ADDRESS, q="工程", size=1).json()["next_cursor"]
    refused = assessor.get(ADDRESS, q="工程", mode="hybrid", after=lexical)
    assert (refused.status_code, refused.json()["code"]) == (400, "E602")


def test_texts_that_only_meaning_found_are_no_voices_of_the_count(semantic: TestOffice, assessor: Caller) -> None:
    semantic.import_texts([f"第{n}封|青石坳采石场进场道路工程凌晨爆破，第{n}户睡不着。" for n in range(8)])
    semantic.work()
    lexical = assessor.get(ADDRESS, q="放炮").json()["total"]
    assert lexical == {"less_than": 5}
    hybrid = assessor.get(ADDRESS, q="放炮", mode="hybrid").json()
    assert len(hybrid["hits"]) >= 9 and hybrid["total"] == lexical


def test_what_needs_words_alone_or_another_order_is_refused(assessor: Caller) -> None:
    for parameters in ({"sort": "newest"}, {"collapse": True}):
        refused = assessor.get(ADDRESS, q="放炮", mode="hybrid", **parameters)
        assert (refused.status_code, refused.json()["code"]) == (400, "E601"), parameters


def test_similar_texts_are_of_the_same_project(semantic: TestOffice, assessor: Caller) -> None:
    noise = id_of(semantic, "夜里放炮")
    start = next(d.text for d in semantic.documents() if d.id == noise).index("夜里放炮")
    found = assessor.get(f"{ADDRESS}/{noise}/similar", start=start, end=start + 4).json()["hits"]
    assert {hit["id"] for hit in found} == {id_of(semantic, "凌晨爆破"), id_of(semantic, "补偿款")}
    assert found[0]["id"] == id_of(semantic, "凌晨爆破") and -1 <= found[1]["score"] <= found[0]["score"] <= 1
    whole = assessor.get(f"{ADDRESS}/{noise}/similar", size=1).json()["hits"]
    assert len(whole) == 1 and whole[0]["found_by"] == "meaning"
    assert [event.subject for event in semantic.audit.events(0, 100) if event.subject] == [noise, noise]


@pytest.mark.parametrize(
    "span, status, code",
    [({"start": 0}, 400, "E232"), ({"start": 0, "end": 5000}, 400, "E232"), ({"start": 9, "end": 3}, 400, "E232"),
     ({"start": -1, "end": 3}, 400, "E321")],
)  # fmt: skip
def test_a_passage_that_is_not_there_is_refused(
    semantic: TestOffice, assessor: Caller, span: dict[str, int], status: int, code: str
) -> None:
    answer = assessor.get(f"{ADDRESS}/{id_of(semantic, '夜里放炮')}/similar", **span)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_text_of_another_project_has_nothing_similar_here(semantic: TestOffice, assessor: Caller) -> None:
    for stranger in (id_of(semantic, "白天放炮"), "nobody"):
        answer = assessor.get(f"{ADDRESS}/{stranger}/similar")
        assert (answer.status_code, answer.json()["code"]) == (404, "E311")


def test_the_command_line_finds_the_same(semantic: TestOffice) -> None:
    noise, sleep = id_of(semantic, "夜里放炮"), id_of(semantic, "凌晨爆破")
    hits = json.loads(search(semantic, "放炮", "--mode", "hybrid", "--json").stdout)["hits"]
    assert [(hit["id"], hit["found_by"]) for hit in hits[:2]] == [(noise, "words"), (sleep, "meaning")]
    alike = json.loads(search(semantic, "--like", f"{noise}:0-4", "--json", "--size", "1").stdout)["hits"]
    assert [hit["id"] for hit in alike] == [sleep]
    shown = search(semantic, "--like", noise)
    assert shown.exit_code == 0 and "by meaning" in shown.stdout and "补偿款" in shown.stdout
    refused = search(semantic, "--like", f"{noise}:7-3")
    assert refused.exit_code == 1 and "E232" in refused.stderr
    assert search(semantic, "放炮", "--like", noise).exit_code == 2


def test_where_it_is_off_the_setting_and_its_price_are_named(tmp_path: Path) -> None:
    with office_in(tmp_path / "office", ROAD) as office:
        office.import_texts([NOISE])
        office.work()
        document = id_of(office, "放炮")
        for arguments in (["放炮", "--mode", "hybrid"], ["--like", document]):
            run = search(office, *arguments)
            assert run.exit_code == 1
            for said in ("E231", "semantic = true", "1024 bytes", "15 to 40 ms"):
                assert said in run.stderr
        key = office.store.issue_api_key("a", "assessor")
        answer = Caller(create_app(office), "a", "assessor", key).get(ADDRESS, q="放炮", mode="hybrid")
        assert (answer.status_code, answer.json()["code"]) == (501, "E231")
