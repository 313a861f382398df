from __future__ import annotations

import re
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from crawlers.importers import Bad, Good, ImportOptions, ImportRefused, open_source
from crawlers.importers.outcomes import Unreadable
from crawlers.importers.xlsx_strings import SharedStrings

HEAD = ["编号", "标题", "内容", "登记时间"]


def test_titles_merged_above_the_header_are_passed_over(desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "登记表"
    sheet["A1"] = "云溪县2023年信访事项登记表"
    sheet.merge_cells("A1:D1")
    sheet["A2"] = "填报日期：2023年12月"
    sheet.append([])
    sheet.append(HEAD)
    sheet.append(["7", "水渠", "水渠塌了", "2023-05-06"])
    book.save(desk.folder / "r.xlsx")
    (row,) = desk.rows(desk.folder / "r.xlsx")
    assert (row.row_number, row.sheet, row.items[0].body) == (sheet.max_row, "登记表", "水渠塌了")


def test_a_header_over_two_rows_is_read_as_one(desk) -> None:
    path = desk.xlsx(
        {
            "表": [
                ["编号", "信访人信息", None, "诉求内容"],
                [None, "姓名", "电话", None],
                ["1", "赵六", "139", "水渠塌了"],
            ]
        }
    )
    source = open_source(path)
    assert [item.body for row in source for item in row.items] == ["水渠塌了"]
    assert [column.disposition for column in source.columns].count("dropped (personal)") == 2


@pytest.mark.parametrize(
    "stored",
    [datetime(2023, 5, 6, 9, 30), "2023年5月6日 上午9:30", "2023/5/6 9:30", 45052.395833333336, "45052.395833333336"],
)
def test_a_date_is_read_however_the_workbook_stores_it(desk, stored: object) -> None:
    (item,) = desk.good(desk.xlsx({"表": [HEAD, ["1", "水渠", "水渠塌了", stored]]}))
    assert item.published_at.isoformat() == "2023-05-06T09:30:00+08:00"


@pytest.mark.parametrize("stored", [date(2023, 1, 1), 20230101, "20230101"])
def test_a_day_is_read_however_the_workbook_stores_it(desk, stored: object) -> None:
    (item,) = desk.good(desk.xlsx({"表": [HEAD, ["1", "水渠", "水渠塌了", stored]]}))
    assert item.published_at.isoformat() == "2023-01-01T00:00:00+08:00"


def test_a_workbook_that_counts_days_from_1904_gives_the_same_date(desk) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(HEAD)
    book.active.append(["1", "水渠", "水渠塌了", datetime(2023, 5, 6, 9, 30)])
    book.save(desk.folder / "mac.xlsx")
    (item,) = desk.good(desk.folder / "mac.xlsx")
    assert item.published_at.isoformat() == "2023-05-06T09:30:00+08:00"


def test_numbers_are_keys_and_texts_without_a_decimal_point(desk) -> None:
    (item,) = desk.good(desk.xlsx({"表": [HEAD, [188006, 2023, "水渠塌了", None]]}))
    assert (item.item_key, item.title, item.published_at) == ("188006", "2023", None)


def test_every_sheet_with_a_header_is_read_and_the_others_are_named(desk) -> None:
    path = desk.xlsx(
        {
            "说明": [["本表由信访局填报"], ["联系科室：办公室"]],
            "一季度": [HEAD, ["1", "水渠", "水渠塌了", "2023-01-06"]],
            "二季度": [["件号", "主题", "反映内容"], ["2", "路灯", "路灯坏了"]],
        }
    )
    source = open_source(path)
    assert source.sheets == ("一季度", "二季度")
    assert [(row.sheet, row.items[0].body) for row in source] == [("一季度", "水渠塌了"), ("二季度", "路灯坏了")]
    assert "说明" in source.notes[0]
    assert desk.bodies(path, sheets=("二季度",)) == ["路灯坏了"]
    with pytest.raises(ImportRefused, match="no sheet '三季度'; its sheets: 说明, 一季度, 二季度"):
        open_source(path, ImportOptions(sheets=("三季度",)))


def test_a_hidden_sheet_is_read_only_when_it_is_named(desk) -> None:
    book = openpyxl.Workbook()
    book.active.title = "表"
    for row in (HEAD, ["1", "水渠", "水渠塌了", None]):
        book.active.append(row)
    hidden = book.create_sheet("旧")
    hidden.sheet_state = "hidden"
    for row in (HEAD, ["2", "路灯", "路灯坏了", None]):
        hidden.append(row)
    book.save(desk.folder / "h.xlsx")
    assert desk.bodies(desk.folder / "h.xlsx") == ["水渠塌了"]
    assert desk.bodies(desk.folder / "h.xlsx", sheets=("旧",)) == ["路灯坏了"]


def test_a_workbook_without_a_column_for_the_text_is_refused(desk) -> None:
    with pytest.raises(ImportRefused, match="--map body=HEADER"):
        open_source(desk.xlsx({"表": [["甲", "乙"], ["1", "2"]]}))


def test_bad_cells_are_named_by_sheet_row_and_field_and_the_rest_comes(desk) -> None:
    path = desk.xlsx(
        {
            "表": [
                HEAD,
                ["1", "水渠", "水渠塌了", "20191-05-06"],
                ["2", "路灯", None, "2023-05-06"],
                ["3", "井", "=NOSUCH(1)", "2023-05-06"],
                ["4", "桥", "桥断了", datetime(2091, 3, 4)],
                [None, None, None, None],
                ["5", "路", "路烂了", "2023-05-06"],
            ]
        }
    )
    rows = desk.rows(path)
    assert [(row.row_number, row.field) for row in rows if isinstance(row, Bad)] == [
        (2, "published_at"), (3, "body"), (4, "body"), (5, "published_at"),
    ]  # fmt: skip
    assert {row.sheet for row in rows} == {"表"}
    assert [row.row_number for row in rows if isinstance(row, Good)] == [7]


def _with_shared_strings(desk, xml: str, count: int):
    """A workbook as Excel stores it: the n-th row points to the n-th string of ``xml``."""
    template = desk.xlsx({"表": [["编号", "内容"]]}, "template.xlsx")
    rows = "".join(
        f'<row r="{n + 2}"><c r="A{n + 2}"><v>{n}</v></c><c r="B{n + 2}" t="s"><v>{n + 2}</v></c></row>'
        for n in range(count)
    )
    header = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    strings = f"<si><t>编号</t></si><si><t>内容</t></si>{xml}"
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    path = desk.folder / "shared.xlsx"
    with zipfile.ZipFile(template) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name).decode()
            if name.endswith("sheet1.xml"):
                data = re.sub(
                    "<sheetData>.*</sheetData>", f"<sheetData>{header}{rows}</sheetData>", data, flags=re.DOTALL
                )
            target.writestr(name, data)
        target.writestr("xl/sharedStrings.xml", f'<sst xmlns="{namespace}">{strings}</sst>')
    return path


