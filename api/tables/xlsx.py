"""Tables as a workbook: one sheet a table, the annex, method and limits; no text of anybody is run as a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from api.tables.book import Book
from api.tables.bytes import settled
from api.tables.sheet import Cell, Column, Table

HEAD_ROW: Final = 3
HUMAN_FILL: Final = PatternFill("solid", fgColor="FFF6D5")
HEAD_FILL: Final = PatternFill("solid", fgColor="E8ECEF")
LINE: Final = Side(style="thin", color="B8C0C8")
BORDER: Final = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
METHOD: Final = "方法与限制"
_NO_NAME: Final = re.compile(r"[\[\]:*?/\\]")


def xlsx(book: Book) -> bytes:
    """The workbook of a book; the same book gives the same bytes."""
    workbook = _Workbook(book.title, book.as_of)
    for table in (*book.tables, book.annex):
        workbook.table(table, book.title, book.subtitle)
    workbook.lines(METHOD, book.title, book.method)
    return workbook.saved()


def sheets(
    title: str, subtitle: str, as_of: datetime, tables: Sequence[Table], limits: tuple[tuple[str, tuple[str, ...]], ...]
) -> bytes:
    """A workbook of other tables, such as what is given out under a contract, with its limits."""
    workbook = _Workbook(title, as_of)
    for table in tables:
        workbook.table(table.checked(), title, subtitle)
    workbook.lines(METHOD, title, limits)
    return workbook.saved()


class _Workbook:
    def __init__(self, title: str, as_of: datetime) -> None:
        self._workbook: Any = Workbook()
        self._as_of = as_of
        for sheet in self._workbook.worksheets:
            self._workbook.remove(sheet)
        self._workbook.properties.creator, self._workbook.properties.title = "民意", _clean(title)

    def table(self, table: Table, title: str, subtitle: str) -> None:
        """One sheet: title, legend, heads, rows, notes."""
        sheet = self._sheet(f"{table.id} {table.title}" if table.id != "附件" else table.title)
        _write(sheet, 1, 1, f"{table.id}　{table.title}　——　{title}").font = Font(name="黑体", size=14, bold=True)
        _write(sheet, 2, 1, subtitle).font = Font(size=9, color="55606B")
        for at, column in enumerate(table.columns, start=1):
            _head(sheet, at, column)
        row = HEAD_ROW
        for row, cells in enumerate(table.rows, start=HEAD_ROW + 1):
            for at, cell in enumerate(cells, start=1):
                _set(sheet, row, at, cell)
        if table.rows:
            _zero_to_one(sheet, table, row)
        else:
            _write(sheet, HEAD_ROW + 1, 1, table.empty)
            row = HEAD_ROW + 1
        for number, note in enumerate(table.notes, start=row + 2):
            _write(sheet, number, 1, f"注：{note}").font = Font(size=9, color="55606B")
        sheet.freeze_panes = f"A{HEAD_ROW + 1}"
        sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"

    def lines(self, name: str, title: str, sections: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
        """One sheet of headings and lines."""
        sheet = self._sheet(name)
        sheet.column_dimensions["A"].width = 120
        _write(sheet, 1, 1, f"{name}　——　{title}").font = Font(name="黑体", size=14, bold=True)
        row = 2
        for heading, found in sections:
            row += 1
            _write(sheet, row, 1, heading).font = Font(bold=True)
            for line in found:
                row += 1
                _write(sheet, row, 1, line).alignment = WRAPPED

    def saved(self) -> bytes:
        """The file, with the moment of the data in place of that of writing."""
        file = io.BytesIO()
        self._workbook.properties.created = self._as_of.replace(tzinfo=None)
        self._workbook.save(file)
        return settled(file.getvalue(), self._as_of)

    def _sheet(self, name: str) -> Any:
        sheet = self._workbook.create_sheet(_NO_NAME.sub(" ", name)[:31])
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        return sheet


def _head(sheet: Any, at: int, column: Column) -> None:
    cell = _write(sheet, HEAD_ROW, at, column.head)
    cell.font, cell.border, cell.alignment = Font(bold=True), BORDER, WRAPPED
    cell.fill = HEAD_FILL if column.filled == "product" else HUMAN_FILL
    sheet.column_dimensions[get_column_letter(at)].width = column.width


def _set(sheet: Any, row: int, at: int, cell: Cell) -> None:
    """A formula is one of ours; what people wrote is text, whatever it begins with."""
    if cell.formula is not None:
        there = sheet.cell(row, at, cell.formula.format(row=row))
    elif cell.text:
        there = _write(sheet, row, at, cell.text)
    else:
        there = sheet.cell(row, at)
    there.border, there.alignment = BORDER, WRAPPED
    if cell.filled != "product":
        there.fill = HUMAN_FILL


def _write(sheet: Any, row: int, at: int, text: str) -> Any:
    """Text as text: typed as a string and marked with the apostrophe that spreadsheet programs keep."""
    cell: Any = sheet.cell(row, at)
    cell.value = _clean(text)
    cell.data_type = "s"
    if text[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        cell.quotePrefix = True
    return cell


def _clean(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", text)


def _zero_to_one(sheet: Any, table: Table, last: int) -> None:
    """What people fill in beside a computed column lies between 0 and 1."""
    if not any(column.filled == "computed" for column in table.columns):
        return
    between = DataValidation(type="decimal", operator="between", formula1="0", formula2="1", allow_blank=True)
    for at, column in enumerate(table.columns, start=1):
        if column.filled == "human":
            letter = get_column_letter(at)
            between.add(f"{letter}{HEAD_ROW + 1}:{letter}{last}")
    sheet.add_data_validation(between)
