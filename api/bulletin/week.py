"""A calendar week from Monday to Sunday in Asia/Shanghai, named as ISO 8601 does: 2026-W02."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from pipeline.alerts.observation import CHINA


@dataclass(frozen=True, slots=True)
class Week:
    """``first`` is a Monday."""

    first: date

    @classmethod
    def named(cls, name: str) -> Self:
        """Raises ValueError (E831) for what is no week."""
        match = re.fullmatch(r"(\d{4})-W(\d{2})", name)
        try:
            if match is None:
                raise ValueError
            return cls(date.fromisocalendar(int(match[1]), int(match[2]), 1))
        except ValueError:
            raise ValueError(f"E831: {name!r} is not a week; write it as in 2026-W02") from None

    @classmethod
    def before(cls, now: datetime) -> Self:
        """The last week that is over."""
        today = now.astimezone(CHINA).date()
        return cls(today - timedelta(days=today.weekday() + 7))

    @property
    def name(self) -> str:
        """As in 2026-W02."""
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + timedelta(days=6)

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), CHINA)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self.begin + timedelta(days=7)
