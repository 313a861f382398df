"""``minyi import``: what goes in, what does not, and what the user is told about both."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from terminal import EXAMPLES, PURPOSE, Terminal

FILES = {
    "petitions_ring_road.xlsx": ("petition", 48, 2),
    "petitions_waste_plant.csv": ("petition", 41, 0),
    "hotline.jsonl": ("hotline", 34, 0),
    "weibo.jsonl": ("weibo", 18, 0),
    "news.jsonl": ("news", 10, 0),
}
ROAD = {
    "id": "1",
    "title": "路",
    "text": "东外环公路占了我家两亩菜地，青苗费至今没有发，请核实。",
    "time": "2026-05-01",
}
WELL = {"id": "2", "title": "井", "text": "井水发黄已经三个月，村里打过两次电话都没有人来看。", "time": "2026-05-02"}


def written(path: Path, *rows: dict) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def rejected(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("name", FILES)
def test_each_example_file_goes_in_once_and_changes_nothing_the_second_time(terminal: Terminal, name: str):
    kind, new, bad = FILES[name]
    arguments = ("import", EXAMPLES / name, "--kind", kind, "--no-work")
    [first] = terminal.json(*arguments)["files"]
    assert (first["new"], first["known"], first["rejected"], first["quarantined"]) == (new, 0, bad, 0)
    [second] = terminal.json(*arguments)["files"]
    assert (second["new"], second["known"], second["rejected"]) == (0, new, bad)
    assert f"0 new, {new} known already" in terminal.minyi(*arguments).stdout


def test_a_file_without_anything_new_says_that_nothing_changed(terminal: Terminal):
    written(Path("a.jsonl"), ROAD, WELL)
    assert "2 new" in terminal.minyi("import", "a.jsonl", "--no-work").stdout
    again = terminal.minyi("import", "a.jsonl")
    assert "a.jsonl: 0 new, 2 known already, nothing changed" in again.stdout
    assert "Nothing was left to do." in terminal.minyi("import", "a.jsonl").stdout


def test_a_row_repeated_in_one_file_is_counted_once(terminal: Terminal):
    written(Path("a.jsonl"), ROAD, WELL, ROAD)
    [summary] = terminal.json("import", "a.jsonl", "--no-work")["files"]
    assert (summary["rows"], summary["new"], summary["repeated"]) == (2, 2, 1)


def test_a_dry_run_shows_the_fate_of_every_column_and_stores_nothing(terminal: Terminal):
    Path("a.csv").write_text(
        "编号,姓名,联系电话,标题,内容,备注\n1,甲某,13900000000,路,路坏了半年没有人修,x\n2,,,,,\n", "utf-8"
    )
    shown = terminal.minyi("import", "a.csv", "--dry-run")
    assert shown.exit_code == 0
    fates = {line.split()[0]: " ".join(line.split()[1:]) for line in shown.stdout.splitlines() if len(line.split()) > 1}
    assert fates["编号"] == "item_key" and fates["内容"] == "body" and fates["备注"] == "ignored"
    assert fates["姓名"] == fates["联系电话"] == "dropped (personal)"
    assert "1 rows would go in, 1 would not" in shown.stdout and "row 3: body: is missing" in shown.stdout
    assert "甲某" not in shown.stdout and "13900000000" not in shown.stdout
    assert not terminal.home.exists() and not Path("rejects.csv").exists()


def test_a_header_with_brackets_is_shown_as_it_stands(terminal: Terminal):
    Path("[b] x.csv").write_text("编号,[/i]备注,内容\n1,x,路坏了半年没有人修\n", "utf-8")
    shown = terminal.minyi("import", "[b] x.csv", "--dry-run")
    assert shown.exit_code == 0 and "[/i]备注" in shown.stdout and "[b] x.csv: csv" in shown.stdout


def test_a_column_of_any_name_can_be_mapped(terminal: Terminal):
    Path("a.csv").write_text("编号,甲栏,乙栏\n1,路,村口的路坏了半年没有人修\n", "utf-8")
    assert terminal.minyi("import", "a.csv").exit_code == 1
    [plan] = terminal.json("import", "a.csv", "--map", "title=甲栏", "--map", "body=乙栏", "--dry-run")
    assert {c["header"]: c["field"] for c in plan["columns"]} == {"编号": "item_key", "甲栏": "title", "乙栏": "body"}
    assert (
        terminal.json("import", "a.csv", "--map", "title=甲栏", "--map", "body=乙栏", "--no-work")["files"][0]["new"]
        == 1
    )


@pytest.mark.parametrize(
    "mapping, code, told",
    [
        ("body", 2, "expected FIELD=COLUMN"),
        ("text=内容", 1, "there is no field 'text'"),
        ("body=没有", 1, "no column '没有'"),
        ("title=姓名", 1, "P-20"),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_refused(terminal: Terminal, mapping: str, code: int, told: str):
    Path("a.csv").write_text("编号,姓名,内容\n1,甲某,村口的路坏了\n", "utf-8")
    run = terminal.minyi("import", "a.csv", "--map", mapping)
    assert run.exit_code == code and told in run.stderr and not terminal.home.exists()


def test_bad_rows_are_listed_with_file_row_field_and_reason_and_good_ones_go_in(terminal: Terminal):
    written(Path("a.jsonl"), ROAD, {**WELL, "text": ""}, {**WELL, "id": "3", "time": "20191-05-02"})
    written(Path("b.jsonl"), {**ROAD, "id": "9"}, ["not an object"])
    run = terminal.minyi("import", "a.jsonl", "b.jsonl", "--no-work", "--rejects", "bad/list.csv")
    assert run.exit_code == 0
    assert "a.jsonl: 1 new, 0 known already, 2 rejected: see bad/list.csv" in run.stdout
    assert "  row 2: body: is missing" in run.stderr
    rows = rejected(Path("bad/list.csv"))
    assert [(row["file"], row["row"], row["field"]) for row in rows] == [
        ("a.jsonl", "2", "body"), ("a.jsonl", "3", "published_at"), ("b.jsonl", "2", ""),
    ]  # fmt: skip
    assert "impossible year" in rows[1]["reason"] and "not a JSON object" in rows[2]["reason"]


def test_only_the_first_bad_rows_are_named_at_once(terminal: Terminal):
    written(Path("a.jsonl"), ROAD, *[{"id": f"b{n}", "text": ""} for n in range(12)])
    run = terminal.minyi("import", "a.jsonl", "--no-work")
    assert run.stderr.count("body: is missing") == 5 and "and 7 more" in run.stderr
    assert len(rejected(Path("rejects.csv"))) == 12


def test_a_file_of_the_users_that_is_called_rejects_is_not_overwritten(terminal: Terminal):
    written(Path("a.jsonl"), ROAD, {"id": "2", "text": ""})
    Path("rejects.csv").write_text("my own notes\n", "utf-8")
    run = terminal.minyi("import", "a.jsonl", "--no-work")
    assert run.exit_code == 1 and "not a list of rejected rows" in run.stderr
    assert Path("rejects.csv").read_text("utf-8") == "my own notes\n"


def test_one_file_that_cannot_be_read_does_not_stop_the_others(terminal: Terminal):
    written(Path("a.jsonl"), ROAD)
    Path("b.xlsx").write_bytes(b"%PDF-1.7")
    run = terminal.minyi("import", "b.xlsx", "a.jsonl", "--no-work")
    assert run.exit_code == 1
    assert "a.jsonl: 1 new" in run.stdout
    assert "Error: b.xlsx is called an XLSX workbook but holds a PDF document" in run.stderr
    run = terminal.minyi("import", "b.xlsx", "a.jsonl", "--no-work", "--json")
    assert run.exit_code == 1 and list(json.loads(run.stdout)["refused"]) == ["b.xlsx"]


def damaged_in_its_middle(path: Path, rows: int) -> None:
    """A workbook whose only sheet breaks off half-way, as after an interrupted copy."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("一月")
    sheet.append(["编号", "内容"])
    for number in range(rows):
        sheet.append([f"X{number}", f"第{number}号来信反映村口的路坏了半年没有人修（{number * 7919}）"])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
    content = bytearray(path.read_bytes())
    middle = entry.header_offset + entry.compress_size // 2
    content[middle : middle + 64] = bytes(64)
    path.write_bytes(content)


