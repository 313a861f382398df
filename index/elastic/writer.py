"""Writing: newer states only, durable when taken, visible from the commit, and never lost to a version swap."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from index.elastic.bulk import Item, Outcome, bulk
from index.elastic.connection import told
from index.elastic.documents import engine_id
from index.elastic.partitions import Partitions, in_batches
from index.elastic.settings import ElasticSettings
from index.elastic.versions import Versions
from index.entry import Change, Deletion
from index.errors import IndexUnusable

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_AT_ONCE: Final = 1_000


class Writer:
    """Writes through the alias and remembers, until the commit, which version each change went to."""

    def __init__(self, client: Elasticsearch, settings: ElasticSettings, versions: Versions) -> None:
        self._client = client
        self._settings = settings
        self._versions = versions
        self._lock = threading.RLock()
        self._pending: dict[str, tuple[Change, str]] = {}

    def write(self, changes: Iterable[Change]) -> int:
        """See :meth:`index.base.SearchIndex.write`."""
        with self._lock:
            outcome = Outcome()
            try:
                self._send(changes, outcome)
            finally:
                self._pending.update((change.id, (change, index)) for change, index in outcome.won)
            return len(outcome.won)

    def delete(self, ids: Iterable[str]) -> int:
        """See :meth:`index.base.SearchIndex.delete`."""
        wanted, name = list(dict.fromkeys(ids)), self._live()
        if self._versions.partitioned(name):
            states = self._partitions(name).states(wanted)
            return self.write(Deletion(document_id, sequence) for document_id, sequence in states.items())
        deletions: list[Change] = []
        for start in range(0, len(wanted), _AT_ONCE):
            some = [engine_id(document_id) for document_id in wanted[start : start + _AT_ONCE]]
            with told(self._settings.where):
                answer = self._client.mget(
                    index=self._settings.alias, ids=some, source_includes=["id", "state", "sequence"]
                )
            for found in answer["docs"]:
                source = found.get("_source", {})
                if source.get("state") == "live":
                    deletions.append(Deletion(source["id"], int(source["sequence"])))
        return self.write(deletions)

    def _send(self, changes: Iterable[Change], outcome: Outcome) -> None:
        """To the live version, as it lies: through the alias, or into its partitions."""
        if not self._versions.partitioned(self._live()):
            items = (Item(change, self._settings.alias, alias=True) for change in changes)
            bulk(self._client, self._settings.where, items, outcome)
            return
        for batch in in_batches(changes):
            name = self._live()
            try:
                self._partitions(name).write(batch, outcome)
            except IndexUnusable:
                if name == self._live():
                    raise
                self._send(batch, outcome)  # a rebuild replaced and removed the version meanwhile

    def _live(self) -> str:
        name = self._versions.current()
        if name is None:
            raise IndexUnusable(self._settings.alias, "it was removed while it was written")
        return name

    def _partitions(self, name: str) -> Partitions:
        return Partitions(self._client, self._settings, self._versions, name)

    def commit(self) -> None:
        """See :meth:`index.base.SearchIndex.commit`."""
        with self._lock:
            if not self._pending:
                return
            while stale := self._astray():
                self.write(stale)
            with told(self._settings.where):
                self._client.indices.refresh(index=self._settings.alias)
            self._pending.clear()

    def forget(self) -> None:
        """Gives up what was written since the last commit."""
        with self._lock:
            self._pending.clear()

    def _astray(self) -> list[Change]:
        """Changes that went to a version which a rebuild has replaced since."""
        live = self._live()
        astray = [change for change, index in self._pending.values() if self._versions.version_of(index) != live]
        for change in astray:
            del self._pending[change.id]
        return astray
