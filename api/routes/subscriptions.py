"""Subscriptions: who is told of incidents over which channel. For admins; addresses go in and never come out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from api.answers import Answer, Paged
from api.auth import office, reader
from api.notices import SubscriptionDesk
from api.policy import Reader
from api.problems import Unprocessable
from api.routes.question import PagedQuestion, Question
from pipeline.notify import NotDelivered
from pipeline.office import Office
from pipeline.records import Purpose, Role
from pipeline.records.incident import AlertLevel, OfficerName
from pipeline.records.subscription import ClockTime, Schedule, SubscriberName
from pipeline.store import StoreConflict

NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9_.\-]{1,63}$"
NamePath = Annotated[str, Path(pattern=NAME, description="Name of the subscription.")]
router = APIRouter(tags=["subscriptions"])


def subscription_desk(
    office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]
) -> SubscriptionDesk:
    """The desk at which this admin stands."""
    return SubscriptionDesk(office, reader)


AtSubscriptions = Annotated[SubscriptionDesk, Depends(subscription_desk)]


class SubscriptionFields(BaseModel):
    """Who is told of what, and when."""

    model_config = ConfigDict(extra="forbid")

    name: SubscriberName
    who: Annotated[OfficerName, Field(description="The officer, as named in a key (P-18).")]
    role: Role
    purpose: Annotated[Purpose, Field(description="For which the officer reads (P-09).")]
    project_ids: Annotated[list[str] | None, Field(max_length=500)] = None
    region_code: Annotated[str | None, StringConstraints(pattern=r"^[0-9]{2,12}$")] = None
    least_level: AlertLevel = "yellow"
    schedule: Schedule = "immediate"
    quiet: Annotated[tuple[ClockTime, ClockTime] | None, Field(description="Quiet hours in Asia/Shanghai.")] = None
    quotes: Annotated[bool, Field(description="Also redacted quotes, where P-07 allows them.")] = False
    searches: Annotated[bool, Field(description="Also what is new in saved searches that the officer watches.")] = True


class NewSubscription(SubscriptionFields):
    """A subscription with the address of its channel, which is sealed and never shown."""

    channel_url: Annotated[SecretStr, Field(max_length=2000, description="As in docs/ALERTS.md, Notification.")]


class SubscriptionShown(SubscriptionFields):
    """A subscription; of its channel the kind alone."""

    channel: str
    created_at: datetime


class SubscriptionAdded(SubscriptionShown):
    """The new subscription; ``signing_secret`` of a signed webhook is given this once."""

    signing_secret: str | None


class Subscriptions(Paged):
    """Subscriptions by name."""

    rows: list[SubscriptionShown]


class DeadLetter(Answer):
    """A message that was given up; ``subscription`` is null where there was none for it."""

    key: str
    subscription: str | None
    due_at: datetime
    attempts: int
    reason: str | None


class DeadLetters(Paged):
    """Dead letters, the oldest first."""

    rows: list[DeadLetter]


class Taken(Answer):
    """Whether the channel took the test message, or why not."""

    taken: bool
    reason: str | None


class DueAgain(Answer):
    """How many messages are due again."""

    again: int


@router.get("/v1/subscriptions", response_model=Subscriptions, summary="Who is told of incidents")
def subscriptions(desk: AtSubscriptions, asked: Annotated[PagedQuestion, Query()]) -> Subscriptions:
    """By name, with the kind of the channel and nothing else of it."""
    return Subscriptions(**asked.page([_shown(one) for one in desk.subscriptions(asked.purpose)]))


@router.post("/v1/subscriptions", response_model=SubscriptionAdded, status_code=201, summary="Tell somebody")
def add(desk: AtSubscriptions, asked: Annotated[Question, Query()], given: NewSubscription) -> SubscriptionAdded:
    """Adds a subscription. The answer holds the secret of a signed webhook, this once, and never the address."""
    fields = given.model_dump(exclude={"channel_url"})
    try:
        added = desk.add(asked.purpose, given.channel_url.get_secret_value(), fields)
    except StoreConflict:
        raise
    except ValueError as error:
        raise Unprocessable.of(error) from None
    return SubscriptionAdded(**_shown(added.subscription).model_dump(), signing_secret=added.signing_secret)


@router.get("/v1/subscriptions/dead-letters", response_model=DeadLetters, summary="What did not arrive")
def dead(desk: AtSubscriptions, asked: Annotated[PagedQuestion, Query()]) -> DeadLetters:
    """Messages that were given up, with the reason; cues for which no officer could be told are among them."""
    rows = [
        DeadLetter(key=m.key, subscription=m.subscription or None, due_at=m.due_at, attempts=m.attempts,
                   reason=m.reason)
        for m in desk.dead(asked.purpose)
    ]  # fmt: skip
    return DeadLetters(**asked.page(rows))


@router.delete("/v1/subscriptions/{name}", status_code=204, summary="Tell somebody no more")
def remove(desk: AtSubscriptions, name: NamePath, asked: Annotated[Question, Query()]) -> Response:
    """Forgets the subscription and its address; what still waits for it is not sent."""
    desk.remove(asked.purpose, name)
    return Response(status_code=204)


@router.post("/v1/subscriptions/{name}/test", response_model=Taken, summary="Try a channel")
def test(desk: AtSubscriptions, name: NamePath, asked: Annotated[Question, Query()]) -> Taken:
    """Sends a message that says nothing but that the channel works; of the receiver's answer only a status is told."""
    try:
        desk.test(asked.purpose, name)
    except NotDelivered as error:
        return Taken(taken=False, reason=str(error))
    except ValueError as error:
        raise Unprocessable.of(error) from None
    return Taken(taken=True, reason=None)


@router.post("/v1/subscriptions/{name}/retry", response_model=DueAgain, summary="Try again what did not arrive")
def retry(desk: AtSubscriptions, name: NamePath, asked: Annotated[Question, Query()]) -> DueAgain:
    """Makes the dead letters of the subscription due again under their keys; the next run of the work sends them."""
    return DueAgain(again=desk.retry(asked.purpose, name))


def _shown(subscription: Any) -> SubscriptionShown:
    return SubscriptionShown(**subscription.model_dump(exclude={"since"}))
