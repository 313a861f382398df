from __future__ import annotations

import csv
import gzip
import io
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawlers.importers import Good, ImportOptions, ImportRefused, open_source

HEAD = ["编号", "标题", "内容"]
PETITIONS = [
    ["1", "水渠塌了", "柳湾村的水渠塌了半年，镇里说下个月修，一直没有人来。"],
    ["2", "工地噪音", "夜里十二点还在施工，老人孩子都睡不着；请有关部门管一管。"],
    ["3", "补偿标准", "征地补偿标准没有公示，邻村每亩多三千元，请给个说法。"],
]
TRADITIONAL = [
    ["1", "水渠塌了", "柳灣村的水渠塌了半年，鎮裡說下個月修，一直沒有人來，請問什麼時候處理。"],
    ["2", "工地噪音", "夜裡十二點還在施工，老人孩子都睡不著，請有關部門來管一管。"],
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
def test_the_encoding_of_a_table_is_found(desk, encoding: str) -> None:
    items = desk.good(desk.csv([HEAD, *PETITIONS], encoding=encoding))
    assert [[item.item_key, item.title, item.body] for item in items] == PETITIONS


def test_traditional_characters_in_big5_are_found(desk) -> None:
    path = desk.csv([["編號", "標題", "內容"], *TRADITIONAL], encoding="big5")
    items = desk.good(path, mapping={"內容": "body", "標題": "title"})
    assert [item.body for item in items] == [row[2] for row in TRADITIONAL]


def test_a_long_ascii_beginning_does_not_hide_the_encoding(desk) -> None:
    rows = [["id", "text"], *([str(n), "plain text " * 20] for n in range(8000)), ["x", PETITIONS[0][2]]]
    assert desk.bodies(desk.csv(rows, encoding="gb18030"))[-1] == PETITIONS[0][2]


def test_a_chosen_encoding_is_used_and_an_unknown_one_refused(desk) -> None:
    path = desk.csv([HEAD, *PETITIONS], encoding="gb18030")
    assert len(desk.good(path, encoding="gbk")) == 3
    with pytest.raises(ImportRefused, match="no encoding 'klingon'"):
        open_source(path, ImportOptions(encoding="klingon"))


def test_a_damaged_byte_costs_only_its_row(desk) -> None:
    data = "编号,标题,内容\n1,水渠,水渠塌了半年没人修\n2,路灯,路灯坏了没人管\n".encode()
    rows = desk.rows(desk.bytes(data.replace("半年".encode(), "半".encode() + b"\xff"), "l.csv"))
    assert [(type(row).__name__, row.row_number) for row in rows] == [("Bad", 2), ("Good", 3)]
    assert rows[0].field == "body"
    assert "0xFF" in rows[0].reason


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，", "；"])
def test_the_delimiter_is_found(desk, delimiter: str) -> None:
    rows = [[cell.replace(delimiter, "、") for cell in row] for row in PETITIONS]
    assert desk.bodies(desk.csv([HEAD, *rows], delimiter=delimiter)) == [row[2] for row in rows]


def test_a_table_all_in_one_column_is_refused_with_the_delimiter_to_add(desk) -> None:
    path = desk.csv([HEAD, *PETITIONS], delimiter="^")
    with pytest.raises(ImportRefused, match=re.escape("add --delimiter '^'")):
        open_source(path)
    assert len(desk.good(path, delimiter="^")) == 3


def test_a_wrong_delimiter_is_refused_with_the_right_one(desk) -> None:
    with pytest.raises(ImportRefused, match=re.escape("try --delimiter ';'")):
        open_source(desk.csv([HEAD, *PETITIONS], delimiter=";"), ImportOptions(delimiter=","))


def test_a_table_of_one_column_is_a_table(desk) -> None:
    assert desk.bodies(desk.text("内容\n水渠塌了，没人修\n", "one.csv")) == ["水渠塌了，没人修"]


def test_titles_and_remarks_above_the_header_are_passed_over(desk) -> None:
    path = desk.csv([["云溪县信访登记表", "", ""], ["", "", ""], ["填报单位：云溪县信访局", "", ""], HEAD, *PETITIONS])
    assert [row.row_number for row in desk.rows(path)] == [5, 6, 7]


def test_a_file_without_a_recognisable_header_is_refused_without_showing_its_cells(desk) -> None:
    with pytest.raises(ImportRefused, match="--map body=HEADER") as refused:
        open_source(desk.csv([["赵六", "13900001234"], ["钱七", "13900001235"]]))
    assert "139" not in str(refused.value)
    assert "赵六" not in str(refused.value)


def test_line_breaks_quotes_and_delimiters_inside_quotes_belong_to_the_cell(desk) -> None:
    body = '他说“不行”,又说"再等等",\n第二行\r\n\n第四行'
    path = desk.csv([HEAD, ["1", "水渠", body], PETITIONS[1]])
    rows = desk.rows(path)
    assert rows[0].items[0].body == body.replace("\r\n", "\n")
    assert [row.row_number for row in rows] == [2, 3]


def test_a_row_with_too_few_or_too_many_cells_is_bad_and_the_rest_comes(desk) -> None:
    path = desk.text("编号,标题,内容\n1,水渠\n2,路灯,路灯坏了,多,余\n3,补偿,补偿太低,,\n\n4,井,井干了\n")
    rows = desk.rows(path)
    assert [(type(row).__name__, row.row_number) for row in rows] == [
        ("Bad", 2), ("Bad", 3), ("Good", 4), ("Good", 6),
    ]  # fmt: skip
    assert rows[0].reason == "has 2 cells where the header has 3"


@pytest.mark.parametrize("after", [["2,路灯,路灯坏了"], ['2,路灯,"路灯坏了"', '3,井,"井干了"'], []])
def test_a_quote_that_never_closes_costs_only_its_own_line(desk, after: list[str]) -> None:
    path = desk.text("\n".join(["编号,标题,内容", '1,水渠,"水渠塌了', *after, ""]))
    rows = desk.rows(path)
    assert (type(rows[0]).__name__, rows[0].row_number, rows[0].field) == ("Bad", 2, "body")
    assert len([row for row in rows if isinstance(row, Good)]) == len(after)


def test_a_quote_that_never_closes_does_not_swallow_a_large_file(desk) -> None:
    lines = ["编号,标题,内容", '0,水渠,"水渠塌了', *(f"{n},路灯,第{n}盏路灯坏了" for n in range(1, 60_000))]
    rows = desk.rows(desk.text("\n".join(lines)))
    assert [row.row_number for row in rows if not isinstance(row, Good)] == [2]
    assert sum(isinstance(row, Good) for row in rows) == 59_999


@pytest.mark.parametrize("breaks", ["", "\n"])
def test_a_giant_cell_is_bad_by_row_and_field_and_the_rows_after_it_come(desk, breaks: str) -> None:
    giant = ("水" * 999 + (breaks or "渠")) * 2_000
    rows = desk.rows(desk.csv([HEAD, PETITIONS[0], ["9", "巨", giant], PETITIONS[1], PETITIONS[2]]))
    assert [(type(row).__name__, row.row_number) for row in rows] == [
        ("Good", 2), ("Bad", 3), ("Good", 4), ("Good", 5),
    ]  # fmt: skip
    assert rows[1].field == "body"
    assert "131,072" in rows[1].reason


@pytest.mark.parametrize("name", ["letters.csv.gz", "letters.jsonl.gz"])
def test_a_gzip_file_is_opened_transparently(desk, name: str) -> None:
    plain = desk.csv([HEAD, *PETITIONS]) if "csv" in name else desk.jsonl([{"id": 1, "text": PETITIONS[0][2]}])
    source = open_source(desk.bytes(gzip.compress(plain.read_bytes()), name))
    assert source.name == "letters"
    assert next(row.items[0].body for row in source) == PETITIONS[0][2]


def test_a_damaged_gzip_file_and_a_decompression_bomb_are_refused(desk) -> None:
    packed = gzip.compress(b"id,text\n" + b"1,water\n" * 100_000)
    with pytest.raises(ImportRefused, match="damaged gzip"):
        list(open_source(desk.bytes(packed[: len(packed) // 2], "cut.csv.gz")))
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb", compresslevel=9) as stream:
        stream.write(b"id,text\n")
        for _ in range(300):
            stream.write(b"a" * 2**20)
    with pytest.raises(ImportRefused, match="unpacks to more than"):
        list(open_source(desk.bytes(bomb.getvalue(), "bomb.csv.gz")))


_CELL = st.text(st.sampled_from("水渠塌了补偿标准不公示村民请问abc 12，。,;|\t\"'\n"), min_size=1, max_size=40).filter(
    lambda text: text.strip()
)
_TABLE = st.lists(st.tuples(_CELL, _CELL), min_size=1, max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    table=_TABLE,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_a_table_gives_the_same_petitions_in_any_encoding_and_with_any_delimiter(
    tmp_path: Path, table: list[tuple[str, str]], encoding: str, delimiter: str, line_end: str, quoting: int
) -> None:
    path = tmp_path / "letters.csv"
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
        writer.writerow(["编号", "标题", "诉求内容"])
        writer.writerows((str(number), title, body) for number, (title, body) in enumerate(table))
    items = [item for row in open_source(path) if isinstance(row, Good) for item in row.items]
    assert [(item.title, item.body) for item in items] == [(title.strip(), body.strip()) for title, body in table]
