"""Bombs of every kind that an office may be sent, made here: refused, or one rejected letter, within a bounded time."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zipfile
import zlib
from itertools import pairwise
from pathlib import Path

import pytest
from bombs import document, letter_pdf, paragraph, peak_of, rejected

from crawlers.importers import Bad, ImportRefused, open_source, pdf
from crawlers.importers.files import Uploaded

LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + '<!ENTITY file SYSTEM "file:///etc/hostname">]>'
)
"""A thousand million times the same word, and a file of the machine."""


def test_an_archive_within_an_archive_within_an_archive_is_never_unpacked():
    content = b"\0" * 2**20
    for depth in range(4):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for n in range(4):
                archive.writestr(f"{depth}-{n}.{'zip' if depth else 'txt'}", content)
            archive.writestr("a.txt", "路灯坏了三个月。" * 40)
        content = made.getvalue()
    rows = list(open_source(Uploaded("a.zip", content)))
    assert [type(row).__name__ for row in rows] == ["Bad"] * 4 + ["Good"]
    assert all("archive within the archive" in row.reason for row in rows if isinstance(row, Bad))


def test_members_that_share_their_bytes_are_refused_by_what_they_would_unpack_to():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("kernel.txt", b"\0" * 2**21)
        kernel = archive.infolist()[0]
        for n in range(2000):  # each entry of the directory points to the same packed bytes
            other = zipfile.ZipInfo(f"{n}.txt")
            for name in ("header_offset", "file_size", "compress_size", "CRC", "compress_type"):
                setattr(other, name, getattr(kernel, name))
            archive.filelist.append(other)
    assert peak_of(Uploaded("a.zip", made.getvalue())) < 32 * 2**20


def test_a_gzip_of_a_gigabyte_is_left_at_its_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("crawlers.importers.files._FREE", 2**20)
    monkeypatch.setattr("crawlers.importers.files.MAX_EXPANSION", 30)
    piece = gzip.compress(b"1,2\n" * 2**20, 9)
    bomb = gzip.compress(b"id,text\n") + piece * 256  # members of one file follow one another
    assert peak_of(Uploaded("a.csv.gz", bomb)) < 64 * 2**20


@pytest.mark.parametrize("part", ["xl/styles.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"])
def test_a_part_of_a_workbook_that_unpacks_to_more_than_any_has_is_refused(part: str):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr(part, b" " * (65 * 2**20))
    assert peak_of(Uploaded("a.xlsx", made.getvalue())) < 32 * 2**20


def test_entities_of_a_document_are_neither_multiplied_nor_fetched():
    body = paragraph("水渠塌了没人修。") + paragraph("&i;") + paragraph("&file;")
    tracemalloc.start()
    rows = list(open_source(Uploaded("a.docx", document(body, LAUGHS))))
    assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    tracemalloc.stop()
    assert len(rows) == 1 and "哈哈" not in repr(rows) and Path("/etc/hostname").read_text().strip() not in repr(rows)


def test_entities_of_a_workbook_refuse_it(desk):
    source = desk.xlsx({"表": [["编号", "标题", "内容"], ["1", "水渠", "水渠塌了没人修。"]]})
    for part in ("xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml"):
        made = io.BytesIO()
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                content = old.read(name).decode()
                if name == part:
                    head, _, rest = content.rpartition("?>")
                    rest = rest.replace("</row>", "<c><v>&i;</v></c></row>", 1).replace("</t>", "&i;</t>", 1)
                    content = (head or '<?xml version="1.0"') + "?>" + LAUGHS + rest
                new.writestr(name, content)
        tracemalloc.start()
        try:
            told = repr(list(open_source(Uploaded("a.xlsx", made.getvalue()))))
        except ImportRefused as refused:
            told = str(refused)
        assert tracemalloc.get_traced_memory()[1] < 32 * 2**20 and "哈哈" not in told, part
        tracemalloc.stop()


def test_pictures_of_a_document_that_unpack_to_more_than_any_has_are_not_unpacked():
    bomb = document(paragraph("水渠塌了。"), word__media__1=bytes(100 * 2**20), word__media__2=bytes(100 * 2**20))
    assert len(bomb) < 2**20
    assert "too large" in rejected(Uploaded("a.docx", bomb))
    noise = document(paragraph("水渠塌了。"), word__document2__xml=b"")
    assert len(list(open_source(Uploaded("a.docx", noise)))) == 1


def test_a_pdf_page_that_is_drawn_with_more_than_a_page_takes_is_rejected():
    drawn = b"BT /F 9 Tf (water) Tj ET\n" * (pdf.MAX_DRAWN // 20)
    assert len(letter := letter_pdf(("", drawn))) < 2**17
    assert "is drawn with more than" in rejected(Uploaded("a.pdf", letter))


def test_forms_of_a_pdf_that_use_forms_are_left_after_so_many_steps(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf, "MAX_OPERATIONS", 500)
    names = "ABCDEFGH"
    streams = [("", b"/A Do " * 10)]
    streams += [(name, f"/{after} Do ".encode() * 10) for name, after in pairwise(names)]
    streams.append((names[-1], b"BT /F 9 Tf (water) Tj ET "))
    assert "steps" in rejected(Uploaded("a.pdf", letter_pdf(*streams)))


def test_a_pdf_stream_of_a_gigabyte_is_rejected():
    packer = zlib.compressobj(9)
    piece = bytes(2**20)
    packed = b"".join([*(packer.compress(piece) for _ in range(300)), packer.flush()])
    letter = letter_pdf(("", b"x")).replace(zlib.compress(b"x", 9), packed)
    letter = letter.replace(f"/Length {len(zlib.compress(b'x', 9))}".encode(), f"/Length {len(packed)}".encode())
    reason = rejected(Uploaded("a.pdf", letter))
    assert "damaged" in reason or "drawn with more than" in reason
