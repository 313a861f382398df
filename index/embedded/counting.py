"""Counts beside the hits: facets, the histogram over Beijing days, distinct origins, all that was found as numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.base import Bucket, Interval
from index.embedded.reader import Snapshot
from index.entry import IndexEntry
from index.states import States, numbers_of

_PAGE: Final = 20_000
_DAYS: Final = 60_000
"""Distinct days a histogram holds: 164 years of daily documents."""


def facets(
    searcher: tantivy.Searcher, query: tantivy.Query, limits: Mapping[str, int], *, origins: bool
) -> dict[str, tuple[Bucket, ...]]:
    """Values by number of documents, then by value; exact."""
    if not limits:
        return {}
    asked = {name: {"terms": {"field": name, "size": 65_000}} for name in limits}
    answer = searcher.aggregate(query, asked)
    result = {}
    for name, limit in limits.items():
        counted = [(_shown(bucket), int(bucket["doc_count"])) for bucket in answer[name]["buckets"]]
        counted.sort(key=lambda pair: (-pair[1], pair[0]))
        distinct = _origins_by(searcher, query, name) if origins else {}
        result[name] = tuple(
            Bucket(value, documents, distinct.get(value, 0) if origins else None)
            for value, documents in counted[:limit]
        )
    return result


def histogram(
    searcher: tantivy.Searcher, query: tantivy.Query, interval: Interval, *, origins: bool
) -> tuple[Bucket, ...]:
    """Documents per day, week (from Monday) or month in Asia/Shanghai, in order, without empty ones."""
    answer = searcher.aggregate(query, {"days": {"terms": {"field": "day", "size": _DAYS}}})
    documents: Counter[str] = Counter()
    for bucket in answer["days"]["buckets"]:
        documents[_period(int(bucket["key"]), interval)] += int(bucket["doc_count"])
    distinct: dict[str, set[str]] = {}
    if origins:
        for day, origin in pairs(searcher, query, ("day", "origin_id")):
            distinct.setdefault(_period(int(float(day)), interval), set()).add(origin)
    return tuple(
        Bucket(period, documents[period], len(distinct.get(period, ())) if origins else None)
        for period in sorted(documents)
    )


def distinct_origins(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    """How many origins (near-duplicates are one) the documents have; exact."""
    return sum(1 for _ in pairs(searcher, query, ("origin_id",)))


def states(snapshot: Snapshot, query: tantivy.Query) -> States:
    """Everything the query finds, by number; ordering by a fast field is the quickest way to all addresses."""
    total = snapshot.total(query)
    hits = snapshot.searcher.search(query, total, count=False, order_by_field="sequence").hits if total else []
    addresses = [address for _, address in hits]
    keys = snapshot.searcher.fast_field_values("newest", addresses) if addresses else []

    def read(positions: NDArray[np.intp]) -> Iterator[IndexEntry]:
        return (snapshot.entry(addresses[position]) for position in positions)

    return States(numbers_of([sequence for sequence, _ in hits], keys), read)


def pairs(searcher: tantivy.Searcher, query: tantivy.Query, fields: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every distinct combination of values of these fields among the documents."""
    composite: dict[str, Any] = {"size": _PAGE, "sources": [{name: {"terms": {"field": name}}} for name in fields]}
    while True:
        answer = searcher.aggregate(query, {"pairs": {"composite": composite}})["pairs"]
        for bucket in answer["buckets"]:
            yield tuple(_text(bucket["key"][name]) for name in fields)
        if len(answer["buckets"]) < _PAGE:
            return
        composite = {**composite, "after": answer["after_key"]}


def _origins_by(searcher: tantivy.Searcher, query: tantivy.Query, name: str) -> Counter[str]:
    return Counter(value for value, _ in pairs(searcher, query, (name, "origin_id")))


def _shown(bucket: Mapping[str, Any]) -> str:
    return _text(bucket["key"])


def _text(key: Any) -> str:
    """A key as text; whole numbers come back from Tantivy as floats."""
    return str(int(key)) if isinstance(key, (int, float)) else str(key)


def _period(day: int, interval: Interval) -> str:
    moment = date.fromordinal(day)
    if interval == "week":
        moment -= timedelta(days=min(moment.weekday(), day - 1))
    elif interval == "month":
        moment = moment.replace(day=1)
    return moment.isoformat()
