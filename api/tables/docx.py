"""Tables as a Word document: the same words as in the workbook, one heading a table, annex, method and limits."""

from __future__ import annotations

from api.paper import Paper
from api.tables.book import Book
from api.tables.bytes import settled
from api.tables.sheet import Table


def docx(book: Book) -> bytes:
    """The document of a book; the same book gives the same bytes. Its words were checked when the book was made."""
    paper = Paper(book.title, book.as_of, across=True, checked=_printable)
    paper.heading(book.title, 0)
    paper.small(book.subtitle, centred=True)
    for table in book.tables:
        _set(paper, table)
    paper.new_page()
    _set(paper, book.annex)
    paper.heading("方法与限制", 1)
    for heading, lines in book.method:
        paper.heading(heading, 2)
        for line in lines:
            paper.text(line, style="List Bullet")
    return settled(paper.saved(), book.as_of)


def _set(paper: Paper, table: Table) -> None:
    paper.heading(f"{table.id}　{table.title}", 1)
    rows = [[cell.text for cell in row] for row in table.rows]
    paper.table(
        [column.head for column in table.columns],
        rows,
        table.empty,
        shaded=lambda row, at: table.rows[row][at].filled != "product",
    )
    for note in table.notes:
        paper.small(f"注：{note}")


def _printable(text: str) -> str:
    """The text without characters that a document cannot hold."""
    return "".join(one for one in text if one >= " " or one in "\t\n")
