"""The assessor's tables on a page: the same words, the same blanks and the same hiding as in the files (P-29)."""

from __future__ import annotations

import io
import re

import pytest
from consoles import RING, Console, Page
from docx import Document
from openpyxl import load_workbook

from api.tables import TABLES

TABLES_PAGE = f"/projects/{RING}/tables"


@pytest.fixture
def console(console: Console) -> Console:
    console.stage("in_assessment")
    return console


def leaves(console: Console, **asked: str) -> list[Page]:
    """All pages of the tables, one after another."""
    pages = [console.page(TABLES_PAGE, **asked)]
    while following := pages[-1].select("a[rel=next]"):
        pages.append(console.page(following[0].get("href")))
    return pages


def cells(page: Page, table: str) -> list[list[str]]:
    return [[td.text_content() for td in tr.cssselect("td")] for tr in page.select(f"#{table} tbody tr")]


def test_page_workbook_and_document_say_the_same(console: Console) -> None:
    visitor = console.sign_in("assessor")
    asked = {"table": "all", "candidates": "yes"}
    pages = leaves(console, **asked)
    book = load_workbook(io.BytesIO(visitor.get(f"{TABLES_PAGE}/file", params={**asked, "form": "xlsx"}).content))
    paper = Document(io.BytesIO(visitor.get(f"{TABLES_PAGE}/file", params={**asked, "form": "docx"}).content))
    shown = [[row for page in pages for row in cells(page, name)] for name in TABLES]
    annex = {row[0]: row for page in pages for row in cells(page, "annex") if len(row) > 1}
    told = {row[0]: row for row in ([cell.text for cell in row.cells] for row in paper.tables[len(TABLES)].rows[1:])}
    assert all(told[number] == row for number, row in annex.items())
    cited = {number for rows in shown for row in rows for cell in row for number in re.findall(r"E\d{3,}", cell)}
    assert cited and cited == annex.keys(), "a page has the evidence that its rows name"
    shown.append([told[number] for number in sorted(told)])
    assert sum(map(len, shown)) > 60 and any("<3" in cell for rows in shown for row in rows for cell in row)
    for rows, table in zip(shown, paper.tables, strict=True):
        assert rows == [[cell.text for cell in row.cells] for row in table.rows[1:]]
    for rows, sheet in zip(shown, book.worksheets, strict=False):
        for number, row in enumerate(rows, start=4):
            written = [sheet.cell(number, at).value or "" for at in range(1, len(row) + 1)]
            assert row == ["" if str(one).startswith("=IF") else one for one in written]
    assert pages[-1].select("#method")[0].text_content().count("声音") >= 2


def test_cells_of_people_are_blank_and_marked(console: Console) -> None:
    page = console.sign_in("assessor").page(TABLES_PAGE, table="T6", candidates="yes")
    heads = [th.text_content() for th in page.select("#T6 thead th")]
    assert heads[1:5] == [
        "发生概率 p（0–1）【人工】",
        "影响程度 q（0–1）【人工】",
        "风险程度 R【计算】",
        "等级【计算】",
    ]
    rows = cells(page, "T6")
    assert rows and all(cell == "" for row in rows for cell in row[1:5])


def test_evidence_numbers_lead_to_the_annex_and_from_there_to_the_text(console: Console) -> None:
    page = console.sign_in("assessor").page(TABLES_PAGE, table="T7", candidates="yes")
    numbers = {link.get("href")[1:] for link in page.select("a.evidence-number")}
    annex = {row.get("id"): row for row in page.select("#annex tbody tr")}
    assert numbers and numbers <= annex.keys()
    for row in annex.values():
        [link] = row.cssselect("a")
        assert re.fullmatch(rf"/projects/{RING}/texts/\w+\?at=\d+-\d+#p-\d+-\d+", link.get("href"))


def test_quotes_are_short_and_lead_to_no_source(console: Console) -> None:
    """P-08."""
    console.sign_in("assessor")
    pages = leaves(console, table="all", candidates="yes")
    quotes = [row[6] for page in pages for row in cells(page, "annex") if len(row) > 6]
    quoted = [quote for quote in quotes if quote != "（不引用）"]
    assert quoted and max(map(len, quoted)) <= 80
    assert not [link for page in pages for link in page.links() if "://" in link]


def test_a_page_weighs_no_more_when_there_is_more_to_tell(console: Console) -> None:
    console.sign_in("assessor")
    pages = leaves(console, table="all", candidates="yes")
    assert len(pages) > 1
    for page in pages:
        assert len(page.html.encode()) < 120_000
        assert sum(len(page.select(f"#{name} tbody tr")) for name in TABLES) <= 20


def test_without_an_accepted_point_the_page_is_no_clean_bill(console: Console) -> None:
    """P-24: no default 'nothing found'; sources, gaps and limits stand on every page."""
    for table in (*TABLES, "all"):
        page = console.sign_in("assessor").page(TABLES_PAGE, table=table)
        assert "沉默不等于同意" in page.text and "未听到的群体" in page.text and "来源与时段" in page.text
    page = console.sign_in("assessor").page(TABLES_PAGE, table="T3")
    assert "没有内容不等于没有风险" in page.text and "工作底稿" in page.text
    paper = console.sign_in("assessor").page(TABLES_PAGE, table="T3", candidates="yes")
    assert "不得作为报告附表使用" in paper.text and "候选，未经人工确认" in paper.text


def test_a_table_that_does_not_exist_and_a_role_that_may_not(console: Console) -> None:
    visitor = console.sign_in("assessor")
    assert visitor.get(TABLES_PAGE, params={"table": "T1"}).status_code == 400
    assert console.sign_in("expert").get(f"{TABLES_PAGE}/file").status_code == 403
    assert console.actions()[-1] == "tables.export.denied"
