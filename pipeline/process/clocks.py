"""Due dates of dispatches from the statutory clocks (信访工作条例 2022, BRIEF §5.4)."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml

from pipeline.notices.clock import end_of
from pipeline.records.dispatch import DispatchClock, DispatchClocks

CHINA: Final = ZoneInfo("Asia/Shanghai")


@cache
def national_clocks() -> DispatchClocks:
    """The limits of the regulation: 15 days to take a matter up, 60 to answer it, 30 more once."""
    return DispatchClocks(**yaml.safe_load((resources.files("pipeline.process") / "clocks.yaml").read_text("utf-8")))


def city_clocks(row: dict[str, Any]) -> DispatchClocks:
    """The national limits with a city's own in their place. Raises ValueError for one that is longer than these."""
    usual = national_clocks()
    clocks = DispatchClocks.model_validate({**usual.model_dump(), **row})
    for name in ("take_up", "answer"):
        own, limit = getattr(clocks, name), getattr(usual, name)
        if own.days > limit.days:
            raise ValueError(f"{name}: {own.days} days, while {limit.basis} gives at most {limit.days}")
    if clocks.extension > usual.extension:
        raise ValueError(f"extension: {clocks.extension} days, {usual.extension_basis} gives at most {usual.extension}")
    return clocks


def due_dates(begin: date, clocks: DispatchClocks) -> tuple[date, date]:
    """Last days to take a matter up and to answer it; both limits begin to run on the day after ``begin``.

    A city's limit in working days, by the State Council's calendar, never ends after the regulation's calendar days.
    """
    usual = national_clocks()
    return _due(begin, clocks.take_up, usual.take_up), _due(begin, clocks.answer, usual.answer)


def day_of(moment: datetime) -> date:
    """The calendar day in Asia/Shanghai."""
    return moment.astimezone(CHINA).date()


def days_late(due: date, today: date) -> int:
    """Days since the limit ended; 0 until it has."""
    return max(0, (today - due).days)


def _due(begin: date, own: DispatchClock, usual: DispatchClock) -> date:
    return min(end_of(begin, own.days, own.unit), end_of(begin, usual.days, usual.unit))
