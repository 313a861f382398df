"""Where the next page begins: opaque to its bearer, bound to its search by a digest."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import astuple, dataclass

from index.base import Search
from index.errors import CursorError
from index.query import to_json


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last hit shown: its place in the order (``key``, then ``id``).

    By relevance also its ``score``, its ``rank`` and the ``snapshot`` of the index that was ranked.
    """

    key: int
    id: str
    rank: int = 0
    score: float = 0.0
    snapshot: str = ""

    def encode(self, search: Search) -> str:
        """The cursor as a URL-safe string that only fits this search."""
        payload = json.dumps(astuple(self), separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(_digest(payload, search) + payload).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str, search: Search) -> Cursor:
        """Raises CursorError when the string is damaged or comes from another query, filter or order."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise CursorError("it is not one of ours") from None
        digest, payload = raw[:12], raw[12:]
        if len(text) > 4096 or digest != _digest(payload, search):
            raise CursorError("it was damaged, or belongs to another query, filter or order")
        key, document_id, rank, score, snapshot = json.loads(payload)
        return cls(key, document_id, rank, score, snapshot)


def _digest(payload: bytes, search: Search) -> bytes:
    question = f"{search.sort} {to_json(search.narrowed())} ".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(question + payload, digest_size=12, person=b"minyi-cursor").digest()
