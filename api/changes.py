"""The records that another system pulls: a card, a sealed card or a tombstone, each with its schema version."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.answers import Answer, RiskPointCard, SealedCard


class _Change(Answer):
    """What every change has; ``change`` only grows, and of two records of one id the higher one is the newer."""

    schema_version: Literal["1.0"]
    change: int
    id: str
    project_id: str


class CardChange(_Change):
    """A candidate that is new or changed, as it is shown now."""

    kind: Literal["card"]
    updated_at: datetime
    card: RiskPointCard


class SealedChange(_Change):
    """检举控告: category and time, for those who may see them (P-14)."""

    kind: Literal["sealed"]
    updated_at: None
    card: SealedCard


class Tombstone(_Change):
    """A candidate to take out of what is shown.

    vanished: nothing supports it and nobody had decided; withdrawn: people had decided, nothing supports it any more;
    merged: a person merged it into ``merged_into``; unconfirmed: it is no confirmed risk point any more, and the reader
    is shown no others. Should it come back, a card with a higher ``change`` says so.
    """

    kind: Literal["tombstone"]
    updated_at: datetime | None
    reason: Literal["vanished", "withdrawn", "merged", "unconfirmed"]
    merged_into: str | None


RiskPointChange = Annotated[CardChange | SealedChange | Tombstone, Field(discriminator="kind")]


class RiskPointChanges(Answer):
    """A page of changes; ask on with ``updated_since=next_cursor``, at once while ``more`` is true."""

    rows: list[RiskPointChange]
    next_cursor: str
    more: bool
