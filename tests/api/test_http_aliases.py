"""Names that texts suggest, and what is part of a project, over HTTP and on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from county import CountyOffice
from opinions import opinion
from terminal import Terminal

PATH = "/v1/projects/quarry-road/aliases"
MADE = {"who": "评估员甲", "action": "accept", "reason": "走访证实"}
SENTENCES = (
    "请把{}关掉，灰尘太大了。",
    "昨天{}又运了一夜石料。",
    "我们村离{}只有两百米。",
    "{}的车把桥面压坏了。",
    "孩子们每天要经过{}去上学。",
    "大家都叫{}，叫了好多年了。",
)
DUST = "air_pollution"


def texts(name: str = "黑灰厂", count: int = 6, **more: object) -> list:
    said = [sentence.format(name) for sentence in SENTENCES[:count]]
    return [opinion(words, (DUST, name, 0.9), number=number, **more) for number, words in enumerate(said)]


@pytest.fixture
def quarry(county: CountyOffice) -> CountyOffice:
    """The road's county, where six texts call the quarry by another name."""
    county.hear(*texts())
    return county


def test_nothing_is_proposed_until_somebody_looks(quarry: CountyOffice) -> None:
    assessor = quarry.caller("assessor")
    assert assessor.get(PATH).json() == {"rows": [], "next_offset": None}
    [row] = assessor.post(PATH, None).json()["rows"]
    assert (row["alias"], row["state"], row["texts"], row["origins"], row["exclusive"]) == (
        "黑灰厂", "proposed", 6, 6, True,
    )  # fmt: skip
    assert row["signs"] == ["introduced"] and len(row["passages"]) == 5
    assert "大家都叫" in row["passages"][0]["text"]
    for passage in row["passages"]:
        document = quarry.store.document(passage["document_id"])
        assert document.text[passage["start"] : passage["end"]] == passage["text"] and "黑灰厂" in passage["text"]
        assert len(passage["text"]) <= 80
    assert assessor.get(PATH).json()["rows"] == [row]


def test_a_person_accepts_and_the_texts_are_linked_by_the_name(quarry: CountyOffice) -> None:
    from pipeline.versions import registry_version

    assessor = quarry.caller("assessor")
    [row] = assessor.post(PATH, None).json()["rows"]
    before = registry_version(quarry.store.projects())
    for _ in range(2):
        answer = assessor.post(f"{PATH}/{row['id']}", MADE)
        assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
        assert [one["who"] for one in answer.json()["decisions"]] == ["评估员甲"]
    assert assessor.get("/v1/projects/quarry-road").json()["aliases"] == ["黑灰厂"]
    assert registry_version(quarry.store.projects()) != before  # so that the next work reads the texts anew
    assert quarry.office.intake()._candidates("黑灰厂今天又冒烟了", None) == ["quarry-road"]
    assert "aliases.decide" in [event.action for event in quarry.events() if event.subject == row["id"]]
    assert assessor.post(PATH, None).json()["rows"][0]["state"] == "accepted"
    withdrawn = assessor.post(f"{PATH}/{row['id']}", {**MADE, "action": "withdraw"})
    assert withdrawn.json()["state"] == "withdrawn"
    assert assessor.get("/v1/projects/quarry-road").json()["aliases"] == []


def test_a_rejected_name_does_not_come_back(quarry: CountyOffice) -> None:
    assessor = quarry.caller("assessor")
    [row] = assessor.post(PATH, None).json()["rows"]
    assert assessor.post(f"{PATH}/{row['id']}", {**MADE, "action": "reject"}).json()["state"] == "rejected"
    assert [one["state"] for one in assessor.post(PATH, None).json()["rows"]] == ["rejected"]
    refused = assessor.post(f"{PATH}/{row['id']}", MADE)
    assert (refused.status_code, refused.json()["code"]) == (409, "E152")


@pytest.mark.parametrize("body", [{}, {**MADE, "who": " "}, {**MADE, "reason": "x"}, {**MADE, "action": "edit"}])
def test_without_name_and_reason_nothing_is_decided(quarry: CountyOffice, body: dict) -> None:
    assessor = quarry.caller("assessor")
    [row] = assessor.post(PATH, None).json()["rows"]
    assert assessor.post(f"{PATH}/{row['id']}", body).status_code == 422
    assert assessor.get(PATH).json()["rows"] == [row]


def test_below_k_voices_a_name_is_neither_shown_nor_decided(quarry: CountyOffice) -> None:
    assessor = quarry.caller("assessor")
    [row] = assessor.post(PATH, None).json()["rows"]
    gone = [passage["document_id"] for passage in row["passages"]][:2]
    quarry.store.withdraw_documents(gone)
    assert assessor.get(PATH).json() == {"rows": [], "next_offset": None}
    answer = assessor.post(f"{PATH}/{row['id']}", MADE)
    assert (answer.status_code, answer.json()["code"]) == (404, "E311")
    quarry.store.withdraw_documents([one.document.id for one in texts()])
    assert quarry.store.aliases_of("quarry-road") == []


