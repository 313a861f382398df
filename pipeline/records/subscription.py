"""Subscriptions to incidents, and the messages that are due to them; neither holds a text of anybody."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.records.base import Instant, ProjectId, Record
from pipeline.records.governance import Purpose, Role
from pipeline.records.incident import AlertLevel, OfficerName

Schedule = Literal["immediate", "morning", "evening", "twice_daily"]
MessageState = Literal["waiting", "sent", "dead", "dropped"]
SubscriberName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]{1,63}$")]
"""ASCII: it is part of keys that travel in headers."""
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""Hour and minute in Asia/Shanghai."""


class Subscription(Record):
    """Who is told of which incidents, when, over what kind of channel; its address is a secret of the store.

    What may be told is what ``who`` in ``role`` may read at the moment of sending, for ``purpose`` (P-09), within
    ``project_ids`` and ``region_code``. Life-safety cues go to a subscription whose ``who`` is their officer (P-18).
    """

    name: SubscriberName
    who: OfficerName
    role: Role
    purpose: Purpose
    channel: Annotated[str, Field(pattern=r"^[a-z0-9]{1,32}$")]
    project_ids: tuple[ProjectId, ...] | None = None
    region_code: Annotated[str, Field(pattern=r"^[0-9]{2,12}$")] | None = None
    least_level: AlertLevel = "yellow"
    schedule: Schedule = "immediate"
    quiet: tuple[ClockTime, ClockTime] | None = None
    """Hours in which only red incidents and life-safety cues are told; what else comes up waits for their end."""
    quotes: bool = False
    """Whether redacted quotes are told where P-07 allows them."""
    searches: bool = True
    """Whether ``who`` is also told, over this channel, of what is new in the saved searches that ``who`` watches."""
    since: Annotated[int, Field(ge=0)] = 0
    """Sequence of the last event before the subscription began: nothing older is told."""
    created_at: Instant


class Message(Record):
    """One message to one subscription: of one event, or a digest of several, or of what is new in watched searches.

    ``key`` never changes however often it is sent: receivers that know keys take it once.
    """

    key: Annotated[str, Field(max_length=200)]
    subscription: str
    digest: bool
    urgent: bool
    due_at: Instant
    expires_at: Instant | None
    state: MessageState
    attempts: int
    reason: str | None
    sent_at: Instant | None
