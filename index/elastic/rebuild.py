"""Building the index anew beside the live one on the cluster, and moving the alias when the new one has everything."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from index.elastic.bulk import Item, Outcome, bulk
from index.elastic.connection import connected, told
from index.elastic.documents import engine_id, unpack
from index.elastic.partitions import Partitions
from index.elastic.settings import ElasticSettings
from index.elastic.versions import Versions
from index.entry import Change, IndexEntry
from index.errors import IndexUnusable

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

BATCH: Final = 5_000
"""Documents between two signs of life."""
SAMPLE: Final = 200
"""Documents that are read back and compared before the alias moves."""
_ROUNDS: Final = 20
"""Times that changes are caught up with before the alias moves; afterwards they are once more."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The new live version, how many documents it has, and how long it took in seconds."""

    version: str
    documents: int
    last_sequence: int
    seconds: float


def rebuild(
    settings: ElasticSettings,
    read: Callable[[int], Iterable[Change]],
    *,
    progress: Callable[[int], None] = lambda documents: None,
    keep_previous: bool = True,
) -> Rebuilt:
    """Builds a new version from the store while the live one goes on answering and taking writes, then swaps.

    ``read(sequence)`` gives every document's latest change above a sequence, deletions too, in order. It is asked
    until nothing is new, and once more after the alias has moved: what a writer sent to the old version in between is
    in the store before, so it reaches the new one too, and by its external version never replaces anything newer.
    Versions before the previous one are removed, and the previous one as well unless it is kept. Raises IndexBusy when
    another rebuild runs, IndexUnusable when the new version does not hold what was read, ClusterTrouble.
    """
    started = time.monotonic()
    client = connected(settings)
    try:
        versions = Versions(client, settings)
        previous = {versions.version_of(index) for index in versions.named()}
        name = versions.add()
        build = _Build(client, settings, versions, name, progress)
        try:
            for _ in range(_ROUNDS):
                if not build.take(read(build.last_sequence)):
                    break
            build.verify()
            versions.swap(name)
        except BaseException:
            versions.discard(name)
            raise
        build.take(read(build.last_sequence))
        documents = build.refreshed()
        for old in versions.all():
            if old != name and not (keep_previous and old in previous):
                versions.discard(old)
    finally:
        client.close()
    return Rebuilt(name, documents, build.last_sequence, time.monotonic() - started)


class _Build:
    """A version that is being filled; until the alias moves nobody else writes to it."""

    def __init__(
        self,
        client: Elasticsearch,
        settings: ElasticSettings,
        versions: Versions,
        name: str,
        progress: Callable[[int], None],
    ) -> None:
        self._client = client
        self._settings = settings
        self._versions = versions
        self._name = name
        partitioned = settings.partition == "month"
        self._partitions = Partitions(client, settings, versions, name) if partitioned else None
        self._progress = progress
        self._random = random.Random(name)
        self._sample: list[Change] = []
        self._taken = self._created = self._unclear = 0
        self.last_sequence = 0

    def take(self, changes: Iterable[Change]) -> int:
        """Writes what is new; returns how many changes were."""
        source, taken = iter(changes), 0
        while batch := list(islice(source, BATCH)):
            outcome = Outcome()
            if self._partitions:
                self._partitions.write(batch, outcome)
            else:
                bulk(self._client, self._settings.where, (Item(change, self._name) for change in batch), outcome)
            for change in batch:
                self._remember(change)
            taken += len(outcome.won)
            self._created += outcome.created
            self._unclear += outcome.unclear
            self.last_sequence = max(self.last_sequence, *(change.sequence for change in batch))
            self._versions.still_building(self._name)
            self._progress(self._created)
        return taken

    def _remember(self, change: Change) -> None:
        """Keeps every change with the same chance."""
        self._taken += 1
        if len(self._sample) < SAMPLE:
            self._sample.append(change)
        elif (place := self._random.randrange(self._taken)) < SAMPLE:
            self._sample[place] = change

    def refreshed(self) -> int:
        """Makes what was written visible and counts the documents, without the deleted."""
        with told(self._settings.where):
            self._client.indices.refresh(index=self._searched)
            return int(self._client.count(index=self._searched, query={"term": {"state": "live"}})["count"])

    @property
    def _searched(self) -> str:
        """Where its documents lie: a name or a pattern."""
        return f"{self._name}-*" if self._partitions else self._name

    def verify(self) -> None:
        """Raises IndexUnusable when the count, or one of the sampled documents, is not what was written."""
        self.refreshed()
        with told(self._settings.where):
            there = int(self._client.count(index=self._searched)["count"])
        if not self._created <= there <= self._created + self._unclear:
            raise IndexUnusable(self._name, f"{self._created} documents were written and {there} are there")
        if not self._sample:
            return
        places = self._partitions.places({change.id for change in self._sample}) if self._partitions else {}
        wanted = [{"_index": places.get(change.id, self._name), "_id": engine_id(change.id)} for change in self._sample]
        with told(self._settings.where):
            answer = self._client.mget(docs=wanted)
        for change, found in zip(self._sample, answer["docs"], strict=True):
            source = found.get("_source")
            if source is None or source["sequence"] < change.sequence:
                raise IndexUnusable(self._name, f"{change.id} was written and is not there")
            same = source["sequence"] == change.sequence and source["state"] == "live"
            if same and isinstance(change, IndexEntry) and unpack(source) != change:
                raise IndexUnusable(self._name, f"{change.id} is not what was written")
