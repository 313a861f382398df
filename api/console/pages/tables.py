"""The assessor's tables of a project as pages, with the same words and blanks as the workbook and the document."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import Query, Response
from pydantic import BaseModel, BeforeValidator, Field

from api.console.rules import ConsoleRouter, InProject
from api.console.visit import AtConsole, ProjectPath
from api.routes.tables import DOCX, XLSX
from api.tables import TABLES, Book, Cell, TableName
from api.tables.docx import docx
from api.tables.xlsx import xlsx
from api.tables_desk import TablesDesk

Chosen = Literal["T3", "T4", "T5", "T6", "T7", "T9", "all"]
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
        return f"/projects/{project_id}/tables?{urlencode(told)}"


class FileAsked(TablesAsked):
    """In which form it is taken away; one table, or all with the annex."""

    table: Chosen = "all"
    form: Annotated[Literal["xlsx", "docx"], Field()] = "xlsx"


@router.page("/projects/{project_id}/tables", rule=InProject("tables.export"))
def tables(visit: AtConsole, project_id: ProjectPath, asked: Annotated[TablesAsked, Query()]) -> Response:
    """One table or all of them, with the annex that their evidence numbers open, method and limits."""
    book = visit.desk(TablesDesk).tables(
        project_id, visit.purpose(project_id), asked.tables, candidates=asked.candidates, form="page"
    )
    known = {row[0].text for row in book.annex.rows}
    return visit.page(
        "tables/page.html",
        book=book,
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