def test_rows_before_the_damage_of_a_file_go_in(terminal: Terminal):
    damaged_in_its_middle(Path("a.xlsx"), 700)
    run = terminal.minyi("import", "a.xlsx", "--no-work", "--json")
    assert run.exit_code == 1
    assert "Error: a.xlsx: the workbook is damaged after row" in run.stderr
    answer = json.loads(run.stdout)
    assert answer["files"][0]["new"] == answer["files"][0]["rows"] > 200 and "damaged" in answer["refused"]["a.xlsx"]
    assert "a.xlsx: 0 new" in terminal.minyi("import", "a.xlsx", "--no-work").stdout


def test_a_folder_of_letters_goes_in_and_names_of_files_are_kept_nowhere(terminal: Terminal):
    Path("letters").mkdir()
    Path("letters/2026-05-06 欧阳某甲.txt").write_text("路灯不亮\n柳湾村口三盏路灯坏了两个月，请派人来修。\n", "utf-8")
    Path("letters/欧阳某甲 第二封.txt").write_text("", "utf-8")
    run = terminal.minyi("import", "letters", "--no-work")
    assert run.exit_code == 0 and "letters: 1 new, 0 known already, 1 rejected" in run.stdout
    [bad] = rejected(Path("rejects.csv"))
    assert bad["file"] == "letters" and "empty" in bad["reason"]
    single = terminal.minyi("import", "letters/欧阳某甲 第二封.txt", "--no-work")
    assert single.exit_code == 1
    assert "欧阳某甲" not in run.output + Path("rejects.csv").read_text("utf-8-sig")


