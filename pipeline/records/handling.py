"""How far the office has come with a petition (办理状态), and how content the petitioner is with that (满意度)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.records.base import Record

HandlingStatus = Literal["received", "in_progress", "replied", "closed"]
"""待办 | 办理中 | 已回复 | 已办结, as the board states it."""
Grade = Annotated[int, Field(ge=1, le=5)]
"""1 very dissatisfied … 5 very satisfied."""


class Handling(Record):
    """What a board says about the handling of one petition; it changes while the text stays. None: not stated."""

    status: HandlingStatus | None = None
    satisfaction: Grade | None = None
    satisfaction_attitude: Grade | None = None
    """With the manner of the office (态度)."""
    satisfaction_speed: Grade | None = None
    """With its speed (时效)."""
