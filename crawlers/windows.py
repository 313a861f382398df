"""Windows (时间窗): the stretches of time that one crawl reads, on a grid from midnight in Asia/Shanghai."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

BEIJING: Final = ZoneInfo("Asia/Shanghai")
_EPOCH: Final = datetime(2000, 1, 3, tzinfo=BEIJING)
"""A Monday: windows of a week begin on Mondays."""


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A half-open stretch of time ``[since, until)`` of a source; items belong to it by their time of publication."""

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if not self.since < self.until:
            raise ValueError("E157: a window ends after it begins")

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.until

    def id_for(self, source: str) -> str:
        """Where the window begins, as the beginning of its key in the store."""
        return f"{source}:{self.since.astimezone(UTC):%Y%m%d%H%M}"

    def split(self, length: timedelta) -> tuple[Window, ...]:
        """The windows of this length inside; the last may be shorter. None when it is no longer than that itself."""
        return tuple(cells(self.since, self.until, length)) if self.until - self.since > length else ()

    def __str__(self) -> str:
        since, until = self.since.astimezone(BEIJING), self.until.astimezone(BEIJING)
        return f"{since:%Y-%m-%d %H:%M}–{until:%Y-%m-%d %H:%M}"


def cells(since: datetime, until: datetime, length: timedelta) -> Iterator[Window]:
    """The windows of the grid that cover ``[since, until)``, oldest first: the first is whole, the last ends there."""
    begin = cell(since, length)
    while begin < until:
        yield Window(begin, min(begin + length, until))
        begin += length


def cell(moment: datetime, length: timedelta) -> datetime:
    """Where the window of this length begins that holds the moment."""
    return _EPOCH + (moment - _EPOCH) // length * length
