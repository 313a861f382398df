from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawlers.importers import ImportRefused, open_source

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TABLE = "编号,内容\n1,水渠塌了\n".encode()


def _ole(stream: str) -> bytes:
    """The head of an OLE file and a directory entry that names a stream."""
    return OLE + bytes(504) + stream.encode("utf-16-le").ljust(64, b"\0") + bytes(64)


def _zip(*names: str, content: bytes = b"<x/>") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return packed.getvalue()


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["编号", "内容", "登记时间"])
    for number in range(8):
        book.active.append([number, f"水渠{number}塌了", "2023-05-06"])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.csv", b"", "empty"),
        ("blank.csv", b"\xef\xbb\xbf \r\n\r\n", "empty"),
        ("secret.xlsx", _ole("EncryptedPackage"), "protected by a password"),
        ("old.xls", _ole("Workbook"), "save it as .xlsx"),
        ("old.doc", _ole("WordDocument"), "save it as .docx"),
        ("web.xls", b"<html><table><tr><td>1</td></tr></table></html>", "Excel 97–2003 but holds an HTML page"),
        ("web.csv", b"\xef\xbb\xbf\r\n<!DOCTYPE html><html>", "CSV table but holds an HTML page"),
        ("sheet.xls", b'<?xml version="1.0"?><Workbook/>', "but holds XML"),
        ("table.xlsx", TABLE, "table.xlsx is called an XLSX workbook but holds other text; rename it to .csv"),
        ("table.jsonl", TABLE, "called JSON lines but holds other text"),
        ("book.csv", _workbook(), "called a CSV table but holds an XLSX workbook; rename it to .xlsx"),
        ("book.docx", _workbook(), "called a DOCX document but holds an XLSX workbook"),
        ("lines.csv", b'{"id": 1, "text": "water"}\n', "called a CSV table but holds JSON lines"),
        ("letter.xlsx", _zip("word/document.xml"), "but holds a DOCX document"),
        ("sheet.ods", _zip("content.xml"), "OpenDocument"),
        ("files.zip", _zip("a.csv"), "ZIP archive; unpack it"),
        ("book.xlsb", _zip("xl/workbook.bin"), "save it as .xlsx"),
        ("broken.xlsx", b"PK\x03\x04 cut off", "damaged"),
        ("hollow.xlsx", _zip("xl/workbook.xml"), "damaged workbook"),
        ("hollow.docx", _zip("word/document.xml"), None),
        ("scan.csv", b"%PDF-1.7", "called a CSV table but holds a PDF document"),
        ("photo.csv", b"\x89PNG\r\n", "PNG picture"),
        ("random.csv", bytes(range(32)) * 40, "binary data"),
        ("bomb.xlsx", _zip("xl/workbook.xml", "xl/worksheets/sheet1.xml", content=bytes(160 * 2**20)), "would unpack to"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_imported_is_refused_with_advice(
    desk, name: str, data: bytes, message: str | None
) -> None:
    path = desk.bytes(data, name)
    if message is None:
        (bad,) = desk.bad(path)
        assert "damaged" in bad.reason
    else:
        with pytest.raises(ImportRefused, match=message) as refused:
            list(open_source(path))
        assert name in str(refused.value)


def test_a_missing_file_is_refused(desk) -> None:
    with pytest.raises(ImportRefused, match="does not exist"):
        open_source(desk.folder / "none.csv")


def test_a_zip_with_a_password_is_refused(desk) -> None:
    data = bytearray(_zip("xl/workbook.xml"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1
    with pytest.raises(ImportRefused, match="protected by a password"):
        open_source(desk.bytes(bytes(data), "locked.xlsx"))


_ANY_FILE = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=120
)  # fmt: skip


@_ANY_FILE
@given(data=st.binary(max_size=400), name=st.sampled_from(["f.csv", "f.jsonl", "f.txt", "f", "f.csv.gz"]))
def test_any_bytes_give_rows_or_a_clear_refusal(tmp_path: Path, data: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert_rows_or_a_refusal(tmp_path / name)


@_ANY_FILE
@given(
    head=st.sampled_from(["编号,内容\n", "id\ttext\n", "标题;内容\n"]),
    rest=st.text(st.characters(codec="utf-8"), max_size=200),
    encoding=st.sampled_from(["utf-8", "utf-16", "gb18030"]),
)
def test_any_text_under_a_header_gives_rows_or_a_clear_refusal(
    tmp_path: Path, head: str, rest: str, encoding: str
) -> None:
    (tmp_path / "f.csv").write_bytes((head + rest).encode(encoding))
    assert_rows_or_a_refusal(tmp_path / "f.csv")


WORKBOOK = _workbook()


@_ANY_FILE
@given(place=st.integers(0, len(WORKBOOK) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_workbook_gives_rows_or_a_clear_refusal(tmp_path: Path, place: int, byte: int, cut: bool) -> None:
    data = WORKBOOK[:place] if cut else WORKBOOK[:place] + bytes([byte]) + WORKBOOK[place + 1 :]
    (tmp_path / "f.xlsx").write_bytes(data)
    assert_rows_or_a_refusal(tmp_path / "f.xlsx")


def assert_rows_or_a_refusal(path: Path) -> None:
    try:
        rows = list(open_source(path))
    except ImportRefused as refused:
        assert len(str(refused)) > 20
    else:
        assert all(row.row_number >= 1 for row in rows)
