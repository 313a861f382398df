"""Dispatches (派单): what is asked of which unit by when, and what named people do with it (P-23, P-25)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Form, Path, Query, Response
from pydantic import BaseModel, Field

from api.console.pages.deciding import REASON_LIMIT, ReasonMissing, Refused, refused
from api.console.pages.risk_points import purpose_of
from api.console.rules import About, ConsoleRouter, Deployment
from api.console.visit import AtConsole, Visit
from api.console.words import word
from api.desk import NotFound
from api.dispatch_desk import PAGE, PARTS, DispatchDesk, Part
from api.idempotency import Once
from api.policy import Denied
from api.routes.dispatches import DISPATCH_ID
from models.taxonomy import taxonomy
from pipeline.records.dispatch import DispatchAction

DispatchPath = Annotated[str, Path(pattern=DISPATCH_ID)]
RESPONSE_LIMIT = 4000
router = ConsoleRouter()


class ListAsked(BaseModel):
    """Which part of the list, from where on."""

    part: Part = "waiting"
    offset: Annotated[int, Field(ge=0, le=100_000)] = 0


class StepMade(BaseModel):
    """What a person does with a dispatch, as the form sends it."""

    action: DispatchAction
    reason: Annotated[str, Field(max_length=4 * REASON_LIMIT)] = ""
    due: str = ""
    days: str = ""
    response: Annotated[str, Field(max_length=2 * RESPONSE_LIMIT)] = ""
    once: Annotated[str, Field(max_length=100)] = ""


class FieldWrong(ValueError):
    """A date, a number of days or a response that is missing or is none."""


@router.page("/dispatches", rule=Deployment("dispatches.read"))
def dispatches(visit: AtConsole, asked: Annotated[ListAsked, Query()]) -> Response:
    """Late ones first; a response unit sees its own."""
    desk = visit.desk(DispatchDesk)
    found = desk.everywhere(visit.general_purpose(), part=asked.part, offset=asked.offset)
    unit = taxonomy().units.get(visit.account.unit or "")
    return visit.page(
        "dispatches/list.html",
        found=found,
        part=asked.part,
        parts=tuple(PARTS),
        offset=asked.offset,
        page_size=PAGE,
        unit=unit.name_zh if unit and visit.account.role == "response_unit" else "",
    )


@router.page("/dispatches/{dispatch_id}", rule=About("dispatches.read"))
def dispatch(visit: AtConsole, dispatch_id: DispatchPath) -> Response:
    """One dispatch with its clock, its steps, and what the visitor may do with it."""
    return _shown(visit, dispatch_id)


@router.act("/dispatches/{dispatch_id}/confirm", rule=About("dispatches.confirm"))
def confirm(visit: AtConsole, dispatch_id: DispatchPath, made: Annotated[StepMade, Form()]) -> Response:
    """Confirms, withdraws, puts off, sends back or closes."""
    return _taken(visit, dispatch_id, made)


@router.act("/dispatches/{dispatch_id}/respond", rule=About("dispatches.respond"))
def respond(visit: AtConsole, dispatch_id: DispatchPath, made: Annotated[StepMade, Form()]) -> Response:
    """Takes up or answers, for the unit that is asked."""
    return _taken(visit, dispatch_id, made)


@router.act("/dispatches/{dispatch_id}/undo", rule=About("dispatches.read"))
def undo(visit: AtConsole, dispatch_id: DispatchPath, made: Annotated[StepMade, Form()]) -> Response:
    """Takes the last step back; it needs the right to that step."""
    return _taken(visit, dispatch_id, made.model_copy(update={"action": "undo"}))


def _shown(
    visit: Visit, dispatch_id: str, status: int = 200, made: StepMade | None = None, refusal: Refused | None = None
) -> Response:
    desk = visit.desk(DispatchDesk)
    found = desk.dispatch(dispatch_id, purpose_of(visit))
    return visit.page(
        "dispatches/page.html",
        status,
        one=found,
        steps=desk.open_steps(dispatch_id),
        made=made,
        refusal=refusal,
        extension=desk.extension(dispatch_id),
    )


def _taken(visit: Visit, dispatch_id: str, made: StepMade) -> Response:
    reason = made.reason.strip()
    try:
        if not 2 <= len(reason) <= REASON_LIMIT:
            raise ReasonMissing
        visit.desk(DispatchDesk).act(
            dispatch_id,
            purpose_of(visit),
            who=visit.account.name,
            action=made.action,
            reason=reason,
            due=_day(made.due) if made.action == "confirm" else None,
            days=_days(made.days) if made.action == "extend" else None,
            response=_response(made.response) if made.action == "respond" else None,
            once=Once.of(visit.reader, made.once, f"console:{dispatch_id}", made) if made.once else None,
        )
    except FieldWrong as error:
        return _again(visit, dispatch_id, made, Refused(422, _said(visit, str(error)), str(error)))
    except (NotFound, Denied):
        raise
    except ValueError as error:
        return _again(visit, dispatch_id, made, refused(visit, error))
    text = visit.gettext("已记录：%(action)s。", action=word(visit.gettext, made.action, "step"))
    return visit.redirect(f"/dispatches/{dispatch_id}", flash=text)


def _again(visit: Visit, dispatch_id: str, made: StepMade, refusal: Refused) -> Response:
    return _shown(visit, dispatch_id, refusal.status, made, refusal)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise FieldWrong("due") from None


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 3):
        raise FieldWrong("days")
    return int(text)


def _response(text: str) -> str:
    if not 2 <= len(text.strip()) <= RESPONSE_LIMIT:
        raise FieldWrong("response")
    return text.strip()


def _said(visit: Visit, field: str) -> str:
    return {
        "due": visit.gettext("办结期限应为日期，例如 2026-12-31。"),
        "days": visit.gettext("请填写延期的天数。"),
        "response": visit.gettext("请写明答复内容，2 至 %(n)s 个字。", n=RESPONSE_LIMIT),
    }[field]
