"""The program as a whole: it answers at once, says what is wrong in one line, and ends with 0, 1 or 2."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from terminal import PURPOSE, Terminal

from api.cli.main import COMMANDS, cli

HEAVY = {"spacy", "sqlalchemy", "fastapi", "numpy", "scipy", "pydantic", "tantivy", "rich"}


def modules_after(code: str) -> set[str]:
    shown = "import sys, json; " + code + "; print(json.dumps([m for m in sys.modules if '.' not in m]))"
    return set(json.loads(subprocess.check_output([sys.executable, "-c", shown], text=True).splitlines()[-1]))


def test_the_overview_names_every_command_and_the_exit_codes(terminal: Terminal):
    shown = terminal.program("--help")
    assert shown.returncode == 0
    assert all(f"\n  {name} " in shown.stdout for name in COMMANDS)
    assert "0 ok, 1 failed, 2 usage" in shown.stdout


def test_the_version_is_told(terminal: Terminal):
    from importlib.metadata import version

    assert terminal.minyi("--version").stdout == f"minyi {version('minyi')}\n"


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help_with_an_example(terminal: Terminal, name: str):
    command = cli.get_command(click.Context(cli), name)
    parts = [[name, part] for part in command.commands] if isinstance(command, click.Group) else [[name]]
    for part in parts:
        shown = terminal.minyi(*part, "--help")
        assert shown.exit_code == 0
        assert " ".join(["minyi", *part]) in shown.stdout.partition("Example")[2]


@pytest.mark.parametrize("arguments", [[], ["import"], ["search"], ["risk-points"], ["decide"]])
def test_help_loads_nothing_heavy(arguments: list[str]):
    code = f"from api.cli.main import cli; cli.main({[*arguments, '--help']!r}, standalone_mode=False)"
    assert modules_after(code) & HEAVY == set()


def test_taking_known_rows_in_again_loads_no_model(terminal: Terminal):
    (terminal.home.parent / "a.csv").write_text("编号,内容\n1,村口的路坏了半年\n", "utf-8")
    assert terminal.minyi("import", "a.csv").exit_code == 0
    code = (
        "from api.cli.main import cli; import contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()): "
        f"cli.main(['import', 'a.csv', '--home', {str(terminal.home)!r}], standalone_mode=False)\n"
        "print(end='')"
    )
    assert modules_after(f"exec({code!r})") & {"spacy", "sklearn", "datasketch"} == set()


def test_wrong_usage_ends_with_2_and_names_the_option(terminal: Terminal):
    for arguments in (["nonsense"], ["import"], ["search", "路", "--nonsense"], ["import", "missing.csv"]):
        run = terminal.program(*arguments)
        assert (run.returncode, run.stdout) == (2, "")
        assert "Error: " in run.stderr and "Traceback" not in run.stderr


def test_a_failure_ends_with_1_and_one_line_on_stderr(terminal: Terminal):
    run = terminal.program("risk-points", "quarry-road", *PURPOSE)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("Error: E202: no data folder") and run.stderr.count("\n") == 1
    assert not terminal.home.exists()


def test_json_stands_alone_on_stdout(terminal: Terminal):
    (terminal.home.parent / "a.csv").write_text("编号,内容\n1,村口的路坏了半年\n2,\n", "utf-8")
    run = terminal.program("import", "a.csv", "--no-work", "--json")
    assert run.returncode == 0
    assert json.loads(run.stdout)["files"][0]["new"] == 1
    run = terminal.program("import", "a.csv", "--json", "--kind", "letter")
    assert (run.returncode, run.stdout) == (2, "")


@pytest.mark.parametrize("encoding", ["ascii", "gb18030", "gbk"])
def test_a_console_of_another_encoding_loses_no_json_and_never_crashes(terminal: Terminal, encoding: str):
    Path("p.jsonl").write_text('{"id": "quarry", "name_zh": "采石场🚧进场道路"}\n', "utf-8")
    assert terminal.minyi("projects", "import", "p.jsonl").exit_code == 0
    terminal.minyi("work")
    terminal.environment["PYTHONIOENCODING"] = encoding
    listing = ("projects", "list", *PURPOSE)
    assert terminal.program(*listing, encoding=encoding).returncode == 0
    [project] = json.loads(terminal.program(*listing, "--json", encoding=encoding).stdout)
    assert project["name_zh"] == "采石场🚧进场道路"
