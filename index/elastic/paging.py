"""Which hits a page shows: after the cursor, in an order that writes do not disturb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from index.base import Search
from index.cursor import Cursor
from index.elastic.documents import unpack
from index.elastic.searching import Searcher
from index.entry import IndexEntry
from index.errors import IndexUnusable, QueryError
from index.values import HASH_BITS

DEEPEST: Final = 10_000
"""Hits that can be paged through by relevance; time order has no bound."""
_TAIL: Final = 2**HASH_BITS - 1


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with the cursor that continues after it."""

    entry: IndexEntry
    score: float | None
    cursor: Cursor


def by_time(search: Search, after: Cursor | None) -> dict[str, Any]:
    """The order and place of a page in time: the second, then the hash of the id, then the id."""
    field, way = ("oldest", "asc") if search.sort == "oldest" else ("newest", "desc")
    asked: dict[str, Any] = {"sort": [{field: way}, {"tail": way}, {"id": "asc"}]}
    if after is not None:
        asked["search_after"] = [after.key >> HASH_BITS, after.key & _TAIL, after.id]
    return asked


def by_relevance(search: Search, after: Cursor | None) -> dict[str, Any]:
    """The order and place of a page in a ranking. Raises QueryError beyond the 10,000th hit."""
    if after is not None and after.rank + search.size + 1 > DEEPEST:
        raise QueryError(f"a ranking ends after {DEEPEST} hits: narrow the search, or order it by time")
    asked: dict[str, Any] = {"sort": [{"_score": "desc"}, {"id": "asc"}], "search_type": "dfs_query_then_fetch"}
    if after is not None:
        asked["search_after"] = [after.score, after.id]
    return asked


def place_now(searcher: Searcher, snapshot: str, query: Mapping[str, Any], after: Cursor) -> Cursor:
    """Where a ranking goes on in another state of the index: after the same document, whatever its score is there."""
    same = {"bool": {"must": [query], "filter": [{"term": {"id": after.id}}]}}
    hits = searcher.ask(snapshot=snapshot, query=same, size=1, source=False, search_type="dfs_query_then_fetch")
    scores = [float(hit["_score"]) for hit in hits["hits"]["hits"]]
    return Cursor(after.key, after.id, after.rank, scores[0] if scores else after.score, snapshot)


def found_by_time(hit: Mapping[str, Any]) -> Found:
    """A hit of a time order."""
    second, tail, document_id = hit["sort"][:3]  # in a held state the shard follows
    return Found(entry_of(hit), None, Cursor(int(second) << HASH_BITS | int(tail), str(document_id)))


def found_by_relevance(hit: Mapping[str, Any], rank: int, snapshot: str) -> Found:
    """A hit of a ranking held in a state of the index."""
    score, document_id = hit["sort"][:2]  # in a held state the shard follows
    return Found(entry_of(hit), float(score), Cursor(0, str(document_id), rank, float(score), snapshot))


def entry_of(hit: Mapping[str, Any]) -> IndexEntry:
    """The stored document of a hit. Raises IndexUnusable when it cannot be read back."""
    try:
        return unpack(hit["_source"])
    except (KeyError, ValueError, TypeError) as error:
        raise IndexUnusable(str(hit["_index"]), f"{hit['_id']} cannot be read back ({error})") from error
