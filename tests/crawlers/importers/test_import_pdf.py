"""PDF letters: the text layer is read, broken lines are joined, and a scan is refused with what to do."""

from __future__ import annotations

import pytest
from pdf_letters import pdf

from crawlers.importers import Bad, Good, ImportRefused, Uploaded, open_source

LETTER = [
    "关于水渠坍塌的来信",
    "尊敬的领导：",
    "柳湾村东头的水渠去年八月坍塌以后一直没有人来修，今年春灌时三十多亩地浇不上",
    "水，秧苗全部枯死。我们请求尽快修复水渠。",
    "姓名：赵大河",
    "2023年5月6日",
    "第 1 页 共 1 页",
]


def test_the_text_layer_becomes_a_letter_with_title_date_and_joined_lines(desk) -> None:
    [petition] = desk.good(desk.bytes(pdf([LETTER]), "来信.pdf"))
    assert petition.title == "关于水渠坍塌的来信"
    assert petition.published_at is not None and petition.published_at.date().isoformat() == "2023-05-06"
    assert "三十多亩地浇不上水，秧苗全部枯死" in petition.body
    assert "赵大河" not in petition.body and "第 1 页" not in petition.body


def test_pages_follow_each_other_without_their_numbers(desk) -> None:
    [petition] = desk.good(desk.bytes(pdf([["水渠塌了没人修。", "- 1 -"], ["请尽快派人来看。", "2"]]), "a.pdf"))
    assert (petition.title + petition.body).replace("\n", "") == "水渠塌了没人修。请尽快派人来看。"


def test_characters_that_only_look_like_the_usual_ones_are_the_usual_ones(desk) -> None:
    [petition] = desk.good(desk.bytes(pdf([["⽔渠塌了，⼈没有来修。"]]), "a.pdf"))
    assert "水渠塌了，人没有来修。" in petition.title + petition.body


def test_a_scan_without_text_is_rejected_with_what_to_do(desk) -> None:
    [bad] = desk.bad(desk.bytes(pdf([[], []]), "来信-3.pdf"))
    assert (bad.row_number, bad.sheet) == (1, "…-3.pdf")
    assert "no text layer" in bad.reason and "OCR" in bad.reason and "来信" not in bad.reason


@pytest.mark.parametrize("content", [pdf([LETTER])[:300], b"%PDF-1.7\n" + bytes(range(256)) * 20, b"%PDF-1.7"])
def test_a_damaged_pdf_is_a_rejected_letter(desk, content: bytes) -> None:
    [bad] = desk.bad(desk.bytes(content, "a.pdf"))
    assert "PDF" in bad.reason or "no text layer" in bad.reason


@pytest.mark.parametrize("failure", [MemoryError, RecursionError])
def test_a_pdf_that_exhausts_the_reader_is_a_rejected_letter(
    desk, monkeypatch: pytest.MonkeyPatch, failure: type[BaseException]
) -> None:
    def exhausted(*_: object) -> str:
        raise failure

    monkeypatch.setattr("pypdf.PageObject.extract_text", exhausted)
    [bad] = desk.bad(desk.bytes(pdf([LETTER]), "a.pdf"))
    assert "the PDF document is damaged" in bad.reason


def test_a_text_layer_of_nothing_but_unknown_characters_is_refused(desk) -> None:
    [bad] = desk.bad(desk.bytes(pdf([["\ue001\ue002\ue003\ue004"]]), "a.pdf"))
    assert "without readable characters" in bad.reason


def test_more_pages_than_any_letter_has_are_refused(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.importers.pdf.MAX_PAGES", 2)
    [bad] = desk.bad(desk.bytes(pdf([["一"], ["二"], ["三"]]), "a.pdf"))
    assert "more than 2 pages" in bad.reason


def test_a_folder_may_mix_pdf_docx_and_text(desk) -> None:
    folder = desk.folder / "letters"
    folder.mkdir()
    (folder / "1.pdf").write_bytes(pdf([["水渠塌了没人修。"]]))
    (folder / "2.txt").write_text("路灯坏了三个月。", encoding="utf-8")
    assert desk.bodies(folder) == ["水渠塌了没人修。", "路灯坏了三个月。"]


def test_a_sent_file_is_read_from_memory_and_shows_nothing_of_itself() -> None:
    sent = Uploaded("C:\\来信\\赵大河.pdf", pdf([LETTER]))
    source = open_source(sent)
    assert sent.name == "赵大河.pdf" and "赵" not in repr(sent)
    [row] = list(source)
    assert isinstance(row, Good) and row.sheet == "….pdf"


def test_a_pdf_that_is_called_a_table_is_refused(desk) -> None:
    with pytest.raises(ImportRefused, match=r"holds a PDF document; rename it to \.pdf"):
        desk.rows(desk.bytes(pdf([LETTER]), "a.csv"))
    assert not isinstance(desk.rows(desk.bytes(pdf([LETTER]), "b.pdf"))[0], Bad)
