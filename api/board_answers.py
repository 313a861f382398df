"""The shape of the board: one row a project, numbers as they may be shown, no text of anybody."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from api.answers import Answer, Count
from pipeline.records.incident import AlertLevel
from pipeline.records.project import Stage

BoardState = Literal["alert", "source_gap", "watch", "normal", "not_watched"]
"""``alert``: an orange or red rise is not closed; ``source_gap``: its sources are not read up to now, so quiet says
nothing; ``watch``: a blue or yellow rise; ``not_watched``: never judged."""
Need = Literal[
    "answer_incidents", "confirm_dispatches", "close_dispatches", "press_dispatches", "answer_dispatches",
    "decide_candidates", "confirm_candidates", "decide_milestones",
]  # fmt: skip
BoardOrder = Literal["needs", "state", "name", "share", "candidates", "unanswered", "coverage"]


class ExpectedOfDay(Answer):
    """What such a day usually brings by the habit that is known now, with its 90 % interval."""

    expected: float
    low: int
    high: int


class DayOnBoard(Answer):
    """New negative stories of one day; ``count`` null: nothing was read, or nothing may be told."""

    day: date
    count: Count | None
    read: Annotated[bool, Field(description="Whether any hour of it was read.")]
    usual: ExpectedOfDay | None


class ShareShown(Answer):
    """A share with its 90 % interval (Wilson)."""

    p: float
    low: float
    high: float


class OldestUnanswered(Answer):
    """The petition that waits longest without a reply, against the 60 days of the regulation.

    ``late`` is said whoever wrote it; the days are told where k voices stand behind its matter (P-25).
    """

    late: bool
    since: date | None
    due: date | None
    days: int | None


class NeedShown(Answer):
    """What waits for the reader, and how many of them."""

    what: Need
    count: int


class BoardRow(Answer):
    """One project."""

    project_id: str
    name_zh: str
    name_en: str | None
    stage: Stage
    region: str
    region_code: str | None
    state: BoardState
    level: AlertLevel | None
    incidents: int
    judged_through: datetime | None
    days: list[DayOnBoard]
    negative: ShareShown | None
    candidates: Annotated[int | None, Field(description="Nobody has decided on them; null: not for this role.")]
    confirmed: int
    overdue: Annotated[int | None, Field(description="Dispatches beyond their clock; null for who may not read them.")]
    oldest: OldestUnanswered | None
    days_read: Annotated[int, Field(description="Days that were read whole, of those shown.")]
    needs: list[NeedShown]


class RegionOnBoard(Answer):
    """A region with how many projects lie in it; ``within`` is the code of the one around it."""

    code: str
    level: str
    name: str
    within: str | None
    projects: int


class BoardShown(Answer):
    """A page of the board; ``total`` counts the projects of the chosen region."""

    first: date
    last: date
    k_anonymity: int
    rows: list[BoardRow]
    total: int
    regions: list[RegionOnBoard]
