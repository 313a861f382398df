"""Counts of days, weeks and months that cannot be set off against each other, whichever of them are asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final, Literal

from api.counting.cells import cell_of
from api.policy.suppression import Figure, enough, suppress
from pipeline.store import Hearing

Interval = Literal["day", "week", "month"]
UNDATED: Final = "undated"


class Calendar:
    """One tree is suppressed, always the same: months, the parts of weeks in them, days; and what has no date.

    A week shows its number when its parts may show theirs. An empty period beside periods that go unnamed is as
    unnamed as they are: it says "0 or more".
    """

    def __init__(self, days: Mapping[date, set[str]], hearing: Hearing, k: int) -> None:
        self._hearing = hearing
        self._k = k
        self._days = days
        groups: dict[tuple[str, str | None], set[str]] = defaultdict(set)
        for day, found in days.items():
            above: str | None = None
            for key in _path(day):
                groups[key, above] |= found
                above = key
        undated = set(hearing.ids).difference(*days.values())
        if undated:
            groups[UNDATED, None] = undated
        cells = [cell_of(hearing, key, found, parent) for (key, parent), found in groups.items()]
        shown = suppress(cell_of(hearing, "", hearing.ids), cells, k)
        self._total = shown.total
        self._shown = shown.cells
        self._unnamed = {cell.key for cell in cells} - shown.cells.keys()
        self._around_unnamed = {cell.parent for cell in cells if cell.key in self._unnamed}

    def count(self, first: date, interval: Interval) -> Figure:
        """The documents of the period that begins with this day."""
        if interval == "day":
            return self._figure(_path(first))
        if interval == "month":
            return self._figure(_path(first)[:1])
        parts = {_path(day)[:2]: day for day in (first, first + timedelta(days=6))}
        figures = [self._figure(path) for path in sorted(parts)]
        known = sum(figure.number for figure in figures if figure.form == "exact")
        if all(figure.form == "exact" for figure in figures):
            return Figure("exact", known)
        if len(figures) == 1:
            return figures[0]
        if Figure("at_least", 0) in figures:
            return Figure("at_least", known)
        ids = {one for day in _week(first) for one in self._days.get(day, ())}
        voices = self._hearing.voices(ids)
        known_apart = enough(*voices, self._hearing.origins(ids), self._k)
        return Figure("at_least" if known_apart else "less_than", self._k)

    def undated(self) -> Figure:
        """The documents without a date."""
        return self._figure((UNDATED,))

    def _figure(self, path: tuple[str, ...]) -> Figure:
        if self._total.form != "exact":
            return self._total
        above: str | None = None
        for key in path:
            if key in self._unnamed:
                return Figure("at_least", 0)
            if key not in self._shown:
                return Figure("at_least", 0) if above in self._around_unnamed else Figure("exact", 0)
            above = key
        return self._shown[path[-1]]


def first_day(day: date, interval: Interval) -> date:
    """The first day of the period around a day; weeks begin on Monday."""
    if interval == "week":
        return day - timedelta(days=min(day.weekday(), day.toordinal() - 1))
    return day.replace(day=1) if interval == "month" else day


def last_day(first: date, interval: Interval) -> date:
    """The last day of the period that begins with this one."""
    if interval == "week":
        return first + timedelta(days=6)
    if interval == "month":
        return first_day(first + timedelta(days=31), "month") - timedelta(days=1)
    return first


def _path(day: date) -> tuple[str, str, str]:
    """Month, part of a week in it, day."""
    month = f"{day:%Y-%m}"
    return month, f"{month} {first_day(day, 'week')}", day.isoformat()


def _week(first: date) -> Iterator[date]:
    yield from (first + timedelta(days=number) for number in range(7))
