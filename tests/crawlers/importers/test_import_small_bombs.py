"""Small files that would take a reader minutes or all memory: read at once, or refused with the reason."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib

import pytest
from bombs import WORD, document, letter_pdf, paragraph, peak_of, rejected, understated, workbook
from hypothesis import given
from hypothesis import strategies as st

from crawlers.importers import Bad, Good, ImportRefused, open_source, pdf
from crawlers.importers.csv_records import CsvRecords
from crawlers.importers.files import Uploaded

MEGABYTE = 2**20
LONG = " " * 40 * MEGABYTE


def bodies(content: bytes, name: str) -> list[str]:
    return [row.items[0].body for row in open_source(Uploaded(name, content)) if isinstance(row, Good)]


def letter(content: bytes) -> str:
    """Title and text of the one letter in a document."""
    [good] = list(open_source(Uploaded("a.docx", content)))
    assert isinstance(good, Good), good
    return f"{good.items[0].title}\n{good.items[0].body}".strip()


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(cells)}</w:tr>"


def with_cell(markup: str) -> bytes:
    def sheet(xml: str) -> str:
        return xml.replace("</sheetData>", f'<row r="9">{markup}</row></sheetData>')

    return workbook(xl__worksheets__sheet1__xml=sheet)


def test_a_cell_that_says_it_covers_two_thousand_million_columns_is_one_cell():
    wide = row(cell("水渠塌了。", '<w:gridSpan w:val="2000000000"/>'), cell("没人修。"))
    assert letter(document(f"<w:tbl>{wide}</w:tbl>")) == "水渠塌了。\n没人修。"


def test_cells_merged_over_ten_thousand_rows_are_read_once():
    first = row(cell("水渠塌了。", '<w:vMerge w:val="restart"/>'), cell("没人修。"))
    others = row(cell("", "<w:vMerge/>"), cell("")) * 10_000
    assert letter(document(f"<w:tbl>{first}{others}</w:tbl>")) == "水渠塌了。\n没人修。"


def test_whoever_stands_beside_a_label_merged_over_rows_is_left_out():
    labels = ('<w:vMerge w:val="restart"/>', '<w:vMerge w:val="continue"/>', "<w:vMerge/>")
    names = [row(cell("姓名" * (not n), merged), cell(f"赵大河{n}")) for n, merged in enumerate(labels)]
    wide = row(cell("事项", '<w:gridSpan w:val="2"/>'), cell("水渠塌了。"))
    content = document(f"<w:tbl>{''.join(names)}{wide}</w:tbl>")
    assert letter(content) == "事项\n水渠塌了。"


def test_text_in_the_fields_of_a_form_and_insertions_count_and_what_was_struck_out_does_not():
    field = f"<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>{paragraph('水渠塌了。')}</w:sdtContent></w:sdt>"
    changed = (
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:ins><w:r><w:t>没人</w:t><w:tab/><w:t>修</w:t></w:r></w:ins>"
        "<w:moveFrom><w:r><w:t>很多</w:t></w:r></w:moveFrom><w:r><w:br/><w:t>请来人。</w:t></w:r></w:p>"
    )
    assert letter(document(field + changed)) == "水渠塌了。\n没人\t修\n请来人。"


def test_a_letter_of_a_hundred_thousand_empty_paragraphs_is_read_and_a_longer_one_is_rejected():
    assert letter(document(paragraph("水渠塌了。") + "<w:p/>" * 100_000)) == "水渠塌了。"
    assert "500,000 elements" in rejected(Uploaded("a.docx", document("<w:p/>" * 600_000)))
    assert "too large" in rejected(Uploaded("a.docx", document("<w:p/>" * 1_500_000)))
    assert "nested" in rejected(Uploaded("a.docx", document("<w:p>" * 20_000 + "</w:p>" * 20_000)))


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_a_document_in_the_strict_format_and_in_either_encoding_is_read(codec: str):
    told = document(row(cell("水渠塌了。")).join(("<w:tbl>", "</w:tbl>")))
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(told)) as old, zipfile.ZipFile(made, "w") as new:
        text = old.read("word/document.xml").decode().replace("UTF-8", codec)
        strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
        new.writestr("word/document.xml", text.replace(WORD, strict).encode(codec))
    assert letter(made.getvalue()) == "水渠塌了。"


def test_a_document_is_read_whatever_else_is_spoilt_in_it():
    content = document(paragraph("水渠塌了。"), word__styles__xml=b"<", word__media__1=b"\0" * 1000)
    assert letter(content) == "水渠塌了。"


def test_a_workbook_with_hundreds_of_thousands_of_styles_is_read_and_one_with_millions_is_refused():
    def styles(count: int) -> bytes:
        return workbook(xl__styles__xml=lambda xml: xml.replace("</cellXfs>", "<xf/>" * count + "</cellXfs>"))

    assert bodies(styles(300_000), "a.xlsx") == ["水渠塌了没人修。"]
    with pytest.raises(ImportRefused, match="500,000 elements"):
        open_source(Uploaded("a.xlsx", styles(600_000)))
    with pytest.raises(ImportRefused, match="8,388,608 bytes"):
        open_source(Uploaded("a.xlsx", styles(2_000_000)))


def test_a_part_is_one_sheet_however_often_it_is_listed():
    def listed(xml: str) -> str:
        sheet = xml[xml.index("<sheet ") : xml.index("</sheets>")]
        return xml.replace(sheet, "".join(sheet.replace('name="Sheet"', f'name="{n}"') for n in range(3_000)))

    source = open_source(Uploaded("a.xlsx", workbook(xl__workbook__xml=listed)))
    assert source.sheets == ("0",) and len(list(source)) == 1


def test_a_cell_in_a_column_of_a_million_letters_is_passed_over():
    content = with_cell(f'<c r="{"A" * 900_000}"><v>1</v></c>')
    assert bodies(content, "a.xlsx") == ["水渠塌了没人修。"]
    assert bodies(with_cell('<c r="ß7"><v>1</v></c>'), "a.xlsx") == ["水渠塌了没人修。"]


def test_a_tag_that_does_not_end_is_not_kept():
    assert peak_of(Uploaded("a.xlsx", with_cell(f'<c r="{"A" * 40 * MEGABYTE}"/>'))) < 70 * MEGABYTE
    with pytest.raises(ImportRefused, match="a tag of more than"):
        list(open_source(Uploaded("a.xlsx", with_cell(f"<!--{'-A' * MEGABYTE}-->"))))


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"])
def test_a_part_of_a_workbook_that_is_more_than_it_states_is_not_unpacked(part: str):
    if part == "xl/sharedStrings.xml":
        content = workbook(xl__sharedStrings__xml=f"<sst><si><t>{LONG}</t></si></sst>")
    else:
        content = workbook(**{part.replace("/", "__").replace(".", "__"): lambda xml: xml + LONG})
    forged = understated(content, part, 900)
    assert peak_of(Uploaded("a.xlsx", forged)) < 8 * MEGABYTE
    with pytest.raises(ImportRefused, match="damaged"):
        list(open_source(Uploaded("a.xlsx", forged)))


def test_a_document_and_a_member_that_are_more_than_they_state_are_not_unpacked():
    content = understated(document(paragraph("水渠塌了。") + LONG), "word/document.xml", 300)
    assert peak_of(Uploaded("a.docx", content)) < 8 * MEGABYTE
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", method) as archive:
            archive.writestr("1.txt", LONG)
        assert peak_of(Uploaded("a.zip", understated(made.getvalue(), "1.txt", 300))) < 8 * MEGABYTE


def test_pages_and_forms_of_a_pdf_are_unpacked_no_further_than_to_the_bound():
    page = b"\n" * (pdf.MAX_DRAWN + 1)
    pieces = letter_pdf(("", b"x"), *((f"F{n}", page) for n in range(12)))
    parts = " ".join(f"{n} 0 R" for n in range(6, 18))
    for content in (pieces, pieces.replace(b"/Contents 4 0 R", f"/Contents[{parts}]".encode())):
        assert peak_of(Uploaded("a.pdf", content)) < 5 * pdf.MAX_DRAWN
        assert "is drawn with more than" in rejected(Uploaded("a.pdf", content))


def test_pages_that_share_what_draws_them_count_each_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf, "MAX_DRAWN_IN_ALL", 50_000)
    drawn = b"BT /F 9 Tf (water) Tj ET\n" * 1_000
    one = letter_pdf(("", drawn))
    assert isinstance(next(iter(open_source(Uploaded("a.pdf", one)))), Good)
    assert "the letter with more than" in rejected(Uploaded("a.pdf", one.replace(b"[3 0 R]", b"[3 0 R 3 0 R 3 0 R]")))


class _Counted(CsvRecords):
    """Records, and how many lines were looked at for them."""

    lines = 0

    def _line(self) -> str:
        self.lines += 1
        return super()._line()


@pytest.mark.parametrize("line", ['1","title","text', '"a', '"', '1,"a\nb\nc\nd', 'a,"b"c', '"a" ,"'])
def test_quotes_left_open_line_after_line_cost_each_line_a_few_looks(line: str):
    lines = f"{line}\n" * (40_000 // (1 + line.count("\n")))
    records = _Counted(io.StringIO(lines, newline=""), ",", 3)
    assert sum(1 for _ in records) >= 20_000 - 1
    assert records.lines < 6 * 40_000


def test_rows_after_thousands_of_lines_with_open_quotes_go_in():
    text = "编号,标题,内容\n" + '1","title","text\n' * 4_000 + "2,路灯,路灯坏了三个月。\n"
    rows = list(open_source(Uploaded("a.csv", text.encode())))
    assert [type(row) for row in rows] == [Bad] * 4_000 + [Good]
    assert {row.reason for row in rows if isinstance(row, Bad)} == {
        "opens a quotation mark that is not closed in its place"
    }


@given(st.lists(st.text('",\na', max_size=12), max_size=40).map("\n".join))
def test_every_line_is_a_record_or_part_of_one_however_little_may_be_read_again(text: str):
    records = _Counted(io.StringIO(text, newline=""), ",", 3)
    records._allowance = -(10**9)
    assert sum(1 for _ in records) <= text.count("\n") + 1
    assert records.lines <= 3 * (text.count("\n") + 2)


def test_a_spoilt_letter_costs_only_itself():
    spoilt = bytearray(document(paragraph("井干了。" * 2_000)))
    start = spoilt.index(b"word/document.xml") + 17
    spoilt[start : start + 40] = b"\xff" * 40
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        letters = (document(paragraph("水渠塌了。")), bytes(spoilt), document(paragraph("路灯坏了。")))
        for number, content in enumerate(letters, 1):
            archive.writestr(f"{number}.docx", content)
    rows = list(open_source(Uploaded("a.zip", made.getvalue())))
    assert [type(row) for row in rows] == [Good, Bad, Good]
    assert isinstance(rows[1], Bad) and rows[1].sheet == "2.docx" and "damaged" in rows[1].reason


@pytest.mark.parametrize("failure", [zlib.error, MemoryError, RecursionError, AttributeError, EOFError])
def test_a_letter_at_which_a_reader_fails_costs_only_itself(
    desk, monkeypatch: pytest.MonkeyPatch, failure: type[BaseException]
):
    def failing(*_: object) -> list[str]:
        raise failure

    monkeypatch.setattr("crawlers.importers.letters.docx_lines", failing)
    folder = desk.folder / "letters"
    folder.mkdir()
    (folder / "1.txt").write_text("水渠塌了。", encoding="utf-8")
    (folder / "2.docx").write_bytes(document(paragraph("井干了。")))
    (folder / "3.txt").write_text("路灯坏了。", encoding="utf-8")
    rows = desk.rows(folder)
    assert [type(row) for row in rows] == [Good, Bad, Good]
    assert "damaged" in rows[1].reason


def test_blanks_without_end_neither_hold_up_a_letter_nor_fill_the_memory(desk):
    assert desk.bodies(desk.text("水渠\n" + " " * 100_000 + "塌了\n", "a.txt")) == ["塌了"]
    folder = desk.folder / "letters"
    folder.mkdir()
    (folder / "1.txt.gz").write_bytes(gzip.compress("水渠塌了。".encode() + LONG.encode()))
    [bad] = desk.bad(folder)
    assert "131,072" in bad.reason
