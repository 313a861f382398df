"""What becomes of a row, and of a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from crawlers.importers.options import Field
from pipeline.raw import RawItem

MAX_CELL: Final = 131_072
"""Longest cell that is taken, in code points: four times what a spreadsheet cell can hold."""


@dataclass(frozen=True, slots=True)
class Good:
    """A row that can go in: the petition and, when it was answered, the official reply (答复)."""

    row_number: int
    sheet: str
    items: tuple[RawItem, ...]


@dataclass(frozen=True, slots=True)
class Bad:
    """A row, or the reply in it, that cannot go in. ``reason`` never repeats what a cell holds."""

    row_number: int
    sheet: str
    field: str
    """Field name, or empty when it is the row as a whole."""
    reason: str


Row = Good | Bad
Disposition = Literal["recognised", "mapped", "dropped (personal)", "ignored"]


@dataclass(frozen=True, slots=True)
class Column:
    """What happens to one column; shown by ``--dry-run``."""

    sheet: str
    header: str
    disposition: Disposition
    field: Field | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands in for the value of a cell that cannot be taken."""

    reason: str


TOO_LARGE: Final = Unreadable(f"the cell holds more than {MAX_CELL:,} characters")
Cell = str | int | float | bool | datetime | date | time | timedelta | Unreadable | None


@dataclass(frozen=True, slots=True, repr=False)
class Cells:
    """The kept cells of one row, by field; it has no representation, since its text is not redacted.

    Every field that the file has a column for is a key, so that an empty cell differs from a missing column.
    """

    row_number: int
    sheet: str
    values: Mapping[Field, Cell]
