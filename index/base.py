"""What every search engine behind Minyi does, and the values that go in and come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, Protocol, TypeAlias

from index.entry import Change, IndexEntry
from index.errors import QueryError
from index.fields import field_named
from index.query import All, And, Query, Range, Term
from index.states import States

MAX_SIZE: Final = 1000
"""Hits on one page."""
MAX_FACET: Final = 10_000
"""Values of one facet."""
Order: TypeAlias = Literal["relevance", "newest", "oldest"]
Interval: TypeAlias = Literal["day", "week", "month"]
Value: TypeAlias = str | bool | int


@dataclass(frozen=True, slots=True)
class Between:
    """Bounds of a filter on a number or a time: ``ge``, ``gt`` below, ``le``, ``lt`` above."""

    ge: int | datetime | None = None
    gt: int | datetime | None = None
    le: int | datetime | None = None
    lt: int | datetime | None = None


Filter: TypeAlias = Value | tuple[Value, ...] | Between


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One question: what to find, how to order it, which page of it, and what to count beside it.

    ``filters`` narrow without scoring: any of the values, all of the fields. ``facets`` names fields and how many of
    their values to return. ``origins`` counts distinct origins (near-duplicates are one) beside documents. Without
    anything to score (filters alone), ``relevance`` is ``newest``. Raises QueryError for what cannot be asked.
    """

    query: Query = field(default_factory=All)
    filters: Mapping[str, Filter] = field(default_factory=dict)
    sort: Order = "relevance"
    size: int = 20
    after: str | None = None
    facets: Mapping[str, int] = field(default_factory=dict)
    histogram: Interval | None = None
    origins: bool = False
    highlight: bool = False

    def __post_init__(self) -> None:
        if self.sort not in ("relevance", "newest", "oldest"):
            raise QueryError(f"no order {self.sort!r}", expected="relevance, newest or oldest")
        if self.histogram not in (None, "day", "week", "month"):
            raise QueryError(f"no interval {self.histogram!r}", expected="day, week or month")
        if not 0 <= self.size <= MAX_SIZE:
            raise QueryError(f"a page has 0 to {MAX_SIZE} hits, not {self.size}")
        for name, limit in self.facets.items():
            if not field_named(name).facet:
                raise QueryError(f"documents are not counted by {name}")
            if not 0 < limit <= MAX_FACET:
                raise QueryError(f"a facet has 1 to {MAX_FACET} values, not {limit}")
        self.narrowed()

    def narrowed(self) -> Query:
        """The query and its filters as one tree."""
        parts = [_filter(name, value) for name, value in sorted(self.filters.items())]
        return And((self.query, *parts)) if parts else self.query


def _filter(name: str, value: Filter) -> Query:
    if isinstance(value, Between):
        return Range(name, ge=value.ge, gt=value.gt, le=value.le, lt=value.lt)
    values = value if isinstance(value, tuple) else (value,)
    if not values:
        raise QueryError(f"the filter on {name} has no value")
    return Term(name, values)


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found; ``highlights`` are half-open spans of code points in ``text``."""

    entry: IndexEntry
    score: float | None = None
    highlights: tuple[tuple[int, int], ...] = ()

    @property
    def id(self) -> str:
        """Document id."""
        return self.entry.id

    @property
    def title(self) -> str:
        """Redacted title."""
        return self.entry.title

    @property
    def text(self) -> str:
        """Title, a line feed, body."""
        return self.entry.text

    @property
    def published_at(self) -> datetime | None:
        """When it was published, in UTC."""
        return self.entry.published_at


@dataclass(frozen=True, slots=True)
class Bucket:
    """A value (of a histogram: the first day, YYYY-MM-DD, in Asia/Shanghai) with the documents that have it.

    ``origins`` is the number of distinct origins among them, None when the search did not ask.
    """

    value: str
    documents: int
    origins: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer; ``total`` is exact. The counts are raw: they pass k-anonymity before anyone reads them.

    The histogram leaves out what is empty and what has no date. ``next_cursor`` is None on the last page.
    """

    total: int
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, tuple[Bucket, ...]] = field(default_factory=dict)
    histogram: tuple[Bucket, ...] = ()
    origins: int | None = None
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """What an examination of the index found; it is sound when ``problems`` is empty."""

    engine: str
    documents: int
    last_sequence: int
    bytes: int
    problems: tuple[str, ...] = ()


class SearchIndex(Protocol):
    """A search engine with Minyi's documents in it: one process writes, any number read."""

    def write(self, changes: Iterable[Change]) -> int:
        """Takes in states and deletions, durable and visible from the next :meth:`commit` on; returns how many won.

        A change whose sequence is not above the known one of its document is ignored. Raises IndexBusy.
        """

    def delete(self, ids: Iterable[str]) -> int:
        """Removes documents until a newer state of them is written; returns how many were there."""

    def commit(self) -> None:
        """Makes everything written so far durable, and visible to every reader's next search."""

    def vacuum(self) -> bool:
        """Makes what was deleted or replaced leave the disk too, and earlier versions of the index with it (P-12).

        Whether nothing is left; if not, it is to be asked again later. Time grows with what lies beside the deleted,
        up to that of a rebuild. Raises IndexBusy.
        """

    def search(self, search: Search) -> Page:
        """Answers one question. Raises QueryError, CursorError or IndexUnusable."""

    def count(self, query: Query) -> int:
        """How many documents the query finds."""

    def get(self, ids: Iterable[str]) -> dict[str, IndexEntry]:
        """The documents with these ids, as far as they are there."""

    def states(self, query: Query) -> States:
        """Everything that the query finds, as numbers: what k-anonymity counts voices over."""

    def members(self, query: Query, field: str) -> Iterator[tuple[str, str]]:
        """Every (value, document id) of a field among what the query finds; reads every document."""

    def last_sequence(self) -> int:
        """The highest sequence that a commit made durable; 0 when empty. The outbox goes on from here."""

    def verify(self) -> Health:
        """Examines the index to the last byte it can; does not raise for damage, but reports it."""

    def release(self) -> None:
        """Lets the next writer come, while questions go on; what was written is to be committed before."""

    def close(self) -> None:
        """Commits what was written and lets go of the index; the next writer may come."""
