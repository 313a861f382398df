"""Calendar days in Beijing: what people mean by a date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

BEIJING: Final = ZoneInfo("Asia/Shanghai")


def day_start(day: date) -> datetime:
    """Midnight in Asia/Shanghai with which the day begins, in UTC."""
    return datetime.combine(day, time.min, BEIJING).astimezone(UTC)


def last_days_range(days: int, now: datetime | None = None) -> tuple[datetime, datetime]:
    """The first moment of the last ``days`` days, today included, and the first moment after today."""
    today = (now or datetime.now(UTC)).astimezone(BEIJING).date()
    return day_start(today - timedelta(days=days - 1)), day_start(today + timedelta(days=1))
