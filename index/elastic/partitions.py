"""Documents by month of publication: each lies in one partition, also when its date changes and writers race.

The ledger of a version says of every document which change was the latest and in which partitions it lies or lay. A
writer enters its change there first, under optimistic locking, and learns the places; then it sends the change to the
last of them and tombstones of the same external version to the others. Whoever enters later sees whoever entered
before, so of two changes the older never stays alive anywhere, in whatever order the partitions take them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from index.elastic.bulk import (
    ATTEMPTS,
    BUSY,
    FIRST_PAUSE,
    Item,
    Outcome,
    bulk,
    encoded,
    not_taken,
    requested,
    settle_busy,
)
from index.elastic.connection import told
from index.elastic.documents import engine_id, version_of
from index.elastic.settings import ElasticSettings
from index.elastic.versions import UNDATED, Versions
from index.entry import Change, Deletion
from index.errors import ClusterTrouble, IndexUnusable
from index.values import beijing_month

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

AT_ONCE: Final = 1_000
"""Documents that are looked up in the ledger in one request."""
YEARS: Final = range(2000, 2100)
"""Years that have partitions; a date outside of them is a slip of the pen, and lies with the undated."""


def partition_of(change: Change) -> str | None:
    """The partition that a state belongs to: its month in Asia/Shanghai; a deletion does not say."""
    if isinstance(change, Deletion):
        return None
    if change.published_at is None:
        return UNDATED
    month = beijing_month(change.published_at)
    return month if int(month[:4]) in YEARS else UNDATED


@dataclass(frozen=True, slots=True)
class _Entry:
    """A document in the ledger: the version of its latest change, where it lay and, last, lies; for optimistic locking
    the number and term of the entry."""

    version: int
    partitions: tuple[str, ...]
    number: int = 0
    term: int = 0


class Partitions:
    """Writes into the partitions of one version. Raises IndexUnusable when that version is gone."""

    def __init__(self, client: Elasticsearch, settings: ElasticSettings, versions: Versions, name: str) -> None:
        self._client = client
        self._where = settings.where
        self._versions = versions
        self._name = name

    def write(self, changes: Iterable[Change], outcome: Outcome) -> None:
        """Takes the changes in and notes what won."""
        for batch in in_batches(changes):
            bulk(self._client, self._where, self._placed(batch), outcome)

    def states(self, ids: Iterable[str]) -> dict[str, int]:
        """The sequence of each of these documents that is not deleted."""
        found = self._entries(list(ids))
        return {key: entry.version // 2 for key, entry in found.items() if entry.version % 2 == 0}

    def places(self, ids: Iterable[str]) -> dict[str, str]:
        """The index in which each of these documents lies."""
        return {key: f"{self._name}-{entry.partitions[-1]}" for key, entry in self._entries(list(ids)).items()}

    def _placed(self, batch: Sequence[Change]) -> list[Item]:
        """Enters changes of distinct documents in the ledger; what came too late is left out."""
        waiting, placed = {change.id: change for change in batch}, list[Item]()
        pause, last = FIRST_PAUSE, ""
        for _ in range(ATTEMPTS):
            known = self._entries(list(waiting))
            entered: list[tuple[Change, _Entry]] = []
            for change in waiting.values():
                entry = known.get(change.id)
                if entry is None or version_of(change) > entry.version:
                    entered.append((change, _entry_after(entry, change)))
                elif version_of(change) == entry.version:
                    placed += self._items(change, entry)
            refused, last = self._enter(entered, known)
            placed += [
                item for change, entry in entered if change.id not in refused for item in self._items(change, entry)
            ]
            waiting = {change.id: change for change, _ in entered if change.id in refused}
            if not waiting:
                return placed
            if last:
                time.sleep(pause)
                pause = min(pause * 2, 15.0)
        raise not_taken(self._where, len(waiting), last or "others change the same documents all the time")

    def _enter(self, entered: Sequence[tuple[Change, _Entry]], known: dict[str, _Entry]) -> tuple[set[str], str]:
        """Ids of the documents whose entry was not taken, and why; no reason says that somebody was faster."""
        if not entered:
            return set(), ""
        lines: list[bytes] = []
        for change, entry in entered:
            place: dict[str, Any] = {"_index": self._name, "_id": engine_id(change.id)}
            before = known.get(change.id)
            if before is not None:
                place |= {"if_seq_no": before.number, "if_primary_term": before.term}
            lines.append(encoded({"create" if before is None else "index": place}))
            lines.append(encoded({"version": entry.version, "partitions": entry.partitions}))
        answers, last = requested(self._client, self._where, lines)
        if answers is None:
            return {change.id for change, _ in entered}, last
        refused = set()
        for (change, _), answer in zip(entered, answers, strict=True):
            if answer["status"] in BUSY:
                last = settle_busy(self._where, answer)
            elif answer["status"] == 404:
                raise IndexUnusable(self._name, "it is not there any more")
            elif answer["status"] not in (200, 201, 409):
                raise ClusterTrouble(self._where, f"it refused {change.id} ({answer})", "see the cluster's log")
            if answer["status"] not in (200, 201):
                refused.add(change.id)
        return refused, last

    def _items(self, change: Change, entry: _Entry) -> Iterator[Item]:
        *left, partition = entry.partitions
        yield Item(change, self._versions.partition(self._name, partition))
        for other in left:
            yield Item(change, self._versions.partition(self._name, other), moved=True)

    def _entries(self, ids: list[str]) -> dict[str, _Entry]:
        entries = {}
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            with told(self._where):
                answer = self._client.mget(index=self._name, ids=[engine_id(key) for key in some])
            for key, found in zip(some, answer["docs"], strict=True):
                if "error" in found:
                    raise IndexUnusable(self._name, "it is not there any more")
                if found["found"]:
                    source, number, term = found["_source"], found["_seq_no"], found["_primary_term"]
                    entries[key] = _Entry(int(source["version"]), tuple(source["partitions"]), int(number), int(term))
        return entries


def in_batches(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Changes of distinct documents, at most 1,000 at once, in their order."""
    batch: dict[str, Change] = {}
    for change in changes:
        if len(batch) == AT_ONCE or change.id in batch:
            yield list(batch.values())
            batch = {}
        batch[change.id] = change
    if batch:
        yield list(batch.values())


def _entry_after(before: _Entry | None, change: Change) -> _Entry:
    """The entry once a change is in: where it lies comes last."""
    lay = before.partitions if before else ()
    partition = partition_of(change) or (lay[-1] if lay else UNDATED)
    return _Entry(version_of(change), (*(p for p in lay if p != partition), partition))
