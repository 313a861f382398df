"""The assessor's tables of a project as pages, with the same words and blanks as the workbook and the document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import Query, Response
from pydantic import BaseModel, BeforeValidator, Field

from api.console.paging import PageNumber, leaf
from api.console.rules import ConsoleRouter, InProject
from api.console.visit import AtConsole, ProjectPath
from api.routes.tables import DOCX, XLSX
from api.tables import TABLES, Book, Cell, TableName
from api.tables.docx import docx
from api.tables.sheet import Table
from api.tables.xlsx import xlsx
from api.tables_desk import TablesDesk

Chosen = Literal["T3", "T4", "T5", "T6", "T7", "T9", "all"]
ROWS: Final = 20
"""Rows of tables on a page; each may name ten passages of the annex."""
NUMBER: Final = re.compile(r"E\d{3,}")
FORMS: Final = {"xlsx": (xlsx, XLSX), "docx": (docx, DOCX)}
router = ConsoleRouter()


class TablesAsked(BaseModel):
    """Which tables, and whether as a working paper with what nobody has accepted."""

    table: Chosen = "T3"
    candidates: Annotated[bool, BeforeValidator(lambda value: value in (True, "yes"))] = False

    @property
    def tables(self) -> tuple[TableName, ...]:
        return TABLES if self.table == "all" else (self.table,)

    def address(self, project_id: str, **changes: Any) -> str:
        """The page asked in another way."""
        asked = {"table": self.table, "candidates": self.candidates, **changes}
        told = {"table": asked["table"], **({"candidates": "yes"} if asked["candidates"] else {})}
        told |= {"page": asked["page"]} if asked.get("page", 1) > 1 else {}
        return f"/projects/{project_id}/tables?{urlencode(told)}"


class RowsAsked(TablesAsked):
    """Which page of the rows of these tables."""

    page: PageNumber = 1


class FileAsked(TablesAsked):
    """In which form it is taken away; one table, or all with the annex."""

    table: Chosen = "all"
    form: Annotated[Literal["xlsx", "docx"], Field()] = "xlsx"


@router.page("/projects/{project_id}/tables", rule=InProject("tables.export"))
def tables(visit: AtConsole, project_id: ProjectPath, asked: Annotated[RowsAsked, Query()]) -> Response:
    """A page of one table or of all, with the part of the annex that its evidence numbers open, method and limits."""
    book = visit.desk(TablesDesk).tables(
        project_id, visit.purpose(project_id), asked.tables, candidates=asked.candidates, form="page"
    )
    every = [row for table in book.tables for row in table.rows]
    listed = leaf(every, asked.page, ROWS, lambda page: asked.address(project_id, page=page))
    shown = tables_of(book.tables, listed.first, ROWS)
    annex = cited(book.annex, shown)
    known = {row[0].text for row in annex.rows}
    return visit.page(
        "tables/page.html",
        book=book,
        shown=shown,
        annex=annex,
        listed=listed,
        asked=asked,
        names=TABLES,
        parts=lambda cell: parts_of(cell, known),
        reads=visit.allows("evidence.read", visit.project) and visit.allows("documents.read", visit.project),
        file=lambda form, table: _file(project_id, asked, form, table),
    )


@router.page("/projects/{project_id}/tables/file", rule=InProject("tables.export"))
def file(visit: AtConsole, project_id: ProjectPath, asked: Annotated[FileAsked, Query()]) -> Response:
    """The same as a workbook or a Word document."""
    book: Book = visit.desk(TablesDesk).tables(
        project_id, visit.purpose(project_id), asked.tables, candidates=asked.candidates, form=asked.form
    )
    made, media = FORMS[asked.form]
    name = {"Content-Disposition": f'attachment; filename="minyi-{asked.table}.{asked.form}"'}
    return Response(made(book), media_type=media, headers=name)


def tables_of(tables: Sequence[Table], first: int, size: int) -> tuple[Table, ...]:
    """The rows after the ``first`` ones of all tables, in the tables where they stand; a table without rows is said."""
    shown, at, last = list[Table](), 0, max(sum(len(table.rows) for table in tables) - 1, 0)
    for table in tables:
        rows = table.rows[max(first - at, 0) : max(first + size - at, 0)]
        if rows or (not table.rows and first <= min(at, last) < first + size):
            shown.append(replace(table, rows=rows))
        at += len(table.rows)
    return tuple(shown)


def cited(annex: Table, tables: Sequence[Table]) -> Table:
    """The rows of the annex that these tables name."""
    named = {number for table in tables for row in table.rows for cell in row for number in NUMBER.findall(cell.text)}
    return replace(annex, rows=tuple(row for row in annex.rows if row[0].text in named))


def parts_of(cell: Cell, known: set[str]) -> list[tuple[str, bool]]:
    """The text of a cell in pieces, each with whether it is an evidence number of the annex."""
    found: list[tuple[str, bool]] = []
    at = 0
    for number in NUMBER.finditer(cell.text):
        if number[0] in known:
            found += [(cell.text[at : number.start()], False), (number[0], True)]
            at = number.end()
    return [piece for piece in [*found, (cell.text[at:], False)] if piece[0]]


def _file(project_id: str, asked: TablesAsked, form: str, table: str) -> str:
    told = {"form": form, "table": table, **({"candidates": "yes"} if asked.candidates else {})}
    return f"/projects/{project_id}/tables/file?{urlencode(told)}"
