"""Files as they come: each thing that is wrong with one gets a message that names it, and nothing good is lost."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import Result
from terminal import Terminal

GOOD = "村口的路坏了半年没有人修，下雨天孩子上学要蹚水。"
ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)


def taken_in(terminal: Terminal, name: str, content: str | bytes, *options: str) -> tuple[Result, list[dict[str, str]]]:
    """Imports a file with this content; the outcome, and the rows of the report."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    Path(name).write_bytes(data)
    run = terminal.minyi("import", name, "--no-work", *options)
    if not Path("rejects.csv").exists():
        return run, []
    with Path("rejects.csv").open(encoding="utf-8-sig", newline="") as report:
        return run, list(csv.DictReader(report))


@pytest.mark.parametrize(
    "name, content, told",
    [
        ("a.csv", "", "a.csv is empty: there is nothing to import"),
        ("a.xlsx", " \n\n", "a.xlsx is empty: there is nothing to import"),
        ("a.xlsx", ENCRYPTED, "a.xlsx is protected by a password; open it, remove the password"),
        ("a.xlsx", b"%PDF-1.7\n", "a.xlsx is called an XLSX workbook but holds a PDF document"),
        ("a.csv", b"PK\x03\x04" + bytes(40), "a.csv is damaged"),
        ("a.csv", '{"id": "1", "text": "路"}\n', "a.csv is called a CSV table but holds JSON lines; rename it to .jsonl"),
        ("a.jsonl", "编号,内容\n1,路\n", "a.jsonl is called JSON lines but holds other text"),
        ("a.csv", "<html><table></table></html>", "a.csv is called a CSV table but holds an HTML page"),
        ("a.csv", "编号$标题$内容\n1$路$坏了半年\n", "the delimiter seems to be '$'; if so, add --delimiter '$'"),
        ("a.csv", "甲,乙,丙\n1,2,3\n", "none of the first 20 rows names a column for the text"),
        ("a.jsonl", '{"id": "1", "wording": "路"}\n', "no field is recognised as the text"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_with_what_to_do(
    terminal: Terminal, name: str, content: str | bytes, told: str
):
    run, report = taken_in(terminal, name, content)
    assert run.exit_code == 1 and report == [] and run.stdout == ""
    assert run.stderr.startswith("Error: ") and run.stderr.count("\n") == 1 and told in run.stderr
    assert not terminal.home.exists()


def test_a_wrong_delimiter_is_answered_with_the_right_one(terminal: Terminal):
    run, _ = taken_in(terminal, "a.csv", f"编号;标题;内容\n1;路;{GOOD}\n", "--delimiter", ",")
    assert run.exit_code == 1 and "try --delimiter ';'" in run.stderr
    run, _ = taken_in(terminal, "a.csv", f"编号;标题;内容\n1;路;{GOOD}\n")
    assert run.exit_code == 0 and "1 new" in run.stdout


@pytest.mark.parametrize(
    "row, field, reason",
    [
        ({"id": "7", "text": "半个\ud83d字"}, "body", "lone surrogate U+D83D"),
        ({"id": "7", "text": "正文里有\x07响铃"}, "body", "control character (U+0007)"),
        ({"id": "7", "text": "路坏了", "title": "标\x00题"}, "title", "control character (U+0000)"),
        ({"id": "7", "text": "路坏了", "time": "20191-03-04"}, "published_at", "impossible year"),
        ({"id": "7", "text": "路坏了", "time": "2199-03-04"}, "published_at", "in the future"),
        ({"id": "7", "text": "路坏了", "time": "03-04"}, "published_at", "has no year"),
        ({"id": "1", "text": "同一个编号下面另外一件事"}, "item_key", "duplicate id: row 1 has the same id"),
        ({"id": "", "text": "没有编号"}, "item_key", "is missing"),
        ({"id": "7", "text": ""}, "body", "is missing"),
        ({"id": "7", "text": None}, "body", "is missing"),
        ({"id": "7", "text": ["路"]}, "body", "a list or an object where a text is expected"),
        ({"id": "7", "text": "长" * 150_000}, "body", "more than 131,072 characters"),
    ],
)
def test_a_bad_row_is_named_with_its_field_and_the_others_go_in(terminal: Terminal, row: dict, field: str, reason: str):
    lines = [{"id": "1", "text": GOOD}, row, {"id": "3", "text": GOOD + "另一处。"}]
    run, [bad] = taken_in(terminal, "a.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    assert run.exit_code == 0 and "2 new, 0 known already, 1 rejected" in run.stdout
    assert (bad["file"], bad["row"], bad["field"]) == ("a.jsonl", "2", field) and reason in bad["reason"]
    assert f"row 2: {field}: {bad['reason']}" in run.stderr


def test_a_cell_of_50_megabytes_costs_its_own_row_only(terminal: Terminal):
    cell = "长" * (50 * 2**20 // 3)
    run, [bad] = taken_in(terminal, "a.csv", f'编号,内容\n1,{GOOD}\n2,"{cell}"\n3,{GOOD}还有桥。\n')
    assert run.exit_code == 0 and "2 new" in run.stdout
    assert (bad["row"], bad["field"], bad["reason"]) == ("3", "body", "the cell holds more than 131,072 characters")


def test_the_report_and_the_screen_never_repeat_what_a_cell_holds(terminal: Terminal):
    phone = "13900001234"
    run, report = taken_in(terminal, "a.csv", f"编号,电话,内容,时间\n1,{phone},请回电{phone},{phone}年\n")
    assert report[0]["field"] == "published_at"
    assert phone not in run.output + json.dumps(report)


def test_a_file_of_bad_rows_only_is_a_failure(terminal: Terminal):
    run, report = taken_in(terminal, "a.csv", "编号,内容\n1,\n2,\n")
    assert run.exit_code == 1 and len(report) == 2 and "0 new" in run.stdout


def test_the_report_of_an_earlier_run_goes_when_all_rows_are_good(terminal: Terminal):
    taken_in(terminal, "a.csv", f"编号,内容\n1,\n2,{GOOD}\n")
    run, report = taken_in(terminal, "a.csv", f"编号,内容\n1,{GOOD}还有灯。\n2,{GOOD}\n")
    assert run.exit_code == 0 and report == []


@pytest.mark.parametrize(
    "line, told",
    [
        ("{not json", "line 2: "),
        ("[]", "line 2: expected a JSON object"),
        ('{"id": "east-ring", "name_zh": "东"}', "line 2: name_zh: "),
        ('{"id": "a b", "name_zh": "东外环公路"}', "line 2: id: "),
        ('{"id": "east-ring", "name_zh": "东外环公路", "stage": "soon"}', "line 2: stage: "),
        ('{"id": "east-ring", "name_zh": "东外环公路", "colour": "red"}', "line 2: colour: "),
        ('{"id": "quarry", "name_zh": "采石场道路"}', "line 2: duplicate id quarry"),
    ],
)
def test_a_bad_line_of_the_registry_is_named_and_the_good_ones_go_in(terminal: Terminal, line: str, told: str):
    Path("p.jsonl").write_text(f'{{"id": "quarry", "name_zh": "采石场进场道路"}}\n{line}\n', "utf-8")
    run = terminal.minyi("projects", "import", "p.jsonl")
    assert run.exit_code == 1 and "1 new, 0 changed, 0 unchanged" in run.stdout
    assert f"p.jsonl: {told}" in run.stderr and run.stderr.count("\n") == 1


def test_a_registry_that_is_no_text_or_empty_is_refused(terminal: Terminal):
    Path("p.jsonl").write_bytes('{"id": "quarry", "name_zh": "采石场"}'.encode("gb18030"))
    run = terminal.minyi("projects", "import", "p.jsonl")
    assert run.exit_code == 1 and "not UTF-8" in run.stderr
    Path("p.jsonl").write_text("\n", "utf-8")
    run = terminal.minyi("projects", "import", "p.jsonl")
    assert run.exit_code == 1 and "there is no project in it" in run.stderr and not terminal.home.exists()
