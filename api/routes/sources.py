"""The crawled sources (来源): how they do, from the store; nothing here starts a crawl."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.answers import Sources
from api.auth import AtDesk
from api.conditional import conditional
from api.routes.question import PagedQuestion
from api.sources import shown

router = APIRouter(prefix="/v1/sources", tags=["sources"])


@router.get("", response_model=Sources, summary="How the crawled sources do")
def sources(desk: AtDesk, request: Request, asked: Annotated[PagedQuestion, Query()]) -> Response:
    """Last success, lag, capped share, robots decision, block, monitors, open incidents and next run of each source.

    A source that fell silent is an incident of its own kind, never a fall of opinion.
    """
    rows = [shown(status) for status in desk.sources(asked.purpose)]
    return conditional(request, Sources.model_validate(asked.page(rows)))