def test_an_accepted_name_keeps_no_passage_of_a_withdrawn_text(quarry: CountyOffice) -> None:
    assessor = quarry.caller("assessor")
    [row] = assessor.post(PATH, None).json()["rows"]
    assessor.post(f"{PATH}/{row['id']}", MADE)
    quarry.store.withdraw_documents([one.document.id for one in texts()][:2])
    [row] = assessor.get(PATH).json()["rows"]
    assert (row["state"], row["texts"], row["voices_low"], row["passages"]) == ("accepted", None, None, [])


def test_sealed_texts_suggest_nothing(county: CountyOffice) -> None:
    county.hear(*texts(count=4), *[
        opinion(f"{words}举报黑灰厂。", ("official_misconduct_report", "黑灰厂", 0.9), number=90 + number)
        for number, words in enumerate(("第一次", "第二次", "第三次"))
    ])  # fmt: skip
    assert county.caller("assessor").post(PATH, None).json() == {"rows": [], "next_offset": None}


def test_who_may_see_projects_may_not_always_see_names(quarry: CountyOffice) -> None:
    quarry.stage("after_assessment")
    for role in ("supervisor", "expert", "local_government"):
        assert quarry.caller(role).get(PATH).status_code == 403
        assert quarry.caller(role).post(PATH, None).status_code == 403
    assert "aliases.read.denied" in [event.action for event in quarry.events()]


def test_a_project_names_the_parts_that_the_reader_may_see(county: CountyOffice) -> None:
    county.office.register([county.dam.model_copy(update={"parent_id": county.road.id})])
    answer = county.caller("assessor").get("/v1/projects/quarry-road").json()
    assert answer["sub_projects"] == [{"id": "dam", "name_zh": county.dam.name_zh, "stage": "in_assessment"}]
    assert county.caller("assessor").get("/v1/projects/dam").json()["parent_id"] == "quarry-road"
    alone = county.caller("assessor", ["quarry-road"]).get("/v1/projects/quarry-road").json()
    assert alone["sub_projects"] == []
    part = county.caller("assessor", ["dam"])
    assert part.get("/v1/projects/dam").json()["parent_id"] is None
    assert [(one["id"], one["parent_id"]) for one in part.get("/v1/projects").json()["rows"]] == [("dam", None)]
    both = county.caller("assessor").get("/v1/projects").json()["rows"]
    assert [one["parent_id"] for one in both if one["id"] == "dam"] == ["quarry-road"]


def test_the_command_line_shows_proposes_and_decides(quarry: CountyOffice, capsys: pytest.CaptureFixture) -> None:
    terminal = Terminal(quarry.office.settings.home)
    command = ("projects", "aliases", "quarry-road", "--purpose", "risk_identification")
    assert "look for some with --propose" in terminal.minyi(*command).stdout
    shown = terminal.minyi(*command, "--propose").stdout
    assert "黑灰厂" in shown and "待定" in shown and "6 texts, 6 origins" in shown and "“" in shown
    [row] = terminal.json(*command)
    assert terminal.minyi(*command, "--accept", row["id"]).exit_code == 2
    assert terminal.minyi(*command, "--propose", "--accept", row["id"]).exit_code == 2
    named = ("--who", "评估员甲", "--reason", "走访证实")
    assert "已采纳" in terminal.minyi(*command, "--accept", row["id"], *named).stdout
    assert terminal.json(*command, "--withdraw", row["id"], *named)["state"] == "withdrawn"


def test_a_registry_file_with_a_circle_names_its_lines(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "projects.jsonl"
    lines = (
        '{"id": "ring", "name_zh": "东外环公路工程"}',
        '{"id": "a", "name_zh": "东外环一标段", "parent_id": "ring"}',
        '{"id": "b", "name_zh": "东外环二标段", "parent_id": "rings"}',
        '{"id": "c", "name_zh": "东外环三标段", "parent_id": "c"}',
    )
    file.write_text("\n".join(lines), "utf-8")
    run = terminal.minyi("projects", "import", file)
    assert run.exit_code == 1 and "2 new" in run.stdout
    assert "line 3: parent_id: E165" in run.stderr and "line 4" in run.stderr and "E165: c cannot" in run.stderr
    listed = terminal.minyi("projects", "list", "--purpose", "risk_identification").stdout.splitlines()
    assert [line.split()[0] for line in listed[1:]] == ["ring", "a"] and "└ 东外环一标段" in listed[2]
