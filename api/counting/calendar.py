"""Counts of days, weeks and months that cannot be set off against each other, whichever of them are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal, TypeAlias

import numpy as np

from api.counting.apart import Apart, tables
from api.counting.cells import Grouped, Grouping, counted, part, whole
from api.policy.suppression import Figure, figure, suppress
from pipeline.ledger import UNDATED as NO_DAY
from pipeline.ledger import Crowd

Interval = Literal["day", "week", "month"]
UNDATED: Final = "undated"


Path: TypeAlias = tuple[str, ...]
"""The keys of cells from the top of a tree down."""


class Tree:
    """One suppressed tree of cells. An empty cell beside cells that go unnamed is as unnamed as they are.

    It says "0 or more", as do all cells where the total may not be told.
    """

    def __init__(self, crowd: Crowd, by: Grouping, k: int, *, told: bool = True, apart: Sequence[Apart] = ()) -> None:
        table = counted(crowd, by)
        shown = suppress(whole(crowd), table, k, told=told, apart=tables(apart, by, k))
        self._total = shown.total
        self._shown = shown.cells
        self._unnamed = {cell.key for cell in table} - shown.cells.keys()
        self._around_unnamed = {cell.parent for cell in table if cell.key in self._unnamed}

    def figure(self, path: Path) -> Figure:
        """The number at the end of the path, as it may be shown."""
        if self._total.form != "exact":
            return Figure("at_least", 0) if self._total.form == "at_least" else self._total
        above: str | None = None
        for key in path:
            if key in self._unnamed:
                return Figure("at_least", 0)
            if key not in self._shown:
                return Figure("at_least", 0) if above in self._around_unnamed else Figure("exact", 0)
            above = key
        return self._shown[path[-1]]


class Calendar:
    """One tree is suppressed, always the same: months, the parts of weeks in them, days; and what has no date.

    A week shows its number when its parts may show theirs.
    """

    def __init__(self, crowd: Crowd, k: int, *, told: bool = True, apart: Sequence[Apart] = ()) -> None:
        self._crowd, self._k = crowd, k
        self._tree = Tree(crowd, _periods, k, told=told, apart=apart)

    def count(self, first: date, interval: Interval) -> Figure:
        """The documents of the period that begins with this day."""
        if interval == "day":
            return self._tree.figure(_path(first))
        if interval == "month":
            return self._tree.figure(_path(first)[:1])
        parts = {_path(day)[:2]: day for day in (first, first + timedelta(days=6))}
        figures = [self._tree.figure(path) for path in sorted(parts)]
        known = sum(figure.number for figure in figures if figure.form == "exact")
        if all(figure.form == "exact" for figure in figures):
            return Figure("exact", known)
        if len(figures) == 1:
            return figures[0]
        if Figure("at_least", 0) in figures:
            return Figure("at_least", known)
        days = self._crowd.days
        within = np.flatnonzero((days >= first.toordinal()) & (days < first.toordinal() + 7))
        known_apart = figure(part(self._crowd, "", within), self._k).form == "exact"
        return Figure("at_least" if known_apart else "less_than", self._k)

    def undated(self) -> Figure:
        """The documents without a date."""
        return self._tree.figure((UNDATED,))


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


def _periods(crowd: Crowd) -> Grouped:
    """Months, the parts of weeks in them, days; what has no date beside the months."""
    ordinals, place_in = np.unique(crowd.days, return_inverse=True)
    keys: dict[str, int] = {}
    parents: list[str | None] = []
    paths = []
    for ordinal in ordinals.tolist():
        above: str | None = None
        path = (UNDATED,) if ordinal == NO_DAY else _path(date.fromordinal(ordinal))
        for key in path:
            if key not in keys:
                keys[key] = len(keys)
                parents.append(above)
            above = key
        paths.append([keys[key] for key in (*path, *path[:1] * (3 - len(path)))])
    groups = np.array(paths, np.int64).reshape(-1, 3)[place_in]
    places = np.arange(len(crowd))
    dated = crowd.days != NO_DAY
    return Grouped(
        list(keys), parents, np.concatenate([groups[:, 0], *(groups[dated, level] for level in (1, 2))]),
        np.concatenate([places, places[dated], places[dated]]),
    )  # fmt: skip


@lru_cache(maxsize=50_000)
def _path(day: date) -> tuple[str, str, str]:
    """Month, part of a week in it, day."""
    month = f"{day:%Y-%m}"
    return month, f"{month} {first_day(day, 'week')}", day.isoformat()
