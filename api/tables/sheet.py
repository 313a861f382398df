"""A table before it is set on a sheet or on paper: columns that say who fills them, and cells of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from api.policy.wording import without_control

Filled: TypeAlias = Literal["product", "human", "computed"]
"""Proposed by the program, filled by people alone, computed from what people fill."""
MARKS: Final[dict[Filled, str]] = {"product": "", "human": "【人工】", "computed": "【计算】"}
QUOTED: Final = "“{}”"


class HumanCell(ValueError):
    """E692: a cell that is for people alone was about to be filled."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, who fills it, and how wide it is, in characters of a sheet."""

    name: str
    filled: Filled = "product"
    width: int = 14

    @property
    def head(self) -> str:
        """The heading with the mark of who fills it."""
        return f"{self.name}{MARKS[self.filled]}"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell. ``quotes`` are words of people, which are no words of ours (P-16).

    ``formula`` computes the cell from its row on a sheet: ``{row}`` stands for the number of the row.
    """

    text: str = ""
    quotes: tuple[str, ...] = ()
    filled: Filled = "product"
    formula: str | None = None

    def checked(self) -> Cell:
        """The cell itself. Raises ControlWording (E833) for what we say, HumanCell (E692) for what we may not say."""
        if self.filled != "product" and self.text:
            raise HumanCell("E692: a cell that is for people alone stays blank")
        ours = self.text
        for quote in sorted(self.quotes, key=len, reverse=True):
            ours = ours.replace(quote, "")
        without_control(ours)
        return self


HUMAN: Final = Cell(filled="human")
"""A blank cell for a person."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its id as in T3, its title, columns and rows, what is said below it, and in place of rows."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    empty: str = "暂无经人工采信的风险点，本表无可列内容；没有内容不等于没有风险。"

    def checked(self) -> Table:
        """The table itself, every cell checked. Raises ValueError for a row of another length."""
        for row in self.rows:
            for column, cell in zip(self.columns, row, strict=True):
                if column.filled != "product" and cell.filled == "product":
                    raise HumanCell(f"E692: {column.name} of {self.id} is not for the program to fill")
                cell.checked()
        return self


def said(*parts: str) -> Cell:
    """A cell with words of ours."""
    return Cell("；".join(part for part in parts if part))


def rows_of(rows: Iterable[Sequence[Cell | str]]) -> tuple[tuple[Cell, ...], ...]:
    """Rows whose plain strings are words of ours."""
    return tuple(tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row) for row in rows)
