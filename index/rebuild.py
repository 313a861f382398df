"""Building the index anew beside the live one, and swapping them when the new one has everything (重建索引)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from index.embedded.compile import live
from index.embedded.reader import Snapshot
from index.embedded.shelf import Shelf, opened
from index.embedded.writer import VersionWriter, supersedes
from index.entry import Change, IndexEntry
from index.errors import IndexUnusable

BATCH = 5_000
"""Documents between two reports of progress."""
_COMMIT = 50_000
"""Documents in one commit; nobody reads the new version before it is whole."""
_ROUNDS = 20
"""Times that changes are caught up with before commits are held off for the last of them."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The new live version, how many documents it has, and how long it took in seconds."""

    folder: Path
    documents: int
    last_sequence: int
    seconds: float


def rebuild(
    root: Path,
    read: Callable[[int], Iterable[Change]],
    *,
    progress: Callable[[int], None] = lambda documents: None,
    keep_previous: bool = True,
) -> Rebuilt:
    """Builds a new version from the store while the live one goes on answering and taking writes, then swaps.

    ``read(sequence)`` gives every document's latest change, deletions too, with a sequence above the one given (0:
    all), in the order of sequences. It is asked again until nothing is new, the last time with commits held off, so
    a change that a live writer commits meanwhile is in the new version too. Versions before the previous one are
    removed, and the previous one as well unless it is kept. Raises IndexBusy when another rebuild runs,
    IndexUnusable when the new version does not hold what was read.
    """
    shelf = Shelf(root)
    started = time.monotonic()
    with shelf.rebuilding():
        try:
            previous = shelf.current()
        except IndexUnusable:
            previous = None
        folder = shelf.add()
        try:
            build = _Build(folder, progress)
            for _ in range(_ROUNDS):
                if not build.take(read(build.last_sequence)):
                    break
            with shelf.swapping():
                build.take(read(build.last_sequence))
                documents = build.verified()
                shelf.swap(folder)
        except BaseException:
            shelf.discard(folder)
            raise
        for old in shelf.versions():
            if old != folder and not (keep_previous and old == previous):
                shelf.discard(old)
    return Rebuilt(folder, documents, build.last_sequence, time.monotonic() - started)


class _Build:
    """A version that is being filled; it has no readers yet, so what it holds is known here."""

    def __init__(self, folder: Path, progress: Callable[[int], None]) -> None:
        self._folder = folder
        self._writer = VersionWriter(folder)
        self._progress = progress
        self._known: dict[str, int] = {}
        self._deleted: set[str] = set()
        self._uncommitted = 0
        self.last_sequence = 0

    def take(self, changes: Iterable[Change]) -> int:
        """Writes what is new, commits every 50,000 changes; returns how many were new."""
        source, taken = iter(changes), 0
        while batch := list(islice(source, BATCH)):
            for change in batch:
                known = self._known.get(change.id, 0)
                if supersedes(change, known):
                    self._writer.put(change, replaces=known > 0)
                    self._known[change.id] = change.sequence
                    (self._deleted.discard if isinstance(change, IndexEntry) else self._deleted.add)(change.id)
                    self.last_sequence = max(self.last_sequence, change.sequence)
                    taken += 1
            self._progress(len(self._known))
            self._uncommitted += len(batch)
            if self._uncommitted >= _COMMIT:
                self._commit()
        self._commit()
        return taken

    def _commit(self) -> None:
        self._writer.commit()
        self._uncommitted = 0

    def verified(self) -> int:
        """Closes the version and counts it. Raises IndexUnusable when the count is not what was written."""
        self._writer.finish()
        snapshot = Snapshot("", opened(self._folder).searcher())
        documents = snapshot.total(live())
        written = len(self._known) - len(self._deleted)
        if documents != written:
            raise IndexUnusable(self._folder, f"{written} documents were written and {documents} are there")
        return documents
