"""What the server says of itself to whoever asks: nothing of what it holds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.answers import Answer

PartName = Literal["database", "migrations", "index", "models"]


class Alive(Answer):
    """The process answers."""

    status: Literal["ok"]


class Part(Answer):
    """One thing that serving rests on; ``reason`` is a code: out_of_reach, other_revision, rebuild_needed, …"""

    name: PartName
    ready: bool
    reason: str | None


class Readiness(Answer):
    """Whether the server can serve, and which part it cannot serve for."""

    status: Literal["ok", "failing"]
    parts: list[Part]


class Health(Answer):
    """Whether store and index can be reached, and how many changes the index has yet to take in."""

    status: Literal["ok", "failing"]
    version: str
    taxonomy: str
    store: Literal["ok", "failing"]
    index: Literal["ok", "failing"]
    unindexed: Annotated[int, Field(ge=0)] | None
