"""The examples in the help texts work as they are written, from a copy of the project."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from terminal import EXAMPLES, PURPOSE, REPOSITORY, Terminal

from api.cli.main import cli

OWN = ("init", "projects", "import", "work", "search", "risk-points", "coverage", "decide", "reindex", "audit", "verify",
       "doctor")  # fmt: skip


def lines_of(name: str) -> Iterator[str]:
    """The command lines under "Example" in the help of a command and of its parts."""
    command = cli.get_command(click.Context(cli), name)
    parts = command.commands.values() if isinstance(command, click.Group) else [command]
    for part in parts:
        yield from re.findall(r"^(?:Example:)? *(minyi .*?)(?: \| jq .*)?$", part.epilog, re.MULTILINE)


STAYING = ("--keep-on", "--watch")
LINES = [line for name in OWN for line in lines_of(name) if not any(one in line for one in STAYING)]
"""Without the service, which does not end: tests/crawlers/test_service.py starts it."""
NOTICE = {
    "编号": "1",
    "标题": "征收土地预公告",
    "时间": "2026-02-10T09:00:00+08:00",
    "内容": "因东外环公路（石鼓坳至鹅公岭段）建设需要，拟征收柘坪镇桐子湾村集体土地。公告期限：2026年2月10日至2026年2月24日。",
}
"""Proposes a milestone."""
CALLED = [
    f"桐子湾村东外环公路征地，{sentence}"
    for sentence in (
        "鬼门桥那边的水田也量了地。",
        "靠近鬼门桥的几户没有领到补偿款。",
        "我家在鬼门桥旁边，安置房一直没有消息。",
        "听说鬼门桥还要拆一排房子。",
        "修路的车把鬼门桥压坏了，征地款也没到。",
        "这里大家都叫鬼门桥，红线图上看不到。",
    )
]
"""Propose a name."""


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the ring road's petitions and a notice of it, analysed, encoded and proposed."""
    terminal = Terminal(tmp_path_factory.mktemp("demonstration") / "minyi-data")
    terminal.home.mkdir(mode=0o700)
    (terminal.home / "minyi.toml").write_text("semantic = true\n", encoding="utf-8")
    rejects = terminal.home.parent / "rejects.csv"
    files = (EXAMPLES / "petitions_ring_road.xlsx", "--projects", EXAMPLES / "projects.jsonl", "--rejects", rejects)
    assert terminal.minyi("import", *files).exit_code == 0
    notices = terminal.home.parent / "notices.jsonl"
    notices.write_text(json.dumps(NOTICE, ensure_ascii=False), "utf-8")
    assert terminal.minyi("import", notices, "--kind", "notice", "--rejects", rejects).exit_code == 0
    called = terminal.home.parent / "called.jsonl"
    rows = [{"编号": f"c{number}", "标题": "东外环公路征地", "内容": words} for number, words in enumerate(CALLED)]
    called.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    assert terminal.minyi("import", called, "--rejects", rejects).exit_code == 0
    return terminal.home


@pytest.mark.parametrize("line", LINES)
def test_the_example_works_as_it_is_written(
    demonstration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
):
    terminal = Terminal(Path(shutil.copytree(demonstration, tmp_path / "minyi-data")))
    (tmp_path / "examples").symlink_to(REPOSITORY / "examples")
    monkeypatch.chdir(tmp_path)
    if "DOCUMENT_ID" in line:
        hits = terminal.json("search", "安置", "--project", "qingtan-east-ring", *PURPOSE)["hits"]
        line = line.replace("DOCUMENT_ID", hits[0]["id"])
    elif "projects aliases" in line:
        [name, *_] = terminal.json("projects", "aliases", "qingtan-east-ring", "--propose", *PURPOSE)
        assert name["alias"] == "鬼门桥"
        if "--withdraw" in line:
            [accepts] = [other for other in LINES if "projects aliases" in other and "--accept" in other]
            assert terminal.typed(accepts.replace("ID", name["id"])).exit_code == 0
        line = line.replace("ID", name["id"])
    elif "--accept" in line:
        [proposed] = terminal.json("projects", "milestones", "qingtan-east-ring", *PURPOSE)
        line = line.replace("ID", proposed["id"])
    elif "ID" in line:
        cards = terminal.json("risk-points", "qingtan-east-ring", *PURPOSE)["rows"]
        first, second = [card["id"] for card in cards if not card.get("sealed")][:2]
        line = line.replace("OTHER_ID", second).replace("ID", first)
        if {"undo", "confirm"} & set(line.split()):
            [accepts] = [other for other in LINES if " accept " in other]
            assert terminal.typed(accepts.replace("ID", first)).exit_code == 0
    elif "certificate.zip" in line:
        absent = ("--factor", "electromagnetic_radiation")
        made = terminal.minyi("certificate", "qingtan-east-ring", *absent, "--out", "certificate.zip", *PURPOSE)
        assert made.exit_code == 0, made.output
        line = line.replace("FINGERPRINT", terminal.minyi("bundle", "--fingerprint").stdout.strip())
    elif "bundle.zip" in line:
        cards = terminal.json("risk-points", "qingtan-east-ring", *PURPOSE)["rows"]
        first = next(card["id"] for card in cards if not card.get("sealed"))
        assert terminal.minyi("bundle", first, "--out", "bundle.zip", *PURPOSE).exit_code == 0
        line = line.replace("FINGERPRINT", terminal.minyi("bundle", "--fingerprint").stdout.strip())
    if "--saved" in line:
        [keeps] = [other for other in LINES if "--save " in other]
        assert terminal.typed(keeps).exit_code == 0
    result = terminal.typed(line)
    assert result.exit_code == 0, result.output
    assert result.stdout.strip()


def test_every_command_of_this_list_has_an_example():
    assert {line.split()[1] for line in LINES} == set(OWN)
