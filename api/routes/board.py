"""The board: where every project stands, and what of it waits for whoever asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from api.auth import office, reader
from api.board_answers import BoardOrder, BoardShown
from api.board_desk import PAGE, BoardDesk
from api.conditional import conditional
from api.policy import Reader
from api.routes.question import Question
from pipeline.office import Office

router = APIRouter(prefix="/v1", tags=["board"])


class BoardQuestion(Question):
    """Which projects, and in which order."""

    region: Annotated[str | None, Field(pattern=r"^\d{2,12}$", description="Code of a region.")] = None
    order: BoardOrder = "needs"
    offset: Annotated[int, Field(ge=0, le=10**6)] = 0
    limit: Annotated[int, Field(ge=1, le=100)] = PAGE


def board_desk(office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]) -> BoardDesk:
    """The desk at which this reader looks at the board."""
    return BoardDesk(office, reader)


@router.get("/board", response_model=BoardShown, summary="Where every project stands")
def board(
    desk: Annotated[BoardDesk, Depends(board_desk)], request: Request, asked: Annotated[BoardQuestion, Query()]
) -> Response:
    """State, the last days beside their habit, negative share, what waits for a decision, the oldest unanswered
    petition and what was read; by default those first that need you."""
    found = desk.board(asked.purpose, region=asked.region, order=asked.order, offset=asked.offset, limit=asked.limit)
    return conditional(request, found)
