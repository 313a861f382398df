"""Reading: the live version as of its last commit, and for a while the ones before it, for pages already begun."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import tantivy

from index.embedded.schema import schema, unpack
from index.embedded.shelf import Shelf, opened
from index.entry import IndexEntry
from index.errors import IndexUnusable

KEPT: Final = 8
"""States of the index that stay open for the next page of a ranking."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The index as it was at one commit; ``name`` finds it again while it is kept."""

    name: str
    searcher: tantivy.Searcher

    def entry(self, address: tantivy.DocAddress) -> IndexEntry:
        """The stored document at an address."""
        stored = self.searcher.doc(address).get_first("stored")
        assert isinstance(stored, bytes)
        return unpack(stored)

    def has_text(self, address: tantivy.DocAddress) -> bool:
        """Whether a document is there and not only its tombstone."""
        return self.searcher.doc(address).get_first("stored") is not None

    def address(self, document_id: str) -> tantivy.DocAddress | None:
        """Where a document, or what is left of a deleted one, lies."""
        query = tantivy.Query.term_query(schema(), "id", document_id, "basic")
        hits = self.searcher.search(query, 1, count=False).hits
        return hits[0][1] if hits else None

    def sequence(self, document_id: str) -> int:
        """The sequence of a document or of its deletion; 0 when it was never here."""
        address = self.address(document_id)
        return 0 if address is None else self.number("sequence", address)

    def total(self, query: tantivy.Query) -> int:
        """How many documents a query finds."""
        return int(self.searcher.aggregate(query, _COUNT)["documents"]["value"])

    def number(self, field: str, address: tantivy.DocAddress) -> int:
        """The value of a number field that every document has."""
        value = self.searcher.fast_field_values(field, [address])[0]
        return int(value or 0)

    def last_sequence(self) -> int:
        """The highest sequence in the index."""
        hits = self.searcher.search(tantivy.Query.all_query(), 1, count=False, order_by_field="sequence").hits
        return int(hits[0][0]) if hits else 0


_COUNT: Final = {"documents": {"value_count": {"field": "sequence"}}}
"""Every document has a sequence; an aggregation does not score what it counts."""


def counted(answer: tantivy.SearchResult) -> int:
    """How many documents a search that was asked to count has found."""
    return int(getattr(answer, "count"))  # noqa: B009 (its stub lacks it)


class Reader:
    """Opens what a writer, here or in another process, has committed; asks the file system before every search."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._index: tantivy.Index | None = None
        self._seen: tuple[int, int, int] | None = None
        self._kept: OrderedDict[str, Snapshot] = OrderedDict()

    def latest(self) -> Snapshot:
        """The index as of the last commit. Raises IndexUnusable."""
        with self._lock:
            folder = self._shelf.current() or self._shelf.create()
            if folder != self._folder:
                self._index, self._folder, self._seen = opened(folder), folder, None
            seen = _state(folder)
            if seen != self._seen:
                self._keep(folder)
                self._seen = seen
            return next(reversed(self._kept.values()))

    def kept(self, name: str) -> Snapshot | None:
        """An earlier state of the index, None when it is no longer kept."""
        with self._lock:
            return self._kept.get(name)

    def close(self) -> None:
        """Lets go of every state; the next search opens anew."""
        with self._lock:
            self._kept.clear()
            self._index = self._folder = self._seen = None

    def _keep(self, folder: Path) -> None:
        assert self._index is not None
        with damage_named(folder):
            self._index.reload()
            snapshot = Snapshot(secrets.token_hex(4), self._index.searcher())
        self._kept[snapshot.name] = snapshot
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


@contextmanager
def damage_named(folder: Path) -> Iterator[None]:
    """Turns what Tantivy says, or panics with, on damaged files into IndexUnusable."""
    try:
        yield
    except (ValueError, OSError) as error:
        if isinstance(error, UnicodeError) or type(error) in (ValueError, OSError):
            raise IndexUnusable(folder, f"it is damaged ({str(error)[:160]})") from error
        raise
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise IndexUnusable(folder, f"it is damaged ({str(error)[:160]})") from None
        raise


def _state(folder: Path) -> tuple[int, int, int]:
    try:
        stat = (folder / "meta.json").stat()
    except FileNotFoundError:
        raise IndexUnusable(folder, "meta.json is missing") from None
    return stat.st_mtime_ns, stat.st_ino, stat.st_size
