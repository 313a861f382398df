"""What may have drifted: factors and sources that fell silent, and shares that are not what they were a month ago.

A change here says that somebody should look, not what it is: people may write of other things, a source may have gone,
or the models may no longer fit how they write. Where texts are too few for either, it cannot be told.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from index import SearchIndex
from index.days import BEIJING
from models.taxonomy import taxonomy
from pipeline.drift.counts import BREAKDOWNS, HEADS, Breakdown, Head, Span, by_value, span, values

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


@dataclass(frozen=True)
class Shift:
    """A share this month against last month; None where the month has too few texts. ``moved`` None: cannot tell."""

    head: Head
    before: float | None
    now: float | None
    moved: bool | None

    def line(self, few: bool, of: str = "") -> str:
        """Both shares in words, or that too few people stand behind one of them to state it."""
        of = f" of {of}" if of else ""
        if few:
            return f"{self.head}{of}: moved since last month; too few people stand behind it to say how far"
        return f"{self.head}{of}: {self.before or 0:.0%} last month, {self.now or 0:.0%} now"


@dataclass(frozen=True)
class Drift:
    """What the index tells: texts of the two months, silent factors and sources, and shares. None: cannot tell."""

    months: tuple[date, date]
    """First days of last month and of this."""
    counts: tuple[Span, Span]
    """What the shares are made of. Raw: they pass k-anonymity before anyone reads them."""
    silent: tuple[str, ...] | None
    sources: tuple[str, ...] | None
    """Sources of which no recent text came at all: gone, closed to us, or of a layout that matches nothing any more."""
    shifts: tuple[Shift, ...]
    by: Mapping[Breakdown, Mapping[str, tuple[Shift, ...]]]
    """The same shares among the texts of each kind of source, and of each genre."""

    def few(self, head: Head, k: int, breakdown: Breakdown | None = None, value: str = "") -> tuple[bool, bool]:
        """For each month, whether fewer than k people may stand behind a share, or behind what is left (P-06)."""
        was, is_ = (
            one.parts[head].of(breakdown, value).few_beside(one.whole.of(breakdown, value), k) for one in self.counts
        )
        return was, is_

    def warnings(self, k: int) -> tuple[str, ...]:
        """What somebody should look at, one line each: codes, names of sources, and shares of k people or more.

        Genres are left out: most of them are one kind of source each, and everything would be told twice.
        """
        return (
            *(f"{code}: no text for {SILENT_WEEKS} weeks" for code in self.silent or ()),
            *(f"source {name}: nothing for {SILENT_WEEKS} weeks" for name in self.sources or ()),
            *(one.line(any(self.few(one.head, k))) for one in self.shifts if one.moved),
            *(
                one.line(any(self.few(one.head, k, "source_kind", kind)), kind)
                for kind, shifts in self.by["source_kind"].items()
                for one in shifts
                if one.moved
            ),
        )

    @property
    def compared(self) -> int:
        """How many shares there are in :meth:`warnings`, those among them that cannot be told."""
        return len(self.shifts) * (1 + len(self.by["source_kind"]))


def drift(index: SearchIndex, project_ids: tuple[str, ...], now: datetime) -> Drift:
    """Counts at the moment ``now``; sealed texts are in no index and so in no count (P-14). Raises SearchError."""
    today = now.astimezone(BEIJING).date()
    this = today.replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    split = today - timedelta(weeks=SILENT_WEEKS)
    recent, before = (split, today), (split - timedelta(weeks=BEFORE_WEEKS), split - timedelta(days=1))
    was = span(index, last, this - timedelta(days=1), project_ids)
    is_ = span(index, this, today, project_ids)
    return Drift(
        (last, this),
        (was, is_),
        silent(*by_value(index, "factors", *before), *by_value(index, "factors", *recent)),
        silent_sources(by_value(index, "source", *before)[0], by_value(index, "source", *recent)[0]),
        _shifts(was, is_),
        {
            breakdown: {value: _shifts(was, is_, breakdown, value) for value in values((was, is_), breakdown)}
            for breakdown in BREAKDOWNS
        },
    )


def _shifts(was: Span, is_: Span, breakdown: Breakdown | None = None, value: str = "") -> tuple[Shift, ...]:
    """The share of every head, among all texts or among those with a value of a breakdown."""

    def counts(one: Span, head: Head) -> tuple[int, int]:
        part, whole = one.parts[head].of(breakdown, value), one.whole.of(breakdown, value)
        return part.documents, whole.documents

    return tuple(shift(head, counts(was, head), counts(is_, head)) for head in HEADS)


def silent_sources(before: Mapping[str, int], recent: Mapping[str, int]) -> tuple[str, ...] | None:
    """Sources without any recent text of which, by their own pace before, five were due; None where all is silent.

    Unlike factors, sources do not share a whole: when every one of them is silent, it is the collection that stands.
    """
    if not sum(recent.values()):
        return None
    due = SILENT_WEEKS / BEFORE_WEEKS
    return tuple(sorted(name for name, texts in before.items() if not recent.get(name) and texts * due >= DUE))


def silent(
    before: Mapping[str, int], texts_before: int, recent: Mapping[str, int], texts: int
) -> tuple[str, ...] | None:
    """Factors that no recent text carries though, by their share before, five were due; None with too few texts."""
    if min(texts_before, texts) < ENOUGH:
        return None
    shown = (code for code, factor in taxonomy().factors.items() if not factor.confidential)
    return tuple(code for code in shown if not recent.get(code) and before.get(code, 0) * texts / texts_before >= DUE)


def shift(head: Head, before: tuple[int, int], now: tuple[int, int]) -> Shift:
    """A share of (part, whole) against another; moved where the difference is large and chance does not explain it."""
    shares = [part / whole if whole >= ENOUGH else None for part, whole in (before, now)]
    first, second = shares
    if first is None or second is None:
        return Shift(head, first, second, None)
    pooled = (before[0] + now[0]) / (before[1] + now[1])
    error = math.sqrt(pooled * (1 - pooled) * (1 / before[1] + 1 / now[1]))
    difference = abs(first - second)
    return Shift(head, first, second, difference >= LARGE and difference > SURE * error)
