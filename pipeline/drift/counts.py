"""What the index counts for drift: texts of a span of days by what was read of them, by kind of source and by genre."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias, get_args

from index import Between, Search, SearchIndex
from index.base import Filter
from index.days import day_start
from index.query import All, Or, Query, Term

Breakdown: TypeAlias = Literal["source_kind", "genre"]
Head: TypeAlias = Literal["grievance", "negative", "escalated", "no_project"]
BREAKDOWNS: Final[tuple[Breakdown, ...]] = get_args(Breakdown)
HEADS: Final[tuple[Head, ...]] = get_args(Head)
"""What the models say of a text and a share is made of: a complaint, negative, a cue of escalation, of no project."""
AT_ONCE: Final = 1000
_FOUND: Final[Mapping[Head, Mapping[str, Filter]]] = {
    "grievance": {"is_grievance": True},
    "negative": {"attitude": "negative"},
    "escalated": {"escalation": Between(ge=1)},
}


@dataclass(frozen=True, slots=True)
class Texts:
    """How many texts, and how many of them are first copies: at least so many origins do they have."""

    documents: int = 0
    firsts: int = 0

    def __sub__(self, part: Texts) -> Texts:
        return Texts(self.documents - part.documents, self.firsts - part.firsts)

    def few_beside(self, whole: Texts, k: int) -> bool:
        """Whether these, or the rest of the whole, are of fewer than k origins; nobody at all is nobody's secret."""
        return any(one.documents and one.firsts < k for one in (self, whole - self))


@dataclass(frozen=True)
class Counted:
    """Texts in all, and by value of each breakdown."""

    total: Texts = field(default_factory=Texts)
    by: Mapping[Breakdown, Mapping[str, Texts]] = field(default_factory=dict)

    def of(self, breakdown: Breakdown | None = None, value: str = "") -> Texts:
        """Texts with a value of a breakdown; without one all of them."""
        return self.by.get(breakdown, {}).get(value, Texts()) if breakdown else self.total


@dataclass(frozen=True)
class Span:
    """Texts of some days: all, and those of which each head says what its share is made of."""

    whole: Counted
    parts: Mapping[Head, Counted]


def span(index: SearchIndex, since: date, through: date, project_ids: tuple[str, ...]) -> Span:
    """Counts of days from the first through the last. Raises SearchError."""
    whole = _counted(index, since, through, All())
    parts = {head: _counted(index, since, through, All(), **found) for head, found in _FOUND.items()}
    linked = _counted(index, since, through, _of_any(project_ids)) if project_ids else Counted()
    rest = {
        breakdown: {value: texts - linked.of(breakdown, value) for value, texts in values.items()}
        for breakdown, values in whole.by.items()
    }
    return Span(whole, {**parts, "no_project": Counted(whole.total - linked.total, rest)})


def by_value(index: SearchIndex, name: str, since: date, through: date) -> tuple[dict[str, int], int]:
    """Texts by value of a field, and all texts, of days from the first through the last. Raises SearchError."""
    page = index.search(Search(filters={"published_at": _within(since, through)}, size=0, facets={name: 1000}))
    return {bucket.value: bucket.documents for bucket in page.facets[name]}, page.total


def _of_any(project_ids: Sequence[str]) -> Query:
    """Texts of any project; a term takes a thousand values."""
    terms = [Term("project_ids", tuple(project_ids[at : at + AT_ONCE])) for at in range(0, len(project_ids), AT_ONCE)]
    return terms[0] if len(terms) == 1 else Or(tuple(terms))


def _counted(index: SearchIndex, since: date, through: date, query: Query, /, **more: Filter) -> Counted:
    filters: dict[str, Filter] = {"published_at": _within(since, through), **more}
    facets: dict[str, int] = dict.fromkeys(BREAKDOWNS, 1000)
    every, firsts = (
        index.search(Search(query=query, filters=filters | only, size=0, facets=facets))
        for only in ({}, {"is_origin": True})  # distinct origins would be walked through one by one
    )
    by: dict[Breakdown, Mapping[str, Texts]] = {}
    for breakdown in BREAKDOWNS:
        first = {bucket.value: bucket.documents for bucket in firsts.facets[breakdown]}
        by[breakdown] = {
            bucket.value: Texts(bucket.documents, first.get(bucket.value, 0)) for bucket in every.facets[breakdown]
        }
    return Counted(Texts(every.total, firsts.total), by)


def values(spans: Sequence[Span], breakdown: Breakdown) -> list[str]:
    """All values that a breakdown has in these spans, in order; texts without one are in no row."""
    return sorted({value for one in spans for value in one.whole.by.get(breakdown, {}) if value})


def _within(since: date, through: date) -> Between:
    return Between(ge=day_start(since), lt=day_start(through + timedelta(days=1)))
