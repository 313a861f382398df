"""Webhooks of other systems: subscribe, list, remove, try, and send again what did not arrive."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from api.answers import Answer, Paged
from api.auth import office, reader
from api.policy import Reader
from api.problems import Unprocessable
from api.routes.question import PROJECT_ID, PagedQuestion, Question
from api.webhook_desk import WebhookDesk
from pipeline.notify import NotDelivered
from pipeline.office import Office
from pipeline.records.webhook import Webhook

WebhookPath = Annotated[str, Path(pattern=r"^w[0-9a-f]{24}$", description="Webhook id.")]
EventAsked = Literal["risk_point.changed", "risk_point.removed"]
router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])


def webhook_desk(office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]) -> WebhookDesk:
    """The desk at which this system stands."""
    return WebhookDesk(office, reader)


AtWebhooks = Annotated[WebhookDesk, Depends(webhook_desk)]


class NewWebhook(BaseModel):
    """Where to tell what."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[SecretStr, Field(max_length=2000, description="https, a host that the operator named; sealed.")]
    events: Annotated[list[EventAsked], Field(min_length=1, max_length=2)] = [
        "risk_point.changed",
        "risk_point.removed",
    ]
    project_ids: Annotated[
        list[Annotated[str, Field(pattern=PROJECT_ID)]] | None, Field(max_length=500, description="Null: all.")
    ] = None


class WebhookShown(Answer):
    """A webhook; of its address the host alone."""

    id: str
    host: str
    events: list[str]
    project_ids: list[str] | None
    purpose: str
    created_at: datetime


class WebhookAdded(WebhookShown):
    """The new webhook with its signing secret, which is given this once."""

    signing_secret: str


class Webhooks(Paged):
    """Webhooks of the caller, the oldest first."""

    rows: list[WebhookShown]


class Undelivered(Answer):
    """An event that was given up."""

    webhook_id: str
    event_id: str
    kind: str
    risk_point_id: str
    happened_at: datetime
    attempts: int
    reason: str | None


class UndeliveredEvents(Paged):
    """Dead letters, the oldest first."""

    rows: list[Undelivered]


class Pinged(Answer):
    """Whether the receiver took the event, or why not."""

    taken: bool
    reason: str | None


class SentAgain(Answer):
    """How many events are due again."""

    again: int


@router.get("", response_model=Webhooks, summary="My webhooks")
def webhooks(desk: AtWebhooks, asked: Annotated[PagedQuestion, Query()]) -> Webhooks:
    """Those of this key; no address is shown."""
    return Webhooks(**asked.page([WebhookShown(**_shown(one)) for one in desk.webhooks(asked.purpose)]))


@router.post("", response_model=WebhookAdded, status_code=201, summary="Be told of changes")
def subscribe(desk: AtWebhooks, asked: Annotated[Question, Query()], given: NewWebhook) -> WebhookAdded:
    """Tells an address of changes from now on: signed, at least once, ids and links alone."""
    try:
        added = desk.subscribe(asked.purpose, given.url.get_secret_value(), list(given.events), given.project_ids)
    except ValueError as error:
        raise Unprocessable.of(error) from None
    return WebhookAdded(**_shown(added.webhook), signing_secret=added.signing_secret)


@router.get("/dead-letters", response_model=UndeliveredEvents, summary="What did not arrive")
def dead(desk: AtWebhooks, asked: Annotated[PagedQuestion, Query()]) -> UndeliveredEvents:
    """Events that were given up after the last try, with the reason."""
    rows = [
        Undelivered(
            webhook_id=one.webhook_id, event_id=one.key, kind=one.event, risk_point_id=one.risk_point_id,
            happened_at=one.happened_at, attempts=one.attempts, reason=one.reason,
        )
        for one in desk.dead(asked.purpose)
    ]  # fmt: skip
    return UndeliveredEvents(**asked.page(rows))


@router.delete("/{webhook_id}", status_code=204, summary="Be told no more")
def remove(desk: AtWebhooks, webhook_id: WebhookPath, asked: Annotated[Question, Query()]) -> Response:
    """Forgets the webhook and its address; what still waits for it is not sent."""
    desk.remove(asked.purpose, webhook_id)
    return Response(status_code=204)


@router.post("/{webhook_id}/ping", response_model=Pinged, summary="Try a webhook")
def ping(desk: AtWebhooks, webhook_id: WebhookPath, asked: Annotated[Question, Query()]) -> Pinged:
    """Sends a signed event of the kind ``ping`` now; of the receiver's answer only the status is told."""
    try:
        desk.ping(asked.purpose, webhook_id)
    except NotDelivered as error:
        return Pinged(taken=False, reason=str(error))
    except ValueError as error:
        raise Unprocessable.of(error) from None
    return Pinged(taken=True, reason=None)


@router.post("/{webhook_id}/retry", response_model=SentAgain, summary="Send again what did not arrive")
def retry(desk: AtWebhooks, webhook_id: WebhookPath, asked: Annotated[Question, Query()]) -> SentAgain:
    """Makes dead letters due again under their ids; the next run of the work sends them."""
    return SentAgain(again=desk.retry(asked.purpose, webhook_id))


def _shown(webhook: Webhook) -> dict[str, Any]:
    return webhook.model_dump(mode="json", exclude={"through", "caller"})
