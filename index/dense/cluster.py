"""The vector index on Elasticsearch: one more index beside the documents, whose neighbours are found by its graphs.

Neighbours are approximate (HNSW over int8), their similarities exact: the best are compared again by the full numbers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from index.base import Health
from index.dense.base import Neighbour, Vector, VectorChange, VectorEntry
from index.dense.cluster_versions import ClusterVersions
from index.dense.versions import Kind
from index.elastic.bulk import Item, Outcome, bulk, encoded
from index.elastic.connection import connected, told
from index.elastic.documents import action_of, engine_id
from index.elastic.settings import ElasticSettings
from index.elastic.vacuum import merged
from index.entry import Deletion, IndexEntry
from index.errors import ClusterTrouble, SearchError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

OLDEST: Final = (8, 18)
"""The first release that compares the best neighbours again by their full numbers."""
CANDIDATES: Final = 500
"""Neighbours that each shard looks at, or four times those that are wanted."""
_AT_ONCE: Final = 1_000
_TERMS: Final = 50_000
"""Ids in one filter: the server's limit is 65,536."""
_LIVE: Final = {"term": {"state": "live"}}


class ElasticVectors:
    """A VectorIndex on a cluster; see :class:`index.dense.base.VectorIndex`. Any number of processes read and write.

    Raises ClusterTrouble when the cluster cannot serve or is older than 8.18, IndexUnusable, at the first question,
    when another encoder made the vectors.
    """

    def __init__(self, settings: ElasticSettings, *, encoder: str, dimensions: int) -> None:
        self.settings = settings
        self._kind = Kind(encoder, dimensions)
        self._lock = threading.RLock()
        self._session: tuple[Elasticsearch, ClusterVersions] | None = None

    def write(self, changes: Iterable[VectorChange]) -> int:
        """Takes in vectors and deletions; returns how many were newer than what was known."""
        client, versions = self._opened()
        outcome = Outcome()
        bulk(client, self.settings.where, self._items(changes, versions.alias, alias=True), outcome)
        return len(outcome.won)

    def commit(self) -> None:
        """Makes everything written visible; it is durable already."""
        client, versions = self._opened()
        with told(self.settings.where):
            client.indices.refresh(index=versions.alias)

    def vacuum(self) -> bool:
        """Has the cluster merge away the vectors of what was deleted; whether none of them is left, which takes the
        cluster half a minute after a deletion."""
        self.commit()
        client, versions = self._opened()
        return merged(client, self.settings.where, [versions.alias])

    def nearest(
        self,
        vector: Vector,
        size: int,
        among: Collection[str] | None = None,
        *,
        projects: Collection[str] | None = None,
    ) -> tuple[Neighbour, ...]:
        """The closest documents, equal ones by id. Raises ValueError for a vector of another width."""
        if vector.shape != (self._kind.dimensions,):
            raise ValueError(f"E615: the vector asked about is {vector.shape}, not ({self._kind.dimensions},)")
        if size < 1 or (among is not None and not among) or (projects is not None and not projects):
            return ()
        narrowing: list[dict[str, Any]] = [_LIVE]
        if projects is not None:
            narrowing.append({"terms": {"project_ids": sorted(projects)}})
        if among is None:
            found = self._neighbours(vector, size, narrowing)
        else:
            ids = sorted(among)
            parts = [ids[start : start + _TERMS] for start in range(0, len(ids), _TERMS)]
            found = [one for part in parts for one in self._neighbours(vector, size, [*narrowing, _among(part)])]
        return tuple(sorted(found, key=lambda one: (-one.similarity, one.id))[:size])

    def vectors(self, ids: Iterable[str]) -> dict[str, Vector]:
        """The stored vectors of these documents, as far as they are there."""
        found = {}
        for hit in self._live(ids, source=["id"], fields=["vector"]):
            found[hit["_source"]["id"]] = np.array(hit["fields"]["vector"], np.float32)
        return found

    def known(self, ids: Iterable[str]) -> dict[str, bytes]:
        """Fingerprints of the documents that have a vector."""
        hits = self._live(ids, source=["id", "fingerprint"])
        return {hit["_source"]["id"]: bytes.fromhex(hit["_source"]["fingerprint"]) for hit in hits}

    def last_sequence(self) -> int:
        """The highest sequence that is visible; 0 when empty."""
        client, versions = self._opened()
        with told(self.settings.where):
            answer = client.search(
                index=versions.alias, size=0, aggregations={"last": {"max": {"field": "sequence"}}},
                allow_partial_search_results=False,
            )  # fmt: skip
        return int(answer["aggregations"]["last"]["value"] or 0)

    def verify(self) -> Health:
        """Counts the documents that have lost their vectors; reports damage, does not raise for it."""
        engine = f"Elasticsearch × {self._kind.dimensions}, {self._kind.encoder}"
        try:
            client, versions = self._opened()
            with told(self.settings.where):
                live = client.count(index=versions.alias, query=_LIVE)["count"]
                whole = {"bool": {"filter": [_LIVE, {"exists": {"field": "vector"}}]}}
                there = client.count(index=versions.alias, query=whole)["count"]
                stats = client.indices.stats(index=versions.alias, metric="store")
            last = self.last_sequence()
        except SearchError as error:
            return Health(engine, 0, 0, 0, (getattr(error, "reason", str(error)),))
        problems = (f"{live - there} documents have no vector",) if live != there else ()
        return Health(engine, live, last, int(stats["_all"]["primaries"]["store"]["size_in_bytes"]), problems)

    def rebuild(self, read: Callable[[int], Iterable[VectorChange]]) -> int:
        """Fills a new version beside the live one, swaps and removes the others; returns how many changes counted.

        ``read(sequence)`` gives the changes above a sequence. It is asked until nothing is new, and once more after
        the swap: what a writer sent to the old version in between reaches the new one too.
        """
        client, versions = self._connected()
        try:
            new, last, counted = versions.add(), 0, 0
            try:
                while taken := self._filled(client, new, read(last)):
                    counted, last = counted + taken[0], taken[1]
                with told(self.settings.where):
                    client.indices.refresh(index=new)
                versions.swap(new)
            except BaseException:
                versions.discard(new)
                raise
            if taken := self._filled(client, new, read(last)):
                counted += taken[0]
            with told(self.settings.where):
                client.indices.refresh(index=new)
            versions.discard_but(new)
            return counted
        finally:
            client.close()

    def remove(self) -> None:
        """Removes every version from the cluster."""
        client = connected(self.settings)
        try:
            ClusterVersions(client, self.settings, self._kind).discard_but(None)
        finally:
            client.close()
            self.close()

    def release(self) -> None:
        """Nothing is held: on a cluster no writer keeps another one waiting."""

    def close(self) -> None:
        """Makes visible what was written and lets go of the connection; asked again, it opens another."""
        with self._lock:
            session, self._session = self._session, None
        if session is not None:
            session[0].close()

    def __enter__(self) -> ElasticVectors:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _connected(self) -> tuple[Elasticsearch, ClusterVersions]:
        client = connected(self.settings)
        with told(self.settings.where):
            number = str(client.info()["version"]["number"])
        if tuple(int(part) for part in number.split("-")[0].split(".")[:2]) < OLDEST:
            client.close()
            reason, wanted = f"release {number} is too old for vectors", ".".join(map(str, OLDEST))
            raise ClusterTrouble(self.settings.where, reason, f"{wanted} or newer is needed, or semantic = false")
        return client, ClusterVersions(client, self.settings, self._kind)

    def _opened(self) -> tuple[Elasticsearch, ClusterVersions]:
        """The connection and the versions, whose live one is of our kind."""
        with self._lock:
            if self._session is None:
                client, versions = self._connected()
                try:
                    versions.examined()
                except BaseException:
                    client.close()
                    raise
                self._session = client, versions
            return self._session

    def _neighbours(self, vector: Vector, size: int, narrowing: list[dict[str, Any]]) -> list[Neighbour]:
        client, versions = self._opened()
        knn = {
            "field": "vector",
            "query_vector": _unit(vector),
            "k": size,
            "num_candidates": min(10_000, max(CANDIDATES, 4 * size)),
            "filter": narrowing,
            "rescore_vector": {"oversample": 2.0},
        }
        with told(self.settings.where):
            answer = client.search(
                index=versions.alias,
                knn=knn,
                size=size,
                source={"includes": ["id"]},
                allow_partial_search_results=False,
            )
        # the server's score of a dot product is (1 + product) / 2
        return [Neighbour(hit["_source"]["id"], 2 * hit["_score"] - 1) for hit in answer["hits"]["hits"]]

    def _live(self, ids: Iterable[str], **wanted: Any) -> Iterator[Any]:
        client, versions = self._opened()
        source = iter(dict.fromkeys(ids))
        while some := list(islice(source, _AT_ONCE)):
            query = {"bool": {"filter": [_LIVE, _among(some)]}}
            with told(self.settings.where):
                answer = client.search(
                    index=versions.alias, query=query, size=_AT_ONCE, allow_partial_search_results=False, **wanted
                )
            yield from answer["hits"]["hits"]

    def _filled(self, client: Elasticsearch, name: str, changes: Iterable[VectorChange]) -> tuple[int, int] | None:
        """How many changes counted and their highest sequence; None when there were none."""
        source, won, last = iter(changes), 0, 0
        while batch := list(islice(source, _AT_ONCE)):
            outcome = Outcome()
            bulk(client, self.settings.where, self._items(batch, name, alias=False), outcome)
            won += len(outcome.won)
            last = max(last, *(change.sequence for change in batch))
        return (won, last) if last else None

    def _items(self, changes: Iterable[VectorChange], index: str, *, alias: bool) -> Iterator[_Item]:
        for change in changes:
            if isinstance(change, Deletion):
                yield _Item(change, index, alias)
                continue
            if len(change.vector) != self._kind.dimensions:
                raise ValueError(f"E615: the vector of {change.id} has {len(change.vector)} numbers, "
                                 f"not {self._kind.dimensions}")  # fmt: skip
            shown = IndexEntry(id=change.id, sequence=change.sequence, title="", body="")
            yield _Item(shown, index, alias, entry=change)


@dataclass(frozen=True, slots=True)
class _Item(Item):
    """A vector, or a deletion, and the index it goes to; ``change`` carries the id and the sequence."""

    entry: VectorEntry | None = None

    def lines(self) -> tuple[bytes, bytes]:
        """The two lines of a bulk request."""
        source: dict[str, Any] = {"id": self.change.id, "state": "deleted", "sequence": self.change.sequence}
        if self.entry is not None:
            source |= {
                "state": "live",
                "project_ids": list(self.entry.project_ids),
                "fingerprint": self.entry.fingerprint.hex(),
                "vector": _unit(self.entry.vector),
            }
        return encoded(action_of(self.index, self.change, alias=self.alias)), encoded(source)


def _unit(vector: Vector) -> list[float]:
    """The numbers of a vector of length one, as the server demands it."""
    wide = vector.astype(np.float64)
    return [float(number) for number in wide / np.linalg.norm(wide)]


def _among(ids: Collection[str]) -> dict[str, Any]:
    return {"terms": {"_id": [engine_id(document_id) for document_id in ids]}}
