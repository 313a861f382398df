from __future__ import annotations

from pathlib import Path

import docx
import pytest

from crawlers.importers import Bad, Good, ImportOptions, ImportRefused, open_source

LETTER = "关于柳湾村水渠的来信\n尊敬的县领导：\n柳湾村的水渠塌了半年，没有人来修。\n\n2023年5月6日\n"


def _docx(path: Path, *paragraphs: str, form: list[list[str]] | None = None) -> Path:
    document = docx.Document()
    if form:
        table = document.add_table(len(form), len(form[0]))
        for row, texts in zip(table.rows, form, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(str(path))
    return path


def test_a_folder_of_letters_gives_one_petition_each_in_the_order_of_names(desk) -> None:
    folder = desk.folder / "来信"
    (folder / "五月").mkdir(parents=True)
    (folder / "01.txt").write_text(LETTER, encoding="gb18030")
    _docx(folder / "02.docx", "路灯坏了", "望湖路的路灯坏了三个月。")
    (folder / "五月" / "03.txt").write_text("请修井\n井干了。", encoding="utf-8")
    (folder / "~$02.docx").write_bytes(b"lock")
    source = open_source(folder)
    items = [item for row in source for item in row.items]
    assert [item.title for item in items] == ["关于柳湾村水渠的来信", "路灯坏了", "请修井"]
    assert items[0].body.startswith("尊敬的县领导：\n柳湾村的水渠塌了半年")
    assert items[0].published_at.date().isoformat() == "2023-05-06"
    assert items[1].published_at is None
    assert (source.total_hint, source.position, source.unit, source.name) == (3, 3, "files", "来信")


@pytest.mark.parametrize("name", ["20230506信.txt", "来信2023-05-06.txt", "2023年5月6日 赵六.txt"])
def test_the_date_in_a_files_name_dates_the_letter_and_its_age_on_disk_does_not(desk, name: str) -> None:
    (item,) = desk.good(desk.text("请修井\n井干了半年。", name))
    assert item.published_at.date().isoformat() == "2023-05-06"
    (undated,) = desk.good(desk.text("请修井\n井干了半年。", "letter.txt"))
    assert undated.published_at is None


def test_a_salutation_is_no_title_and_a_letter_of_one_line_has_none(desk) -> None:
    (item,) = desk.good(desk.text("尊敬的领导：\n井干了半年。", "a.txt"))
    assert (item.title, item.body) == ("", "尊敬的领导：\n井干了半年。")
    (short,) = desk.good(desk.text("井干了半年。", "b.txt"))
    assert (short.title, short.body) == ("", "井干了半年。")


def test_what_is_no_letter_is_named_by_number_without_the_names_in_its_file_name(desk) -> None:
    folder = desk.folder / "来信"
    folder.mkdir()
    (folder / "1赵六13900001234.txt").write_bytes(b"")
    (folder / "2钱七.doc").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le")
    )
    (folder / "3孙八.docx").write_bytes(b"PK\x03\x04 not really")
    (folder / "4.txt").write_text("请修井\n井干了。", encoding="utf-8")
    (folder / "5.pdf").write_bytes(b"%PDF-1.7")
    (folder / "6.csv").write_text("编号,内容\n1,井干了\n", encoding="utf-8")
    rows = desk.rows(folder)
    assert [row.row_number for row in rows if isinstance(row, Good)] == [4]
    bad = [row for row in rows if isinstance(row, Bad)]
    assert [
        word in row.reason for row, word in zip(bad, ["empty", ".docx", "damaged", "PDF", "table"], strict=True)
    ] == [True] * 5
    shown = " ".join(f"{row.sheet} {row.reason}" for row in bad)
    assert not any(name in shown for name in ("赵六", "钱七", "孙八", "13900001234"))


def test_lines_and_form_cells_that_state_who_writes_are_left_out(desk) -> None:
    path = _docx(
        desk.folder / "form.docx", "联系电话：13900001234", "井干了半年，请来人看。",
        form=[["来访登记表", "", "", ""], ["姓名", "赵六", "住址", "柳湾村七组12号"], ["反映事项", "水井", "", ""]],
    )  # fmt: skip
    (item,) = desk.good(path)
    text = item.title + item.body
    assert "井干了半年" in text and "水井" in text
    assert not any(secret in text for secret in ("赵六", "13900001234", "12号"))


def test_an_empty_folder_and_a_mapping_for_letters_are_refused(desk) -> None:
    (desk.folder / "空").mkdir()
    with pytest.raises(ImportRefused, match="without DOCX or TXT"):
        open_source(desk.folder / "空")
    with pytest.raises(ImportRefused, match="no columns to map"):
        open_source(_docx(desk.folder / "a.docx", "井", "井干了"), ImportOptions(mapping={"标题": "title"}))


def test_a_table_in_a_txt_file_is_read_as_a_table(desk) -> None:
    assert desk.bodies(desk.text("编号\t标题\t内容\n1\t水渠\t水渠塌了\n", "export.txt")) == ["水渠塌了"]
