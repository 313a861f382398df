"""The weekly bulletin (周通报) as a page or a document."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from api.bulletin import Week
from api.bulletin.docx import docx
from api.bulletin.html import html
from api.outlook_desk import OutlookDesk
from api.problems import BadParameter
from api.routes.forecast import outlook_desk
from api.routes.question import Question

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
router = APIRouter(prefix="/v1/bulletins", tags=["bulletins"])


class BulletinQuestion(Question):
    """Of which region, and in which form."""

    region: Annotated[str | None, Field(pattern=r"^\d{2,12}$", description="Beginning of a region code.")] = None
    form: Annotated[Literal["html", "docx"], Field(description="A page or a Word document.")] = "html"


@router.get(
    "/{week}",
    summary="Weekly bulletin",
    response_class=Response,
    responses={200: {"content": {"text/html": {}, DOCX: {}}}},
)
def bulletin(
    desk: Annotated[OutlookDesk, Depends(outlook_desk)],
    week: Annotated[str, Path(pattern=r"^\d{4}-W\d{2}$", description="A week that is over, as in 2026-W02.")],
    asked: Annotated[BulletinQuestion, Query()],
) -> Response:
    """Volume beside its baseline, incidents, risk points, dispatches and petitions without an answer by unit, gaps.

    Of every project whose alerts and risk points you may see; units are named, citizens never.
    """
    try:
        told = desk.bulletin(asked.purpose, Week.named(week), asked.region)
    except ValueError as error:
        raise BadParameter.of(error) from None
    if asked.form == "docx":
        name = f"attachment; filename=minyi-{told.week.name}.docx"
        return Response(docx(told), media_type=DOCX, headers={"Content-Disposition": name})
    return Response(html(told), media_type="text/html; charset=utf-8")
