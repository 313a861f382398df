"""Where the next page of a fused ranking begins: what was shown of the fusion, then a place in the lexical ranking."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass, field
from typing import Final

from index.base import Search
from index.errors import CursorError
from index.query import to_json

_MARK: Final = 6
"""Bytes that stand for a document id: two of 200 ids share theirs once in 10^10 rankings."""
_LONGEST: Final = 16_384


def mark(document_id: str) -> bytes:
    """A short stand-in for a document id."""
    return hashlib.blake2b(document_id.encode(), digest_size=_MARK, person=b"minyi-shown").digest()


@dataclass(frozen=True, slots=True)
class FusedCursor:
    """``shown`` marks the hits of the fusion that were shown; ``lexical`` is the cursor to go on from after them."""

    shown: frozenset[bytes] = field(default_factory=frozenset)
    lexical: str | None = None

    def encode(self, search: Search) -> str:
        """The cursor as a URL-safe string that only fits this search."""
        shown = base64.b64encode(b"".join(sorted(self.shown))).decode()
        payload = json.dumps([shown, self.lexical], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(_digest(payload, search) + payload).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str, search: Search) -> FusedCursor:
        """Raises CursorError when the string is damaged or comes from another query, filter, order or mode."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise CursorError("it is not one of ours") from None
        digest, payload = raw[:12], raw[12:]
        if len(text) > _LONGEST or digest != _digest(payload, search):
            raise CursorError("it was damaged, or belongs to another query, filter, order or mode")
        marks, lexical = json.loads(payload)
        joined = base64.b64decode(marks)
        return cls(frozenset(joined[i : i + _MARK] for i in range(0, len(joined), _MARK)), lexical)


def _digest(payload: bytes, search: Search) -> bytes:
    question = f"{search.sort} {to_json(search.narrowed())} ".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(question + payload, digest_size=12, person=b"minyi-fused").digest()
