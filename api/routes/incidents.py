"""Incidents (预警事件): lists, pages, answers, the stream, and what other settings would have told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import date
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from api.auth import office, reader
from api.callers import key_in
from api.conditional import conditional
from api.incident_answers import IncidentCard, IncidentPage, Incidents, Notes, PointerOpened, Preview, QualityShown
from api.incident_cards import preview_of
from api.incident_desk import IncidentDesk
from api.metrics import CONTENT_TYPE
from api.open_streams import OpenStreams
from api.policy import Reader
from api.problems import BadParameter, Unprocessable
from api.routes.question import PROJECT_ID, PagedQuestion, ProjectPath, Question
from pipeline.office import Office
from pipeline.records.incident import IncidentState, Verdict
from pipeline.store import StoreConflict

INCIDENT_ID: Final = r"^i[0-9a-f]{24}$"
CURSOR: Final = r"^\d{12,16}-i[0-9a-f]{24}$"
POLL_SECONDS: Final = 1.0
HEARTBEAT_SECONDS: Final = 15.0
IncidentPath = Annotated[str, Path(pattern=INCIDENT_ID, description="Incident id.")]
EventNumber = Annotated[
    str | None, Header(pattern=r"^\d{1,18}$", description="`id` of the last event that was received.")
]
router = APIRouter(tags=["incidents"])


def incident_desk(
    office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]
) -> IncidentDesk:
    """The desk at which this reader asks about incidents."""
    return IncidentDesk(office, reader)


AtIncidents = Annotated[IncidentDesk, Depends(incident_desk)]


async def counted(request: Request, reader: Annotated[Reader, Depends(reader)]) -> AsyncIterator[None]:
    """Counts a stream of the reader's until its answer has ended. Raises StreamsFull (E326)."""
    streams: OpenStreams = request.app.state.streams
    with streams.one_more(reader.who):
        yield


class AlertsQuestion(Question):
    """Which incidents of a project."""

    state: Annotated[IncidentState | None, Field(description="Only those in this state.")] = None
    cursor: Annotated[str | None, Field(pattern=CURSOR, description="`next_cursor` of an earlier answer.")] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class IncidentsQuestion(AlertsQuestion):
    """Which incidents of all projects; ``day`` asks for the daily list."""

    day: Annotated[date | None, Field(description="Daily list: what began on this day in Asia/Shanghai.")] = None


class QualityQuestion(PagedQuestion):
    """Of which project; without one of all."""

    project: Annotated[str | None, Field(pattern=PROJECT_ID, description="Project id.")] = None


class PreviewQuestion(Question):
    """Since when, and for which false alarms a project-month from blue to red."""

    since: Annotated[date | None, Field(description="First day, in Asia/Shanghai; 90 days ago.")] = None
    false_alarms: Annotated[
        str | None,
        Field(
            pattern=r"^\d*\.?\d+(,\d*\.?\d+){3}$",
            max_length=60,
            description="Blue, yellow, orange, red: `.25,.05,.01,.001`. Without it: the setting.",
        ),
    ] = None


