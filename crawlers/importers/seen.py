"""Which item keys a file has shown so far, in 48 bytes a row: duplicates are found in flat memory."""

from __future__ import annotations

import hashlib
from array import array
from typing import NamedTuple


class FirstSeen(NamedTuple):
    """Where a key stood first, and whether it stood there with the same content."""

    sheet_number: int
    row_number: int
    same_content: bool


def digest(*texts: str) -> int:
    """A 64-bit digest of some texts, never 0."""
    joined = "\x1f".join(texts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(joined, digest_size=8).digest(), "big") or 1


class SeenKeys:
    """An open-addressing table of digests; no text of a row is kept."""

    def __init__(self) -> None:
        self._capacity = 1024
        self._count = 0
        self._keys, self._contents, self._places = (array("Q", [0]) * self._capacity for _ in range(3))

    def first(self, key: int, content: int, sheet_number: int, row_number: int) -> FirstSeen | None:
        """None when the key is new (it is then remembered), else where it stood first."""
        slot = self._slot(key)
        if self._keys[slot]:
            sheet, row = divmod(self._places[slot], 1 << 32)
            return FirstSeen(sheet, row, self._contents[slot] == content)
        self._keys[slot], self._contents[slot], self._places[slot] = key, content, (sheet_number << 32) | row_number
        self._count += 1
        if self._count * 2 > self._capacity:
            self._grow()
        return None

    def _slot(self, key: int) -> int:
        mask = self._capacity - 1
        slot = key & mask
        while self._keys[slot] and self._keys[slot] != key:
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        old = zip(self._keys, self._contents, self._places, strict=True)
        self._capacity *= 2
        self._keys, self._contents, self._places = (array("Q", [0]) * self._capacity for _ in range(3))
        for key, content, place in old:
            if key:
                slot = self._slot(key)
                self._keys[slot], self._contents[slot], self._places[slot] = key, content, place