def test_importing_without_a_project_warns_and_says_what_to_do(terminal: Terminal):
    written(Path("a.jsonl"), ROAD)
    run = terminal.minyi("import", "a.jsonl", "--no-work")
    assert run.exit_code == 0 and "No project is registered" in run.stderr and "minyi projects import" in run.stderr


def test_a_bad_registry_stops_the_import_before_anything_is_stored(terminal: Terminal):
    written(Path("a.jsonl"), ROAD)
    written(Path("p.jsonl"), {"id": "x y", "name_zh": "东外环"})
    run = terminal.minyi("import", "a.jsonl", "--projects", "p.jsonl")
    assert run.exit_code == 1 and "p.jsonl: line 1: id: " in run.stderr and not terminal.home.exists()


def test_a_kind_that_does_not_exist_is_refused_with_those_that_do(terminal: Terminal):
    written(Path("a.jsonl"), ROAD)
    run = terminal.minyi("import", "a.jsonl", "--kind", "letter")
    assert run.exit_code == 2 and all(kind in run.stderr for kind in ("petition", "hotline", "weibo", "news"))


def test_one_command_leads_from_a_spreadsheet_to_candidates(terminal: Terminal):
    source = EXAMPLES / "petitions_ring_road.xlsx"
    run = terminal.minyi("import", source, "--projects", EXAMPLES / "projects.jsonl")
    assert run.exit_code == 0 and "48 analysed" in run.stdout and "projects: 2 new" in run.stdout
    assert "minyi risk-points PROJECT --purpose risk_identification" in run.stdout
    cards = terminal.json("risk-points", "qingtan-east-ring", *PURPOSE)["rows"]
    assert len(cards) >= 8
    counts = [card["evidence_count"] for card in cards if not card.get("sealed")]
    assert all(count.get("less_than") == 5 or count["value"] >= 1 for count in counts)
    assert any("value" in count for count in counts)


def test_two_files_of_one_name_with_other_texts_lose_no_row_in_silence(terminal: Terminal, tmp_path: Path):
    may, june = tmp_path / "may", tmp_path / "june"
    may.mkdir()
    june.mkdir()
    terminal.minyi("import", written(may / "letters.jsonl", ROAD), "--no-work")
    rejects = tmp_path / "rejects.csv"
    file = written(june / "letters.jsonl", {**WELL, "id": "1"}, WELL)
    told = terminal.minyi("import", file, "--no-work", "--rejects", rejects)
    assert "1 new, 0 known already, 1 rejected" in told.stdout
    [row] = rejected(rejects)
    assert (row["row"], row["field"]) == ("1", "item_key") and "--source" in row["reason"]
    again = terminal.json("import", file, "--no-work", "--source", "june", "--rejects", rejects)["files"]
    assert again[0]["new"] == 2
