"""P-20: columns for name, phone, identity number and address are dropped before anything else of a row is read."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.importers import Bad, Good, ImportOptions, ImportRefused, RejectReport, open_source
from crawlers.importers.headers import recognise
from crawlers.importers.personal import is_personal
from crawlers.importers.source import _reader
from pipeline.raw import RawItem

PERSONAL = [
    "姓名", "姓 名", "信访人", "信访人姓名", "投诉人", "来信人", "举报人", "联系人", "反映人", "诉求人", "当事人", "申请人姓名",
    "电话", "联系电话", "手机", "手机号码", "固定电话", "联系方式", "来电号码", "传真",
    "身份证", "身份证号", "居民身份证号码", "证件号码", "证件类型", "护照号",
    "住址", "家庭住址", "通讯地址", "联系地址", "详细地址", "地址", "现住址", "户籍所在地", "邮编", "门牌号",
    "邮箱", "电子邮箱", "E-mail", "微信号", "QQ", "QQ号", "支付宝账号", "银行卡号", "车牌号",
    "性别", "年龄", "民族", "出生日期", "工作单位", "职业", "政治面貌", "IP地址",
    "经办人", "承办人", "接待人员", "委托代理人",
    "Name", "full name", "real_name", "Phone", "phoneNumber", "mobile", "Tel.", "email", "id_card", "ID number",
    "id_no", "passport_no", "Address", "home_address", "contact", "Contact Person", "gender", "Age", "wechat", "ip",
]  # fmt: skip
SECRETS = {
    "信访人": "赵大河",
    "联系电话": "13900001234",
    "身份证号": "000000199001011234",
    "家庭住址": "柳湾村七组12号",
}
PETITION = {"编号": "1", "标题": "水渠塌了", "内容": "水渠塌了半年没有人来修。", "登记时间": "2023-05-06"}
BAD_PETITION = {**PETITION, "编号": "2", "内容": "另一件事", "登记时间": "20191-05-06"}


def _csv(folder: Path, rows: list[dict[str, Any]]) -> Path:
    with (folder / "register.csv").open("w", encoding="gb18030", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder / "register.csv"


def _xlsx(folder: Path, rows: list[dict[str, Any]]) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["云溪县信访登记表"])
    for row in [list(rows[0]), *(list(row.values()) for row in rows)]:
        book.active.append(row)
    book.save(folder / "register.xlsx")
    return folder / "register.xlsx"


def _jsonl(folder: Path, rows: list[dict[str, Any]]) -> Path:
    (folder / "register.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder / "register.jsonl"


FORMATS = pytest.mark.parametrize("exported", [_csv, _xlsx, _jsonl])


def _everything(item: RawItem) -> str:
    return " ".join(str(getattr(item, name)) for name in RawItem.__slots__)


@FORMATS
def test_no_cell_of_a_personal_column_leaves_the_reader(tmp_path, exported) -> None:
    path = exported(tmp_path, [SECRETS | PETITION, SECRETS | BAD_PETITION])
    kept = [repr(dict(cells.values)) for cells in _reader(path, ImportOptions())]
    assert len(kept) == 2
    assert not any(secret in text for text in kept for secret in SECRETS.values())


@FORMATS
def test_no_personal_cell_reaches_a_petition_a_rejected_row_or_the_report(tmp_path, exported) -> None:
    source = open_source(exported(tmp_path, [SECRETS | PETITION, SECRETS | BAD_PETITION]))
    rows = list(source)
    with RejectReport(tmp_path / "rejects.csv") as report:
        for row in rows:
            if isinstance(row, Bad):
                report.add(row)
    handed_over = " ".join(_everything(item) for row in rows if isinstance(row, Good) for item in row.items)
    written = (tmp_path / "rejects.csv").read_text("utf-8-sig") + repr(rows) + repr(source.columns)
    assert "水渠塌了" in handed_over and "published_at" in written
    assert not any(secret in handed_over + written for secret in SECRETS.values())
    assert "另一件事" not in written
    assert {column.header for column in source.columns if column.disposition == "dropped (personal)"} == set(SECRETS)


@FORMATS
def test_what_stands_in_a_personal_column_is_not_even_looked_at(tmp_path, exported) -> None:
    control = "赵_x001B_大河" if exported is _xlsx else "赵\x1b大河"
    (row,) = open_source(exported(tmp_path, [dict.fromkeys(SECRETS, control) | PETITION]))
    assert isinstance(row, Good)
    (read,) = open_source(exported(tmp_path, [PETITION | {"标题": control}]))
    assert isinstance(read, Bad)


@FORMATS
@pytest.mark.parametrize("field", ["body", "title", "item_key", "author_key", "region"])
def test_no_mapping_brings_a_personal_column_back(tmp_path, exported, field: str) -> None:
    path = exported(tmp_path, [SECRETS | PETITION])
    for header in SECRETS:
        with pytest.raises(ImportRefused, match="P-20"):
            open_source(path, ImportOptions(mapping={f" {header}：": field}))


@pytest.mark.parametrize("header", PERSONAL)
def test_a_personal_column_is_known_by_its_header(header: str) -> None:
    assert recognise(header) == "personal"


@given(
    header=st.sampled_from(PERSONAL),
    before=st.sampled_from(["", " ", "*", "＊", "\u3000", "\ufeff", "【"]),
    after=st.sampled_from(["", " ", "：", ":", "（必填）", "(选填)", "*", "】", "\n"]),
    wide=st.booleans(),
)
def test_blanks_marks_and_full_width_letters_do_not_hide_it(header: str, before: str, after: str, wide: bool) -> None:
    if wide:
        header = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in header)
    assert is_personal(before + header + after)


@pytest.mark.parametrize(
    "header", ["内容", "反映问题", "诉求内容（请勿填写电话）", "问题发生地址", "事发地点", "答复单位", "用户编号", "网页地址", "来信编号"]
)  # fmt: skip
def test_columns_of_the_matter_itself_are_not_taken_for_personal_ones(header: str) -> None:
    assert isinstance(recognise(header), tuple)


def test_an_author_key_goes_to_the_voice_and_nowhere_else(tmp_path) -> None:
    path = _csv(tmp_path, [PETITION | {"用户编号": "u-7731"}])
    (row,) = open_source(path)
    (item,) = row.items
    assert item.author_key == "u-7731"
    item.author_key = None
    assert "u-7731" not in _everything(item)


def test_a_place_column_is_cut_at_the_county(tmp_path) -> None:
    path = _csv(tmp_path, [PETITION | {"问题发生地": "云溪县青石渡镇柳湾村七组12号"}])
    (row,) = open_source(path)
    assert row.items[0].region == "云溪县"


def test_a_column_that_nobody_named_is_not_read(tmp_path) -> None:
    path = _csv(tmp_path, [PETITION | {"备注": "赵大河 13900001234", "列7": "柳湾村七组12号"}])
    source = open_source(path)
    (row,) = source
    assert not any(secret in _everything(row.items[0]) for secret in SECRETS.values())
    assert [column.header for column in source.columns if column.disposition == "ignored"] == ["备注", "列7"]