def test_runs_of_rich_text_are_joined_and_phonetic_hints_left_out(desk) -> None:
    xml = "<si><r><t>水渠</t></r><r><rPr><b/></rPr><t>塌了</t></r><rPh sb='0' eb='1'><t>shui</t></rPh></si><si><t>a_x000D_\nb</t></si>"
    assert desk.bodies(_with_shared_strings(desk, xml, 2)) == ["水渠塌了", "a\nb"]


def test_shared_texts_over_many_pages_are_found_in_any_order(desk) -> None:
    texts = [f"第{n}条：" + "水渠塌了没人修" * (n % 40) for n in range(20_000)]
    bodies = desk.bodies(_with_shared_strings(desk, "".join(f"<si><t>{text}</t></si>" for text in texts), len(texts)))
    assert bodies == texts


def test_shared_texts_are_found_backwards_too(desk) -> None:
    texts = [f"第{n}条：" + "".join(chr(0x4E00 + (n * 31 + at * 7) % 9000) for at in range(120)) for n in range(12_000)]
    path = _with_shared_strings(desk, "".join(f"<si><t>{text}</t></si>" for text in texts), 1)
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        strings = SharedStrings(archive, "xl/sharedStrings.xml", file)
        assert len(strings) == 12_002
        assert [strings[n + 2] for n in range(11_999, -1, -1)] == texts[::-1]
        assert [strings[n * 7919 % 12_000 + 2] for n in range(3_000)] == [
            texts[n * 7919 % 12_000] for n in range(3_000)
        ]
        assert isinstance(strings[12_002], Unreadable)


def test_a_giant_cell_of_a_workbook_is_bad_and_the_rows_around_it_come(desk) -> None:
    giant = "".join(chr(0x4E00 + n * 7 % 5000) for n in range(100_000)) * 60
    xml = f"<si><t>水渠塌了</t></si><si><t>{giant}</t></si><si><t>路灯坏了</t></si><si><t>井干了</t></si>"
    rows = desk.rows(_with_shared_strings(desk, xml, 4))
    assert [(type(row).__name__, row.row_number) for row in rows] == [
        ("Good", 2), ("Bad", 3), ("Good", 4), ("Good", 5),
    ]  # fmt: skip
    assert (rows[1].field, "131,072" in rows[1].reason) == ("body", True)


def test_a_workbook_with_entities_is_refused(desk) -> None:
    source, path = desk.xlsx({"表": [HEAD, ["1", "水渠", "水渠塌了", None]]}), desk.folder / "bomb.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + data.split(b"?>", 1)[-1]
            new.writestr(name, data)
    with pytest.raises(ImportRefused, match="entities"):
        list(open_source(path))


def test_a_workbook_cut_off_in_a_sheet_gives_its_rows_and_then_says_so(desk) -> None:
    source, path = (
        desk.xlsx({"表": [HEAD, *([n, "水渠", f"水渠{n}", None] for n in range(30))]}),
        desk.folder / "cut.xlsx",
    )
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[:-400] if name.endswith("sheet1.xml") else data)
    rows = []
    with pytest.raises(ImportRefused, match="damaged after row"):
        for row in open_source(path):
            rows.append(row)
    assert len(rows) > 20
