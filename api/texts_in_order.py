"""Texts that are read from the store when they are first looked at: a card shows a few words of thousands of texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pipeline.records import Document
from pipeline.store import Store

FIRST: Final = 24
"""Texts that are read at first; each that follows on it is twice as large."""


class TextsInOrder(Mapping[str, Document]):
    """The documents of these ids by id, read in this order as far as they are asked for.

    Unknown ones are missing, and so are ``withdrawn`` ones where that is False.
    """

    def __init__(self, store: Store, ids: Iterable[str], *, withdrawn: bool = True) -> None:
        self._withdrawn = withdrawn
        self._store, self._ids = store, list(dict.fromkeys(ids))
        self._place = {one: place for place, one in enumerate(self._ids)}
        self._asked: set[str] = set()
        self._known: dict[str, Document] = {}
        self._step = FIRST

    def __getitem__(self, document_id: str) -> Document:
        if document_id not in self._asked and document_id in self._place:
            place = self._place[document_id]
            follows = not place or self._ids[place - 1] in self._asked
            self._read(place, self._step if follows else 1)
            self._step *= 2 if follows else 1
        return self._known[document_id]

    def __iter__(self) -> Iterator[str]:
        self._read(0, len(self._ids))
        return iter(self._known)

    def __len__(self) -> int:
        self._read(0, len(self._ids))
        return len(self._known)

    def _read(self, place: int, count: int) -> None:
        """Reads from this place on what was not read before."""
        wanted = [one for one in self._ids[place : place + count] if one not in self._asked]
        if wanted:
            found = self._store.documents_by_id(wanted)
            self._known |= {key: one for key, one in found.items() if self._withdrawn or not one.tombstone}
            self._asked.update(wanted)
