"""Asking the cluster: requests that fail rather than answer from a part of the index, and states held for a while."""

from __future__ import annotations

import secrets
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from index.elastic.connection import told
from index.elastic.settings import ElasticSettings
from index.errors import IndexUnusable

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

KEEP_ALIVE: Final = "3m"
"""How long a state of the index stays open for the next page after it was last asked."""
LONGEST: Final = 1_000
"""Characters of a held state's name that a cursor carries; a longer one (many partitions) is known here only."""
HELD: Final = 200
"""States that one process holds at most; the oldest ends then, and its next page goes on in the present state."""
_KEPT: Final = "kept:"
_WHOLE: Final = {"allow_partial_search_results": False}
BATCH: Final = 10_000
"""Documents that one step of a scan reads."""


class Searcher:
    """Searches one alias, now or in a state that was held."""

    def __init__(self, client: Elasticsearch, settings: ElasticSettings) -> None:
        self._client = client
        self._settings = settings
        self._held: deque[str] = deque()
        self._kept: dict[str, str] = {}
        self._lock = threading.Lock()

    def ask(self, *, snapshot: str = "", **body: Any) -> Mapping[str, Any]:
        """One search, in a held state if one is named. Raises SnapshotGone when that is no longer open."""
        target: dict[str, Any] = {"index": self._settings.alias} | _WHOLE
        if snapshot:
            target = {"pit": {"id": self._named(snapshot), "keep_alive": KEEP_ALIVE}} | _WHOLE
        if self._settings.partition != "none":
            target["pre_filter_shard_size"] = 1  # partitions outside of the dates asked for are passed over
        import elasticsearch as es

        with told(self._settings.where):
            try:
                return dict(self._client.search(**target, **body).body)
            except es.NotFoundError as error:
                if snapshot:
                    raise SnapshotGone from None
                raise IndexUnusable(self._settings.alias, f"it is not there ({str(error)[:120]})") from None
            except es.ApiError as error:
                if snapshot and _is_gone(error):
                    raise SnapshotGone from None
                raise

    def hold(self) -> str:
        """Holds the present state of the index for pages to come."""
        import elasticsearch as es

        with told(self._settings.where):
            try:
                answer = self._client.open_point_in_time(index=self._settings.alias, keep_alive=KEEP_ALIVE)
            except es.NotFoundError as error:
                raise IndexUnusable(self._settings.alias, f"it is not there ({str(error)[:120]})") from None
        snapshot = str(answer["id"])
        with self._lock:
            if len(snapshot) > LONGEST:
                name = f"{_KEPT}{secrets.token_hex(12)}"
                self._kept[name] = snapshot
                snapshot = name
            self._held.append(snapshot)
            oldest = self._held[0] if len(self._held) > HELD else ""
        if oldest:
            self.let_go(oldest)
        return snapshot

    def let_go(self, snapshot: str) -> None:
        """Ends a held state; one that is gone already is no matter."""
        with self._lock, suppress(ValueError):
            self._held.remove(snapshot)
        with suppress(SnapshotGone), told(self._settings.where):
            self._client.options(ignore_status=404).close_point_in_time(id=self._named(snapshot))
        self._kept.pop(snapshot, None)

    def _named(self, snapshot: str) -> str:
        """What the server calls a held state. Raises SnapshotGone for one that another process kept."""
        if not snapshot.startswith(_KEPT):
            return snapshot
        if snapshot not in self._kept:
            raise SnapshotGone
        return self._kept[snapshot]

    @contextmanager
    def held(self) -> Iterator[str]:
        """A state of the index for as long as the block runs."""
        snapshot = self.hold()
        try:
            yield snapshot
        finally:
            self.let_go(snapshot)

    def let_all_go(self) -> None:
        """Ends the states that were held here."""
        for snapshot in list(self._held):
            self.let_go(snapshot)

    def scan(self, query: Mapping[str, Any], **wanted: Any) -> Iterator[Mapping[str, Any]]:
        """Every hit of a query in one state of the index, in no order; time grows with their number and no faster."""
        with self.held() as snapshot:
            after: dict[str, Any] = {}
            while True:
                answer = self.ask(
                    snapshot=snapshot, query=query, size=BATCH, sort=["_shard_doc"], track_total_hits=False,
                    **after, **wanted,
                )  # fmt: skip
                hits = answer["hits"]["hits"]
                yield from hits
                if len(hits) < BATCH:
                    return
                after = {"search_after": hits[-1]["sort"]}


class SnapshotGone(Exception):
    """A held state of the index has ended: its time was over, or its node is gone."""


def _is_gone(error: Any) -> bool:
    text = f"{error} {error.body}"
    return any(mark in text for mark in ("search_context_missing", "point in time", "node_not_connected", "No node"))
