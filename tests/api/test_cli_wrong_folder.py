"""A data folder that is not there, not one, damaged or of another version: one line that says what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from terminal import PURPOSE, Terminal

READING = [
    ("projects", "list", *PURPOSE),
    ("search", "路", "--project", "quarry", *PURPOSE),
    ("risk-points", "quarry", *PURPOSE),
    ("decide", "r0", "accept", "--who", "甲", "--reason", "核实", *PURPOSE),
    ("work",),
    ("reindex",),
    ("audit", "--purpose", "audit"),
]


@pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
def test_a_question_to_a_wrong_folder_creates_nothing(terminal: Terminal, command: tuple):
    for home in (Path("nowhere"), Path("somewhere")):
        Path("somewhere").mkdir(exist_ok=True)
        run = terminal.minyi(*command, "--home", home)
        assert run.exit_code == 1 and run.stdout == ""
        assert run.stderr == f"Error: E202: no data folder {home}; create it with: minyi init --home {home}\n"
    assert not Path("nowhere").exists() and list(Path("somewhere").iterdir()) == []


def test_a_file_is_no_folder(terminal: Terminal):
    Path("a.txt").write_text("x", "utf-8")
    run = terminal.minyi("work", "--home", "a.txt")
    assert run.exit_code == 2 and "is a file" in run.stderr


def test_a_folder_that_cannot_be_made_is_named(terminal: Terminal):
    Path("a.txt").write_text("x", "utf-8")
    run = terminal.minyi("init", "--home", "a.txt/office")
    assert run.exit_code == 1 and "a.txt/office: " in run.stderr and run.stderr.count("\n") == 1


def newer_store(home: Path) -> None:
    with sqlite3.connect(home / "minyi.sqlite3") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")


def damaged_store(home: Path) -> None:
    (home / "minyi.sqlite3").write_bytes(b"no database at all" * 500)


def damaged_key(home: Path) -> None:
    [key] = home.glob("keys/deployment*")
    key.write_bytes(b"short")


def unknown_setting(home: Path) -> None:
    (home / "minyi.toml").write_text("colour = 'red'\n", "utf-8")


def weakened_setting(home: Path) -> None:
    (home / "minyi.toml").write_text("k_anonymity = 1\n", "utf-8")


def broken_settings(home: Path) -> None:
    (home / "minyi.toml").write_text("k_anonymity = = 5\n", "utf-8")


def other_database(home: Path) -> None:
    (home / "minyi.toml").write_text('database_url = "mysql://minyi@localhost/minyi"\n', "utf-8")


def no_database(home: Path) -> None:
    (home / "minyi.toml").write_text('database_url = "our server"\n', "utf-8")


@pytest.mark.parametrize(
    "spoil, told",
    [
        (newer_store, "E159: the store is at revision 9999, this program knows revisions up to"),
        (damaged_store, "E340: the store is damaged (file is not a database); restore minyi.sqlite3 from a backup"),
        (damaged_key, "E160: "),
        (unknown_setting, "E201: colour: "),
        (weakened_setting, "E201: k_anonymity: "),
        (broken_settings, "E201: minyi.toml in the data folder is not TOML: "),
        (other_database, "E153: database_url must begin with sqlite:/// or postgresql://"),
        (no_database, "E153: database_url is not a database URL"),
    ],
)
def test_a_folder_that_cannot_be_used_says_why(terminal: Terminal, spoil, told: str):
    Path("a.csv").write_text("编号,内容\n1,村口的路坏了半年没有人修\n", "utf-8")
    assert terminal.minyi("import", "a.csv", "--no-work").exit_code == 0
    spoil(terminal.home)
    Path("a.csv").write_text("编号,内容\n2,井水发黄已经三个月\n", "utf-8")
    run = terminal.minyi("import", "a.csv", "--no-work")
    assert run.exit_code == 1 and run.stdout == ""
    [line] = [line for line in run.stderr.splitlines() if not line.startswith("No project is registered")]
    assert line.startswith(f"Error: {told}")


def test_a_database_server_that_does_not_answer_is_named_without_its_password(terminal: Terminal):
    terminal.minyi("init")
    url = "postgresql://minyi:geheim@127.0.0.1:1/minyi"
    (terminal.home / "minyi.toml").write_text(f'database_url = "{url}"\n', "utf-8")
    run = terminal.minyi("work")
    assert run.exit_code == 1 and "E340" in run.stderr and "127.0.0.1" in run.stderr
    assert run.stderr.count("\n") == 1 and "geheim" not in run.output
