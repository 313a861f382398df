"""Counts beside the hits: facets, the histogram over Beijing days, distinct origins, all that was found as numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.base import Bucket, Interval, Search
from index.elastic.paging import entry_of
from index.elastic.searching import Searcher
from index.entry import IndexEntry
from index.states import States, numbers_of

_PAGE: Final = 20_000
_VALUES: Final = 50_000
"""Distinct values of a facet that each shard counts at once; with more than that it is counted in pages."""
_AT_ONCE: Final = 2_000
"""States that are read in one request."""
_LAST_DAY: Final = "9999-12-31"


def asked(search: Search) -> dict[str, Any]:
    """The aggregations that ride on the search itself."""
    order = [{"_count": "desc"}, {"_key": "asc"}]
    aggregations: dict[str, Any] = {
        f"facet {name}": {
            "terms": {"field": name, "size": limit, "shard_size": max(limit, _VALUES), "order": order},
        }
        for name, limit in search.facets.items()
    }
    if search.histogram:
        aggregations["histogram"] = {"date_histogram": {**_days(search.histogram), "min_doc_count": 1}}
    return aggregations


class Counts:
    """What the counts of one search need: the compiled query, in one state of the index."""

    def __init__(self, searcher: Searcher, query: Mapping[str, Any], snapshot: str) -> None:
        self._searcher = searcher
        self._query = query
        self._snapshot = snapshot

    def facets(self, search: Search, answer: Mapping[str, Any]) -> dict[str, tuple[Bucket, ...]]:
        """Values by number of documents, then by value; exact."""
        result = {}
        for name, limit in search.facets.items():
            found = answer[f"facet {name}"]
            counted = [(str(bucket["key"]), int(bucket["doc_count"])) for bucket in found["buckets"]]
            if found["doc_count_error_upper_bound"]:
                counted = list(self._documents_by(name).items())
            counted.sort(key=lambda pair: (-pair[1], pair[0]))
            distinct = self._origins_by(name) if search.origins else Counter()
            result[name] = tuple(
                Bucket(value, documents, distinct[value] if search.origins else None)
                for value, documents in counted[:limit]
            )
        return result

    def histogram(self, search: Search, answer: Mapping[str, Any]) -> tuple[Bucket, ...]:
        """Documents per day, week (from Monday) or month in Asia/Shanghai, in order, without empty ones."""
        if not search.histogram:
            return ()
        documents: Counter[str] = Counter()
        for bucket in answer["histogram"]["buckets"]:
            documents[_day(bucket["key_as_string"])] += int(bucket["doc_count"])
        distinct: Counter[str] = Counter()
        if search.origins:
            period = {"date_histogram": _days(search.histogram)}
            distinct.update(_day(key["value"]) for key, _ in self._combinations({"value": period} | _ORIGIN))
        return tuple(
            Bucket(period, documents[period], distinct[period] if search.origins else None)
            for period in sorted(documents)
        )

    def origins(self) -> int:
        """How many origins (near-duplicates are one) the documents have; exact."""
        return sum(1 for _ in self._combinations(_ORIGIN))

    def _documents_by(self, name: str) -> dict[str, int]:
        return {str(key["value"]): count for key, count in self._combinations({"value": {"terms": {"field": name}}})}

    def _origins_by(self, name: str) -> Counter[str]:
        pairs = self._combinations({"value": {"terms": {"field": name}}} | _ORIGIN)
        return Counter(str(key["value"]) for key, _ in pairs)

    def _combinations(self, sources: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], int]]:
        """Every distinct combination of values among the documents, with how many have it."""
        composite: dict[str, Any] = {"size": _PAGE, "sources": [{name: source} for name, source in sources.items()]}
        while True:
            answer = self._searcher.ask(
                snapshot=self._snapshot, query=self._query, size=0, aggregations={"pairs": {"composite": composite}}
            )["aggregations"]["pairs"]
            for bucket in answer["buckets"]:
                yield bucket["key"], int(bucket["doc_count"])
            if len(answer["buckets"]) < _PAGE:
                return
            composite = {**composite, "after": answer["after_key"]}


_ORIGIN: Final[dict[str, Any]] = {"origin": {"terms": {"field": "origin_id"}}}


def states(searcher: Searcher, query: Mapping[str, Any]) -> States:
    """Everything the query finds, by number; a scan of doc values, whose time grows with the documents."""
    found = searcher.scan(query, source=False, docvalue_fields=["sequence", "tail"], stored_fields="_none_")
    pairs = [(hit["fields"]["sequence"][0], hit["fields"]["tail"][0]) for hit in found]
    numbers = numbers_of([sequence for sequence, _ in pairs], [tail for _, tail in pairs])

    def read(positions: NDArray[np.intp]) -> Iterator[IndexEntry]:
        if len(positions) == len(pairs):
            yield from map(entry_of, searcher.scan(query, source=["stored"]))
            return
        for start in range(0, len(positions), _AT_ONCE):
            sequences = sorted({pairs[position][0] for position in positions[start : start + _AT_ONCE]})
            some = {"bool": {"filter": [query, {"terms": {"sequence": sequences}}]}}
            yield from map(entry_of, searcher.scan(some, source=["stored"]))

    return States(numbers, read)


def _days(interval: Interval) -> dict[str, Any]:
    return {
        "field": "published_at",
        "calendar_interval": interval,
        "time_zone": "Asia/Shanghai",
        "format": "yyyy-MM-dd",
    }


def _day(text: str) -> str:
    """The day as written; Beijing's days beyond the calendar count to its last."""
    return _LAST_DAY if len(text) > len(_LAST_DAY) or text > _LAST_DAY else text
