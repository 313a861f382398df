"""Which hits a page shows: after the cursor, in an order that writes do not disturb."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Final

import tantivy
from tantivy import FieldType, Occur, Order

from index.cursor import Cursor
from index.embedded.reader import Snapshot, counted
from index.embedded.schema import schema
from index.entry import IndexEntry
from index.errors import QueryError

DEEPEST: Final = 10_000
"""Hits that can be paged through by relevance; time order has no bound."""
_DRIFT: Final = 100
"""Places that a ranking may shift between two pages when the state of the first page is no longer open."""


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with the cursor that continues after it."""

    entry: IndexEntry
    score: float | None
    cursor: Cursor


def by_time(
    snapshot: Snapshot, query: tantivy.Query, *, newest: bool, size: int, after: Cursor | None
) -> tuple[list[Found], int]:
    """Up to ``size`` hits in time order (to the second, then by a fixed order of ids), and how many there are in all.

    Undated ones come last. The first page is found and counted in one pass.
    """
    field, order = ("newest", Order.Desc) if newest else ("oldest", Order.Asc)
    total = None
    if after is not None:
        total = snapshot.total(query)
        low, high = (None, after.key) if newest else (after.key, None)
        beyond = tantivy.Query.range_query(schema(), field, FieldType.Unsigned, low, high)
        query = tantivy.Query.boolean_query([(Occur.Must, query), (Occur.Must, beyond)])
    limit = size + 2
    while True:
        answer = snapshot.searcher.search(query, limit, count=total is None, order_by_field=field, order=order)
        hits, total = answer.hits, counted(answer) if total is None else total
        found = _in_order(snapshot, hits, complete=len(hits) < limit, after=after, size=size)
        if len(found) >= size or len(hits) < limit:
            return found[:size], total
        limit *= 2


def _in_order(
    snapshot: Snapshot, hits: list[tuple[int, tantivy.DocAddress]], *, complete: bool, after: Cursor | None, size: int
) -> list[Found]:
    """Hits with equal keys ordered by id; a last group that the limit may have cut is left out."""
    found: list[Found] = []
    for key, group in groupby(hits, key=lambda hit: hit[0]):
        if len(found) >= size or (not complete and key == hits[-1][0]):
            break
        entries = sorted((snapshot.entry(address) for _, address in group), key=lambda entry: entry.id)
        found.extend(
            Found(entry, None, Cursor(key, entry.id))
            for entry in entries
            if after is None or key != after.key or entry.id > after.id
        )
    return found


def by_relevance(
    snapshot: Snapshot, query: tantivy.Query, *, size: int, after: Cursor | None
) -> tuple[list[Found], int]:
    """Up to ``size`` hits, best first, after the cursor's hit, and how many there are in all.

    The first page is found and counted in one pass. Raises QueryError beyond the 10,000th.
    """
    if after is not None and after.rank + size > DEEPEST:
        raise QueryError(f"a ranking ends after {DEEPEST} hits: narrow the search, or order it by time")
    start = 0 if after is None else after.rank
    if after is not None and after.snapshot != snapshot.name:
        start = _place_now(snapshot, query, after)
    answer = snapshot.searcher.search(query, size, count=after is None, offset=start)
    addresses = [address for _, address in answer.hits]
    keys = snapshot.searcher.fast_field_values("newest", addresses) if addresses else []
    found = []
    for rank, ((score, address), key) in enumerate(zip(answer.hits, keys, strict=True), start=start + 1):
        entry = snapshot.entry(address)
        found.append(Found(entry, score, Cursor(int(key or 0), entry.id, rank, score, snapshot.name)))
    return found, counted(answer) if after is None else snapshot.total(query)


def _place_now(snapshot: Snapshot, query: tantivy.Query, after: Cursor) -> int:
    """Where the ranking goes on in a newer state of the index: after the same hit, or after its score if it is gone."""
    hits = snapshot.searcher.search(query, after.rank + _DRIFT, count=False).hits
    keys = snapshot.searcher.fast_field_values("newest", [address for _, address in hits]) if hits else []
    for place, key in enumerate(keys):
        if key == after.key and snapshot.entry(hits[place][1]).id == after.id:
            return place + 1
    return sum(1 for score, _ in hits if score > after.score)
