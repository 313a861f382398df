"""Tables as text: CSV, TSV and the like."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from crawlers.importers.csv_records import BrokenRecord, CsvRecords
from crawlers.importers.encoding import encoding_of
from crawlers.importers.files import File, OpenFile, size_of
from crawlers.importers.options import Field, ImportOptions, ImportRefused, NoTextColumn
from crawlers.importers.outcomes import Bad, Cells, Column
from crawlers.importers.plan import HEADER_WITHIN, ColumnPlan, checked_mapping, find_header, likely_headers

_DELIMITERS: Final = (",", "\t", ";", "|", "，", "；", "^", "~", "\x01", "#", "$", ":", "、", " ")
_SNIFFED: Final = frozenset(",\t;|，；\x01")
"""Delimiters that are taken without being asked for; the others are only proposed."""


class DelimitedReader:
    """The kept cells of each record of a CSV or TSV file; records are numbered as a spreadsheet shows them."""

    kind = "csv"
    unit = "bytes"

    def __init__(self, path: File, options: ImportOptions) -> None:
        self._path = path
        self._mapping = checked_mapping(options.mapping)
        self.encoding: str | None = encoding_of(path, options.encoding)
        self.delimiter, self._header_at, self._plan = self._recognised(options.delimiter)
        self.sheets: tuple[str, ...] = ()
        self.notes: tuple[str, ...] = ()
        self.total_hint = size_of(path)
        self._file: OpenFile | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._plan.columns

    @property
    def mapped(self) -> frozenset[str]:
        return self._plan.has_mapped

    @property
    def position(self) -> int:
        return self._file.position if self._file else 0

    def __iter__(self) -> Iterator[Cells | Bad]:
        with OpenFile(self._path) as self._file, self._file.text(self.encoding or "utf-8") as stream:
            records = CsvRecords(stream, self.delimiter)
            for number, record in enumerate(records, 1):
                records.width = self._plan.width if number > self._header_at else None
                if number <= self._header_at + 1:
                    records.width = self._plan.width
                    continue
                yield from self._outcome(number, record)

    def _outcome(self, number: int, record: list[str] | BrokenRecord) -> Iterator[Cells | Bad]:
        if isinstance(record, BrokenRecord):
            yield Bad(number, "", self._name(record.column), record.reason)
            return
        if not any(cell.strip() for cell in record):
            return
        width = self._plan.width
        if len(record) < width or any(cell.strip() for cell in record[width:]):
            yield Bad(number, "", "", f"has {len(record)} cells where the header has {width}")
            return
        yield Cells(number, "", {field: record[position] for position, field in self._plan.kept.items()})

    def _name(self, column: int | None) -> str:
        field: Field | None = self._plan.kept.get(column) if column is not None else None
        return field or (f"column {column + 1}" if column is not None else "")

    def _first(self, delimiter: str) -> list[list[str]]:
        with OpenFile(self._path) as file, file.text(self.encoding or "utf-8") as stream:
            first = islice(CsvRecords(stream, delimiter), HEADER_WITHIN)
            return [record if isinstance(record, list) else [] for record in first]

    def _recognised(self, chosen: str | None) -> tuple[str, int, ColumnPlan]:
        """The delimiter, the position of the last header record and the plan. Raises ImportRefused with advice."""
        if chosen is not None and (len(chosen) != 1 or chosen in '"\r\n'):
            raise ImportRefused(f"--delimiter: expected one character, found {chosen!r} (a tab is $'\\t')")
        candidates = [self._candidate(delimiter) for delimiter in _DELIMITERS]
        found = [entry for entry in candidates if entry is not None]
        taken = [entry for entry in found if entry[1] in _SNIFFED]
        best = max(taken or found, key=lambda entry: entry[0], default=None)
        if chosen is not None:
            own = self._candidate(chosen)
            if own is not None and (own[3].width > 1 or best is None or best[0] <= own[0]):
                return own[1:]
            if best is None:
                raise self._headless()
            raise ImportRefused(
                f"{self._path.name}: with the delimiter {chosen!r} no row names a column for the text; "
                f"try --delimiter {best[1]!r}, which gives {best[3].width} columns"
            )
        if best is None:
            raise self._headless()
        if best[1] not in _SNIFFED:
            raise ImportRefused(
                f"{self._path.name}: everything stands in one column: the delimiter seems to be {best[1]!r}; "
                f"if so, add --delimiter {best[1]!r}"
            )
        return best[1:]

    def _candidate(self, delimiter: str) -> tuple[int, str, int, ColumnPlan] | None:
        found = find_header(self._first(delimiter), self._mapping)
        if found is None:
            return None
        position, plan = found
        return plan.score, delimiter, position, plan

    def _headless(self) -> ImportRefused:
        widest = max((likely_headers(self._first(delimiter)) for delimiter in sorted(_SNIFFED)), key=len)
        return NoTextColumn(
            f"{self._path.name}: none of the first {HEADER_WITHIN} rows names a column for the text "
            "(such as 内容, 留言详情, text); name it with --map body=HEADER, or the delimiter with --delimiter",
            widest,
        )
