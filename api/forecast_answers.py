"""A forecast as it is shown: whole numbers and halves, no number below k voices, never a word about people."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from pipeline.forecast import Ahead, Moved

DISCLAIMER = "Volume of texts, from the habit of this project alone; no statement about people or what they will do."
RISE_RUNNING_ZH = "预警持续中，当前上升大多未计入。"
WITHHELD_ZH = {
    "never_judged": "尚未开始监测",
    "too_few_days": "监测天数不足14天",
    "not_read": "近期来源未完整读取",
    "too_few_voices": "声音数低于最小显示数",
}


class DayAhead(BaseModel):
    """One day: expected new negative stories, median, and the intervals in whole stories."""

    day: date
    expected: float = Field(description="In steps of a half below 10, whole above.")
    median: int
    half: tuple[int, int] = Field(description="50 % interval.")
    ninety: tuple[int, int] = Field(description="90 % interval.")


class WeekAround(BaseModel):
    """A week, in days from the milestone: volume over the projects' own level before."""

    first: int
    last: int
    median: float
    half: tuple[float, float]
    ninety: tuple[float, float]


class MilestoneAhead(BaseModel):
    """What comparable past projects of this deployment went through around the same kind of milestone."""

    kind: str
    day: date
    comparable_projects: int | None = Field(description="null: fewer than five.")
    left_out: int = Field(description="Comparable projects with too few voices or too many unread hours.")
    note: Literal["too few comparable projects"] | None
    weeks: list[WeekAround]


class ForecastShown(BaseModel):
    """New negative stories a day; without days, ``withheld`` says why there is no number."""

    project_id: str
    judged_through: datetime | None
    withheld: Literal["never_judged", "too_few_days", "not_read", "too_few_voices"] | None
    days: list[DayAhead]
    holidays_known: bool
    rise_running: bool = Field(description="A rise goes on (预警持续中); most of it is not in these numbers.")
    milestones: list[MilestoneAhead]
    settings_version: str
    note: str = DISCLAIMER


def forecast_shown(ahead: Ahead) -> ForecastShown:
    """What of a forecast may be shown; coarse, so that one more text cannot be read off two days' answers."""
    return ForecastShown(
        project_id=ahead.project_id,
        judged_through=ahead.judged_through,
        withheld=ahead.withheld,
        days=[
            DayAhead(day=d.day, expected=_coarse(d.expected), median=d.median, half=d.half, ninety=d.ninety)
            for d in ahead.days
        ],
        holidays_known=ahead.holidays_known,
        rise_running=ahead.rise_running,
        note=" ".join(filter(None, (RISE_RUNNING_ZH if ahead.rise_running else "", DISCLAIMER))),
        milestones=[
            MilestoneAhead(
                kind=warning.kind,
                day=warning.day,
                comparable_projects=warning.moved.projects if warning.moved else None,
                left_out=warning.left_out,
                note=None if warning.moved else "too few comparable projects",
                weeks=_weeks(warning.moved),
            )
            for warning in ahead.warnings
        ],
        settings_version=ahead.settings_version,
    )


def _weeks(moved: Moved | None) -> list[WeekAround]:
    def two(pair: tuple[float, float]) -> tuple[float, float]:
        return round(pair[0], 1), round(pair[1], 1)

    return [
        WeekAround(
            first=week.first, last=week.last, median=round(week.median, 1), half=two(week.half), ninety=two(week.ninety)
        )
        for week in (moved.weeks if moved else ())
    ]


def _coarse(expected: float) -> float:
    return round(expected * 2) / 2 if expected < 10 else float(round(expected))
