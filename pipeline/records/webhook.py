"""Webhooks: which system is told that risk points changed, and what it is told: ids and links, never a text."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.records.base import Instant, ProjectId, Record
from pipeline.records.governance import Purpose

WebhookEventKind = Literal["risk_point.changed", "risk_point.removed", "ping"]
DeliveryState = Literal["waiting", "sent", "dead", "dropped"]
WebhookId = Annotated[str, Field(pattern=r"^w[0-9a-f]{24}$")]


class Webhook(Record):
    """A system that is told; its address and its secret are sealed in the store and never shown."""

    id: WebhookId
    caller: str
    """Name of the API key that subscribed it: what this key may see is what is told; a revoked one is told nothing."""
    purpose: Purpose
    host: str
    events: Annotated[tuple[WebhookEventKind, ...], Field(min_length=1)]
    project_ids: tuple[ProjectId, ...] | None = None
    through: Annotated[int, Field(ge=0)]
    """The last change whose delivery is planned."""
    created_at: Instant


class WebhookEvent(Record):
    """The body that is sent. ``id`` never changes however often it is sent: a receiver takes it once."""

    schema_version: Literal["1.0"] = "1.0"
    id: str
    kind: WebhookEventKind
    happened_at: Instant
    change: int
    project_id: ProjectId | None
    risk_point_id: str | None
    links: dict[str, str]
    """``changes``: what to pull; ``risk_point``: the card. Paths on the server that was subscribed at."""


class Delivery(Record):
    """One event for one webhook."""

    webhook_id: WebhookId
    sequence: int
    event: WebhookEventKind
    risk_point_id: str
    project_id: ProjectId
    happened_at: Instant
    state: DeliveryState = "waiting"
    attempts: int = 0
    due_at: Instant
    reason: str | None = None
    sent_at: Instant | None = None

    @property
    def key(self) -> str:
        """Id of the event: the same for every webhook and every try."""
        return f"c{self.sequence}"

    @property
    def urgent(self) -> bool:
        """No change of a risk point is: all wait like other messages."""
        return False