class Answered(BaseModel):
    """What a named officer does with an incident."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    who: Annotated[str, Field(pattern=r"^[\w.@\-· ]{1,64}$", description="The officer who answers for it.")]
    action: Literal["acknowledge", "silence", "reopen", "close", "assign", "comment", "verdict"]
    hours: Annotated[int | None, Field(ge=1, le=720, description="For acknowledge and silence: until it expires.")] = (
        None
    )
    to: Annotated[str | None, Field(max_length=64, description="For assign: a unit or an officer.")] = None
    verdict: Annotated[Verdict | None, Field(description="For verdict.")] = None
    duplicate_of: Annotated[str | None, Field(pattern=INCIDENT_ID, description="For the verdict duplicate.")] = None
    comment: Annotated[
        str | None, Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")
    ] = None


@router.get("/v1/projects/{project_id}/alerts", response_model=Incidents, summary="Incidents of a project")
def alerts(
    desk: AtIncidents, request: Request, project_id: ProjectPath, asked: Annotated[AlertsQuestion, Query()]
) -> Response:
    """The latest first."""
    found = desk.alerts(project_id, asked.purpose, state=asked.state, cursor=asked.cursor, limit=asked.limit)
    return conditional(request, Incidents.model_validate(asdict(found)))


@router.get("/v1/projects/{project_id}/alerts/preview", response_model=Preview, summary="What settings would have told")
def preview(desk: AtIncidents, project_id: ProjectPath, asked: Annotated[PreviewQuestion, Query()]) -> Preview:
    """Replays the judged hours through a fresh detector, beside the verdicts; 180 days at most, one at a time."""
    try:
        tested = desk.trial(project_id, asked.purpose, asked.since, _rates(asked.false_alarms))
    except ValueError as error:
        raise BadParameter.of(error) from error
    return Preview.model_validate(preview_of(tested, desk.k))


@router.get("/v1/incidents", response_model=Incidents, summary="Incidents of all projects")
def incidents(desk: AtIncidents, request: Request, asked: Annotated[IncidentsQuestion, Query()]) -> Response:
    """Those of every project whose alerts the caller may read, the latest first; with ``day`` the daily list."""
    found = desk.incidents(asked.purpose, state=asked.state, day=asked.day, cursor=asked.cursor, limit=asked.limit)
    return conditional(request, Incidents.model_validate(asdict(found)))


@router.get(
    "/v1/incidents/stream",
    summary="Incidents as they happen",
    responses={200: {"content": {"text/event-stream": {}}, "description": "Server-sent events"}},
    response_class=StreamingResponse,
    dependencies=[Depends(counted)],
)
def stream(
    desk: AtIncidents,
    request: Request,
    asked: Annotated[Question, Query()],
    last_event_id: EventNumber = None,
) -> StreamingResponse:
    """Server-sent events: ``opened``, ``escalated``, ``life_safety``, ``reminder``, ``closed``, each with the card.

    What the caller may see is asked anew for every event, and the stream ends when the key is revoked. With
    ``Last-Event-ID`` it goes on after that event, else with what happens from now on. A comment comes every 15 s.
    A key has eight streams at most open at once (429, E326).
    """
    desk.streamed(asked.purpose)
    begin = int(last_event_id) if last_event_id is not None else desk.last_event
    return StreamingResponse(
        _events(desk, request, begin), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


@router.get("/v1/incidents/quality", response_model=QualityShown, summary="How often alerts were right")
def measured(desk: AtIncidents, asked: Annotated[QualityQuestion, Query()]) -> QualityShown:
    """Measured precision per project and level, from the verdicts."""
    rows = desk.quality(asked.purpose, asked.project)
    shown = [{**asdict(row), "precision": row.precision} for row in rows]
    return QualityShown.model_validate(asked.page(shown))


@router.get("/v1/incidents/{incident_id}", response_model=IncidentPage, summary="One incident, explained")
def incident(
    desk: AtIncidents, request: Request, incident_id: IncidentPath, asked: Annotated[Question, Query()]
) -> Response:
    """Observed and expected, what drives the rise with quotes, what may be behind it, what was not seen."""
    return conditional(request, IncidentPage.model_validate(desk.incident(incident_id, asked.purpose)))


@router.get("/v1/incidents/{incident_id}/notes", response_model=Notes, summary="What was done about it")
def notes(
    desk: AtIncidents, request: Request, incident_id: IncidentPath, asked: Annotated[PagedQuestion, Query()]
) -> Response:
    """Acknowledgements, silences, assignments, comments and verdicts, in the order they came."""
    rows = [note.model_dump(mode="json") for note in desk.notes(incident_id, asked.purpose)]
    return conditional(request, Notes.model_validate(asked.page(rows)))


@router.post("/v1/incidents/{incident_id}/answers", response_model=IncidentCard, summary="Answer an incident")
def answer(
    desk: AtIncidents, incident_id: IncidentPath, asked: Annotated[Question, Query()], given: Answered
) -> IncidentCard:
    """Acknowledge, silence, reopen, close, assign, comment or judge; the incident as it then stands."""
    try:
        card = desk.answer(incident_id, asked.purpose, **given.model_dump())
    except StoreConflict:
        raise
    except ValueError as error:
        raise Unprocessable.of(error) from error
    return IncidentCard.model_validate(card)


@router.post(
    "/v1/incidents/{incident_id}/pointer", response_model=PointerOpened, summary="Open the pointer to a source"
)
def pointer(desk: AtIncidents, incident_id: IncidentPath, asked: Annotated[Question, Query()]) -> PointerOpened:
    """Where the text of a life-safety cue was found: for its duty officer alone, noted, for 72 hours (P-18)."""
    return PointerOpened.model_validate(desk.pointer(incident_id, asked.purpose))


@router.get("/metrics", response_class=PlainTextResponse, summary="Figures for a monitoring system")
def metrics(desk: AtIncidents, asked: Annotated[Question, Query()]) -> PlainTextResponse:
    """Prometheus' text format: incidents by kind, level and state, and how far the watch lies behind."""
    return PlainTextResponse(desk.metrics(asked.purpose), media_type=CONTENT_TYPE)


def _rates(asked: str | None) -> tuple[float, float, float, float] | None:
    if asked is None:
        return None
    blue, yellow, orange, red = (float(part) for part in asked.split(","))
    if not min(blue, yellow, orange, red) > 0:
        raise ValueError("E807: a level that costs no false alarm at all is never raised; give rates above 0")
    return blue, yellow, orange, red


async def _events(desk: IncidentDesk, request: Request, after: int) -> AsyncIterator[str]:
    silent = 0.0
    yield ": minyi incidents\nretry: 3000\n\n"
    while not await request.is_disconnected():
        if not await asyncio.to_thread(desk.still_welcome, _key(request)):
            return
        events, after = await asyncio.to_thread(desk.events, after)
        for event, card in events:
            data = IncidentCard.model_validate(card).model_dump_json()
            yield f"id: {event.sequence}\nevent: {event.kind}\ndata: {data}\n\n"
        silent = 0.0 if events else silent + POLL_SECONDS
        if silent >= HEARTBEAT_SECONDS:
            silent = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(POLL_SECONDS)


def _key(request: Request) -> str:
    return key_in(request.headers.get("authorization", ""))
