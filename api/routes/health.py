"""``/livez``, ``/readyz`` and ``/healthz``: whether the server runs, can serve, and what fails; they ask for no key."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict

from api.auth import office
from api.health_answers import Alive, Health, Readiness
from api.readiness import readiness
from models.taxonomy import taxonomy
from pipeline.logbook import Code, Event, log
from pipeline.office import Office

router = APIRouter()


class NoParameters(BaseModel):
    """No query parameters."""

    model_config = ConfigDict(extra="forbid")


@router.get("/livez", summary="Whether the server runs")
async def alive(asked: Annotated[NoParameters, Query()]) -> Alive:
    """200 as long as the process answers, whatever it depends on: what a service manager restarts by."""
    return Alive(status="ok")


@router.get("/readyz", summary="Whether the server can serve", responses={503: {"model": Readiness}})
def ready(
    office: Annotated[Office, Depends(office)], asked: Annotated[NoParameters, Query()], response: Response
) -> Readiness:
    """200 when database, its tables, index and models are as they have to be, else 503; each with a reason code."""
    found = readiness(office)
    if found.status != "ok":
        response.status_code = 503
    return found


@router.get("/healthz", summary="Health of the service", responses={503: {"model": Health}})
def health(
    office: Annotated[Office, Depends(office)], asked: Annotated[NoParameters, Query()], response: Response
) -> Health:
    """200 when store and index answer, else 503 with what fails. Tells nothing about what they hold."""
    end = _answer("store", office.store.outbox_end)
    indexed = _answer("index", lambda: office.index.last_sequence())
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


def _answer(part: str, ask: Callable[[], int]) -> int | None:
    try:
        return ask()
    except Exception as error:  # whatever it is, the service is not well, and the message may say too much
        log(Event.NOT_WELL, logging.ERROR, of=Code(part), error=Code.of(error))
        return None


def _state(answer: int | None) -> Literal["ok", "failing"]:
    return "failing" if answer is None else "ok"
