"""What may have drifted: factors and sources that fell silent, and shares that are not what they were a month ago.

A change here says that somebody should look, not what it is: people may write of other things, a source may have gone,
or the models may no longer fit how they write. Where texts are too few for either, it cannot be told.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal, TypeAlias

from index import Between, Search, SearchIndex
from index.base import Filter
from index.days import BEIJING, day_start
from models.taxonomy import taxonomy

ENOUGH: Final = 100
"""Texts of a period from which on a share is stated."""
SILENT_WEEKS: Final = 8
BEFORE_WEEKS: Final = 26
DUE: Final = 5.0
"""Texts of a factor that were to be expected; none at all then comes about by chance once in 150 times."""
SURE: Final = 2.58
"""Standard errors between two shares that chance exceeds once in 100 times."""
LARGE: Final = 0.05
"""Least difference of shares that is worth a look, however sure it is."""
Kind: TypeAlias = Literal["grievance", "no_project"]


@dataclass(frozen=True)
class Shift:
    """A share this month against last month; None where the month has too few texts. ``moved`` None: cannot tell."""

    kind: Kind
    before: float | None
    now: float | None
    moved: bool | None
    source_kind: str | None = None
    """The kind of source whose texts these are; None: all of them."""

    def line(self) -> str:
        """Both shares in words."""
        of = f" of {self.source_kind}" if self.source_kind else ""
        return f"{self.kind}{of}: {self.before or 0:.0%} last month, {self.now or 0:.0%} now"


@dataclass(frozen=True)
class Drift:
    """What the index tells: texts of the two months, silent factors and sources, and shares. None: cannot tell."""

    months: tuple[date, date]
    """First days of last month and of this."""
    silent: tuple[str, ...] | None
    shifts: tuple[Shift, ...]
    sources: tuple[str, ...] | None = None
    """Sources of which no recent text came at all: gone, closed to us, or of a layout that matches nothing any more."""
    by_kind: tuple[Shift, ...] = ()
    """The share of complaints among the texts of each kind of source."""

    def warnings(self) -> tuple[str, ...]:
        """What somebody should look at, one line each: codes, names of sources and shares."""
        return (
            *(f"{code}: no text for {SILENT_WEEKS} weeks" for code in self.silent or ()),
            *(f"source {name}: nothing for {SILENT_WEEKS} weeks" for name in self.sources or ()),
            *(one.line() for one in (*self.shifts, *self.by_kind) if one.moved),
        )


def drift(index: SearchIndex, project_ids: tuple[str, ...], now: datetime) -> Drift:
    """Counts at the moment ``now``; sealed texts are in no index and so in no count (P-14). Raises SearchError."""
    today = now.astimezone(BEIJING).date()
    this = today.replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    split = today - timedelta(weeks=SILENT_WEEKS)
    recent = _factors(index, split, today)
    before = _factors(index, split - timedelta(weeks=BEFORE_WEEKS), split - timedelta(days=1))
    heard = _counted(index, "source", split, today)
    heard_before = _counted(index, "source", split - timedelta(weeks=BEFORE_WEEKS), split - timedelta(days=1))
    months = [(last, this - timedelta(days=1)), (this, today)]
    totals = [_count(index, *month) for month in months]
    parts: dict[Kind, list[int]] = {
        "grievance": [_count(index, *month, is_grievance=True) for month in months],
        "no_project": [
            total - (_count(index, *month, project_ids=project_ids) if project_ids else 0)
            for total, month in zip(totals, months, strict=True)
        ],
    }
    return Drift(
        (last, this),
        silent(*before, *recent),
        tuple(shift(kind, (counts[0], totals[0]), (counts[1], totals[1])) for kind, counts in parts.items()),
        silent_sources(heard_before, heard),
        _by_kind(index, months),
    )


def silent_sources(before: Mapping[str, int], recent: Mapping[str, int]) -> tuple[str, ...] | None:
    """Sources without any recent text of which, by their own pace before, five were due; None where all is silent.

    Unlike factors, sources do not share a whole: when every one of them is silent, it is the collection that stands.
    """
    if not sum(recent.values()):
        return None
    due = SILENT_WEEKS / BEFORE_WEEKS
    return tuple(sorted(name for name, texts in before.items() if not recent.get(name) and texts * due >= DUE))


def _by_kind(index: SearchIndex, months: Sequence[tuple[date, date]]) -> tuple[Shift, ...]:
    """Complaints among the texts of each kind of source, last month against this."""
    every = [_counted(index, "source_kind", *month) for month in months]
    complaints = [_counted(index, "source_kind", *month, is_grievance=True) for month in months]
    kinds = sorted({kind for counts in every for kind in counts})
    return tuple(
        replace(
            shift("grievance", *((complaints[at].get(kind, 0), every[at].get(kind, 0)) for at in (0, 1))),
            source_kind=kind,
        )
        for kind in kinds
    )


def silent(
    before: Mapping[str, int], texts_before: int, recent: Mapping[str, int], texts: int
) -> tuple[str, ...] | None:
    """Factors that no recent text carries though, by their share before, five were due; None with too few texts."""
    if min(texts_before, texts) < ENOUGH:
        return None
    shown = (code for code, factor in taxonomy().factors.items() if not factor.confidential)
    return tuple(code for code in shown if not recent.get(code) and before.get(code, 0) * texts / texts_before >= DUE)


def shift(kind: Kind, before: tuple[int, int], now: tuple[int, int]) -> Shift:
    """A share of (part, whole) against another; moved where the difference is large and chance does not explain it."""
    shares = [part / whole if whole >= ENOUGH else None for part, whole in (before, now)]
    first, second = shares
    if first is None or second is None:
        return Shift(kind, first, second, None)
    pooled = (before[0] + now[0]) / (before[1] + now[1])
    error = math.sqrt(pooled * (1 - pooled) * (1 / before[1] + 1 / now[1]))
    difference = abs(first - second)
    return Shift(kind, first, second, difference >= LARGE and difference > SURE * error)


def _within(since: date, through: date) -> Between:
    return Between(ge=day_start(since), lt=day_start(through + timedelta(days=1)))


def _count(index: SearchIndex, since: date, through: date, **more: Filter) -> int:
    return index.search(Search(filters={"published_at": _within(since, through), **more}, size=0)).total


def _counted(index: SearchIndex, field: str, since: date, through: date, **more: Filter) -> dict[str, int]:
    """Texts by value of a field, of days from the first through the last."""
    within: dict[str, Filter] = {"published_at": _within(since, through), **more}
    return {
        b.value: b.documents for b in index.search(Search(filters=within, size=0, facets={field: 1000})).facets[field]
    }


def _factors(index: SearchIndex, since: date, through: date) -> tuple[dict[str, int], int]:
    """Texts by factor, and all texts, of days from the first through the last."""
    page = index.search(Search(filters={"published_at": _within(since, through)}, size=0, facets={"factors": 1000}))
    return {bucket.value: bucket.documents for bucket in page.facets["factors"]}, page.total
