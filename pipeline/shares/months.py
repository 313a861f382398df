"""A calendar month in Asia/Shanghai, as reports of use are made for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Self

from pipeline.alerts.observation import CHINA


@dataclass(frozen=True, slots=True)
class Month:
    """``first`` is its first day."""

    first: date

    @classmethod
    def named(cls, name: str) -> Self:
        """Raises ValueError (E688) for what is no month."""
        if not re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])", name):
            raise ValueError(f"E688: {name!r} is not a month; write it as in 2026-03")
        return cls(date.fromisoformat(f"{name}-01"))

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """The month in which a moment lies."""
        return cls(moment.astimezone(CHINA).date().replace(day=1))

    @property
    def name(self) -> str:
        """As in 2026-03."""
        return f"{self.first:%Y-%m}"

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), CHINA)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        year, month = divmod(self.first.year * 12 + self.first.month, 12)
        return datetime.combine(date(year, month + 1, 1), time(), CHINA)
