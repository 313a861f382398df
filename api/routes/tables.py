"""The assessor's tables (稳评报告附表) as a workbook or a document."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from api.auth import office, reader
from api.policy import Reader
from api.routes.question import ProjectPath, Question
from api.tables import TABLES, TableName
from api.tables.docx import docx
from api.tables.xlsx import xlsx
from api.tables_desk import TablesDesk
from pipeline.office import Office

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
router = APIRouter(prefix="/v1/projects/{project_id}/tables", tags=["tables"])


def tables_desk(office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]) -> TablesDesk:
    """The desk at which this reader takes tables."""
    return TablesDesk(office, reader)


class TablesQuestion(Question):
    """In which form, and whether candidates that nobody has accepted stand in them."""

    form: Annotated[Literal["xlsx", "docx"], Field(description="A workbook or a Word document.")] = "xlsx"
    candidates: Annotated[
        bool, Field(description="Also candidates that nobody has accepted: a working paper, marked as such (P-23).")
    ] = False


@router.get(
    "/{table}",
    summary="The assessor's tables",
    response_class=Response,
    responses={200: {"content": {XLSX: {}, DOCX: {}}}},
)
def tables(
    desk: Annotated[TablesDesk, Depends(tables_desk)],
    project_id: ProjectPath,
    table: Literal["T3", "T4", "T5", "T6", "T7", "T9", "all"],
    asked: Annotated[TablesQuestion, Query()],
) -> Response:
    """T3 to T7 and T9, or all of them, with the annex of evidence, method and limits; cells of people are blank.

    Numbers and quotes are hidden as on screen (P-29). The same data give the same bytes.
    """
    chosen: tuple[TableName, ...] = TABLES if table == "all" else (table,)
    book = desk.tables(project_id, asked.purpose, chosen, candidates=asked.candidates, form=asked.form)
    name = f"attachment; filename=minyi-{table}.{asked.form}"
    made, media = (docx(book), DOCX) if asked.form == "docx" else (xlsx(book), XLSX)
    return Response(made, media_type=media, headers={"Content-Disposition": name})
