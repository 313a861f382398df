from __future__ import annotations

import csv

import pytest

from crawlers.importers import Bad, ImportRefused, RejectReport

BAD = Bad(7, "一月", "published_at", "lies in the future")


def test_the_report_opens_in_excel_and_lists_file_row_sheet_field_and_reason(tmp_path) -> None:
    with RejectReport(tmp_path / "rejects.csv") as report:
        report.add(BAD, "信箱.xlsx")
        report.add(Bad(9, "=cmd()", "", 'has "2" cells, not 3'))
    assert (tmp_path / "rejects.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["file", "row", "sheet", "field", "reason"],
            ["信箱.xlsx", "7", "一月", "published_at", "lies in the future"],
            ["", "9", "'=cmd()", "", 'has "2" cells, not 3'],
        ]
    assert report.count == 2


def test_a_second_run_replaces_the_report_and_a_clean_run_removes_it(tmp_path) -> None:
    path = tmp_path / "rejects.csv"
    for _ in range(2):
        with RejectReport(path) as report:
            report.add(BAD)
        assert path.read_text("utf-8-sig").count("\n") == 2
    with RejectReport(path):
        assert path.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_the_users_is_never_overwritten(tmp_path) -> None:
    path = tmp_path / "rejects.csv"
    path.write_text("编号,内容\n1,水渠塌了\n", encoding="utf-8")
    with pytest.raises(ImportRefused, match="not a list of rejected rows"):
        RejectReport(path)
    assert "水渠塌了" in path.read_text(encoding="utf-8")
