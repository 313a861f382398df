"""Workbooks (XLSX): several sheets, merged titles above the header, dates as Excel keeps them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import IO
from xml.parsers import expat

from openpyxl.utils.datetime import from_excel
from openpyxl.utils.escape import unescape

from crawlers.importers.files import File
from crawlers.importers.options import Field, ImportOptions, ImportRefused, NoTextColumn
from crawlers.importers.outcomes import TOO_LARGE, Bad, Cell, Cells, Column, Unreadable
from crawlers.importers.parts import DAMAGED, opened
from crawlers.importers.plan import HEADER_WITHIN, ColumnPlan, checked_mapping, find_header, likely_headers
from crawlers.importers.xlsx_parts import workbook_parts
from crawlers.importers.xlsx_rows import SheetRows, StoredCell
from crawlers.importers.xlsx_strings import SharedStrings


class WorkbookReader:
    """The kept cells of each row of each sheet that has a recognisable header."""

    kind = "xlsx"
    unit = "bytes"
    encoding: str | None = None

    def __init__(self, path: File, options: ImportOptions) -> None:
        self._path = path
        self._mapping = checked_mapping(options.mapping)
        self._file = path.open("rb")
        self._archive = zipfile.ZipFile(self._file)
        try:
            self._parts, self._epoch, self._date_styles = workbook_parts(self._archive)
            self._strings = self._shared_strings()
        except (*DAMAGED, KeyError, ValueError, expat.ExpatError) as error:
            if isinstance(error, ImportRefused):
                raise
            raise ImportRefused(
                f"{path.name} is a damaged workbook ({type(error).__name__}); open it and save it again as .xlsx"
            ) from None
        self._bytes_before = 0
        self._rows: SheetRows | None = None
        self._plan_sheets(options.sheets)

    def _shared_strings(self) -> SharedStrings | None:
        name = next((name for name in self._archive.namelist() if name.lower() == "xl/sharedstrings.xml"), None)
        return SharedStrings(self._archive, name, self._file) if name else None

    def _plan_sheets(self, chosen: tuple[str, ...]) -> None:
        missing = [name for name in chosen if name not in self._parts]
        if missing:
            raise ImportRefused(f"{self._path.name} has no sheet {missing[0]!r}; its sheets: {', '.join(self._parts)}")
        notes: list[str] = []
        self._plans: dict[str, tuple[int, ColumnPlan]] = {}
        for name, (_, state) in self._parts.items():
            if chosen and name not in chosen:
                continue
            if state != "visible" and not chosen:
                notes.append(f"sheet {name} is hidden and was not read; name it with --sheet to read it")
                continue
            found = self._header(name)
            if found is None:
                notes.append(
                    f"sheet {name} has no column for the text in its first {HEADER_WITHIN} rows and was not read"
                )
            else:
                self._plans[name] = found
        if not self._plans:
            read = [name for name in self._parts if name not in missing and (not chosen or name in chosen)]
            raise NoTextColumn(
                f"{self._path.name}: no sheet names a column for the text (such as 内容, 留言详情, text) in its first "
                f"{HEADER_WITHIN} rows; name it with --map body=HEADER" + "".join(f"; {note}" for note in notes),
                max((likely_headers(self._labels(name)[1]) for name in read), key=len, default=()),
            )
        self.notes = tuple(notes)
        self.sheets = tuple(self._plans)
        self.total_hint = sum(self._archive.getinfo(self._parts[name][0]).file_size for name in self._plans)

    def _sheet(self, name: str) -> IO[bytes]:
        return opened(self._archive, self._archive.getinfo(self._parts[name][0]))

    def _header(self, name: str) -> tuple[int, ColumnPlan] | None:
        """Row number of the last header row of a sheet and the plan it makes."""
        numbers, table = self._labels(name)
        found = find_header(table, self._mapping, name)
        return None if found is None else (numbers[found[0]], found[1])

    def _labels(self, name: str) -> tuple[list[int], list[list[str]]]:
        """The first rows of a sheet by number, as far as they are text."""
        with self._sheet(name) as stream:
            rows = list(islice(SheetRows(stream), HEADER_WITHIN + 1))
        table = [[_label(self._value(row.get(at))) for at in range(max(row, default=-1) + 1)] for _, row in rows]
        return [number for number, _ in rows], table

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(column for _, plan in self._plans.values() for column in plan.columns)

    @property
    def mapped(self) -> frozenset[str]:
        return frozenset().union(*(plan.has_mapped for _, plan in self._plans.values()))

    @property
    def position(self) -> int:
        return self._bytes_before + (self._rows.bytes_read if self._rows else 0)

    def __iter__(self) -> Iterator[Cells | Bad]:
        self._bytes_before, self._rows = 0, None
        for name, (header_row, plan) in self._plans.items():
            with self._sheet(name) as stream:
                self._rows = SheetRows(stream, frozenset(plan.kept))
                for number, row in self._rows:
                    if number > header_row:
                        values: dict[Field, Cell] = {field: self._value(row.get(at)) for at, field in plan.kept.items()}
                        if any(value is not None and value != "" for value in values.values()):
                            yield Cells(number, name, values)
            self._bytes_before, self._rows = self.position, None

    def _value(self, cell: StoredCell | None) -> Cell:
        if cell is None:
            return None
        if cell.too_large:
            return TOO_LARGE
        if cell.type == "e":
            return Unreadable("is an error of a formula")
        if not cell.text:
            return Unreadable("is a formula whose result the file does not hold; open it and save it again")
        if cell.type == "s":
            return self._strings[int(cell.text)] if self._strings and _is_whole(cell.text) else None
        if cell.type in {"str", "inlineStr"}:
            return unescape(cell.text)
        if cell.type == "b":
            return cell.text == "1"
        return self._number(cell) if cell.type == "n" else cell.text

    def _number(self, cell: StoredCell) -> Cell:
        try:
            number = float(cell.text)
        except ValueError:
            return cell.text
        if cell.style in self._date_styles:
            try:
                found = from_excel(number, self._epoch)
            except (ValueError, OverflowError):
                return Unreadable("is a date that cannot exist")
            return found if isinstance(found, datetime) else str(found)
        return int(cell.text) if _is_whole(cell.text.removeprefix("-")) else number


def _is_whole(written: str) -> bool:
    return written.isdecimal() and len(written) < 19


def _label(value: Cell) -> str:
    return value if isinstance(value, str) else ""
