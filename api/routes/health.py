"""``/healthz``: whether store and index can be reached; the one route that asks for no key."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict

from api.answers import Health
from api.auth import office
from models.taxonomy import taxonomy
from pipeline.office import Office

LOG: Final = logging.getLogger("minyi.http")
router = APIRouter()


class NoParameters(BaseModel):
    """No query parameters."""

    model_config = ConfigDict(extra="forbid")


@router.get("/healthz", summary="Health of the service", responses={503: {"model": Health}})
def health(
    office: Annotated[Office, Depends(office)], asked: Annotated[NoParameters, Query()], response: Response
) -> Health:
    """200 when store and index answer, else 503 with what fails. Tells nothing about what they hold."""
    end = _answer(office.store.outbox_end)
    indexed = _answer(lambda: office.index.last_sequence())
    if end is None or indexed is None:
        response.status_code = 503
    return Health(
        status=_state(None if end is None else indexed),
        version=version("minyi"),
        taxonomy=taxonomy().version,
        store=_state(end),
        index=_state(indexed),
        unindexed=None if end is None or indexed is None else max(0, end - indexed),
    )


def _answer(ask: Callable[[], int]) -> int | None:
    try:
        return ask()
    except Exception as error:  # whatever it is, the service is not well, and the message may say too much
        LOG.error("health: %s", type(error).__name__)
        return None


def _state(answer: int | None) -> Literal["ok", "failing"]:
    return "failing" if answer is None else "ok"
