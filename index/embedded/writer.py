"""Writing: one process at a time, newer states only, durable at commit, and never into a version that was replaced."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from index.embedded.reader import Reader, Snapshot
from index.embedded.schema import document_of, tombstone
from index.embedded.shelf import Shelf, opened
from index.embedded.vacuum import is_clean, survivors
from index.entry import Change, Deletion, IndexEntry
from index.errors import IndexBusy, IndexUnusable

MEMORY: Final = 128_000_000
"""Bytes of postings that Tantivy gathers before it writes a segment."""
_ROUNDS: Final = 3
"""Times that a vacuum is tried: a merge in the background may come in between."""


class VersionWriter:
    """Writes into one version's folder. Raises IndexBusy when another process does."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self.folder = folder
        try:
            self._writer = opened(folder).writer(MEMORY, threads)
        except ValueError as error:
            if "LockBusy" in str(error):
                raise IndexBusy(folder, "writing") from None
            raise IndexUnusable(folder, str(error)[:160]) from None

    def put(self, change: Change, *, replaces: bool) -> None:
        """Adds a state or a tombstone; ``replaces`` says that an earlier one may be there."""
        if replaces:
            self._writer.delete_documents_by_term("id", change.id)
        if isinstance(change, IndexEntry):
            self._writer.add_document(document_of(change))
        else:
            self._writer.add_document(tombstone(change.id, change.sequence))

    def commit(self) -> None:
        """Durable from here on."""
        self._writer.commit()

    def collect(self) -> None:
        """Removes the files that no commit needs any more."""
        self._writer.garbage_collect_files()

    def finish(self) -> None:
        """Waits for merges and gives the lock back."""
        self._writer.wait_merging_threads()


def supersedes(change: Change, known: int) -> bool:
    """Whether a change is newer than what is known; a deletion also removes the very state it names."""
    return change.sequence > known or (isinstance(change, Deletion) and change.sequence == known)


class Writer:
    """The writing half of the embedded engine: follows the live version and keeps what is not yet committed."""

    def __init__(self, shelf: Shelf, reader: Reader) -> None:
        self._shelf = shelf
        self._reader = reader
        self._lock = threading.RLock()
        self._version: VersionWriter | None = None
        self._pending: dict[str, Change] = {}

    def write(self, changes: Iterable[Change]) -> int:
        """See :meth:`index.base.SearchIndex.write`."""
        with self._lock:
            version = self._opened()
            before = self._reader.latest()
            return sum(self._put(version, before, change) for change in changes)

    def delete(self, ids: Iterable[str]) -> int:
        """See :meth:`index.base.SearchIndex.delete`."""
        with self._lock:
            version = self._opened()
            before = self._reader.latest()
            gone = 0
            for document_id in dict.fromkeys(ids):
                known = self._known(before, document_id)
                if known is not None:
                    version.put(Deletion(document_id, known), replaces=True)
                    self._pending[document_id] = Deletion(document_id, known)
                    gone += 1
            return gone

    def commit(self) -> None:
        """See :meth:`index.base.SearchIndex.commit`."""
        with self._lock:
            if self._version is None or not self._pending:
                return
            with self._shelf.committing():
                version = self._follow()
                version.commit()
            self._pending.clear()

    def vacuum(self) -> bool:
        """See :meth:`index.base.SearchIndex.vacuum`."""
        with self._lock:
            self.commit()
            self._opened()  # takes the lock that a swap takes: not under that of a commit
            with self._shelf.committing():
                version = self._follow()
            for _ in range(_ROUNDS):
                if is_clean(version.folder):
                    break
                for change in survivors(self._reader.latest(), version.folder):
                    version.put(change, replaces=True)
                with self._shelf.committing():
                    if version.folder != self._shelf.current():
                        return False
                    version.commit()
                version.collect()
            return self._shelf.discard_old() and is_clean(version.folder)

    def close(self) -> None:
        """Commits and lets the next writer come."""
        with self._lock:
            self.commit()
            if self._version is not None:
                self._version.finish()
                self._version = None

    def _opened(self) -> VersionWriter:
        if self._version is None:
            self._version = VersionWriter(self._shelf.create())
        return self._version

    def _follow(self) -> VersionWriter:
        """The live version's writer; after a rebuild the uncommitted changes are written again, into the new one."""
        current = self._shelf.current()
        version = self._opened()
        if current is None or version.folder == current:
            return version
        self._version = VersionWriter(current)
        pending, self._pending = self._pending, {}
        before = self._reader.latest()
        for change in pending.values():
            self._put(self._version, before, change)
        return self._version

    def _put(self, version: VersionWriter, before: Snapshot, change: Change) -> bool:
        pending = self._pending.get(change.id)
        known = pending.sequence if pending else before.sequence(change.id)
        if not supersedes(change, known):
            return False
        version.put(change, replaces=known > 0)
        self._pending[change.id] = change
        return True

    def _known(self, before: Snapshot, document_id: str) -> int | None:
        """Sequence of a document that is there, None when it is not or is deleted already."""
        pending = self._pending.get(document_id)
        if pending is not None:
            return pending.sequence if isinstance(pending, IndexEntry) else None
        address = before.address(document_id)
        if address is None or not before.has_text(address):
            return None
        return before.sequence(document_id)
