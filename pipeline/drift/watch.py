"""What may have drifted: factors that fell silent, and shares that are not what they were a month ago.

A change here says that somebody should look, not what it is: people may write of other things, a source may have gone,
or the models may no longer fit how they write. Where texts are too few for either, it cannot be told.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Drift:
    """What the index tells: texts read in the two months, silent factors, and shares. ``silent`` None: cannot tell."""

    months: tuple[date, date]
    """First days of last month and of this."""
    silent: tuple[str, ...] | None
    shifts: tuple[Shift, ...]


def drift(index: SearchIndex, project_ids: tuple[str, ...], now: datetime) -> Drift:
    """Counts at the moment ``now``; sealed texts are in no index and so in no count (P-14). Raises SearchError."""
    today = now.astimezone(BEIJING).date()
    this = today.replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    split = today - timedelta(weeks=SILENT_WEEKS)
    recent = _factors(index, split, today)
    before = _factors(index, split - timedelta(weeks=BEFORE_WEEKS), split - timedelta(days=1))
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


def _factors(index: SearchIndex, since: date, through: date) -> tuple[dict[str, int], int]:
    """Texts by factor, and all texts, of days from the first through the last."""
    page = index.search(Search(filters={"published_at": _within(since, through)}, size=0, facets={"factors": 1000}))
    return {bucket.value: bucket.documents for bucket in page.facets["factors"]}, page.total
