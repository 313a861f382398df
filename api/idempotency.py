"""Idempotency keys: a request that is sent again with its ``Idempotency-Key`` has no second effect.

A desk method that records something takes a :class:`Once` and runs it inside its own transaction, after the caller's
rights were checked::

    made, new = once.run(store, lambda: store.add(record))     # ``add`` returns the record's id

The first request answers 201, the same one again 200 with the same record, another one under the same key 409 (E660).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Header
from pydantic import BaseModel

from api.policy import Reader
from pipeline.store import Store

FORM: Final = r"^[\x21-\x7e]{1,200}$"
IdempotencyKey = Annotated[
    str | None, Header(pattern=FORM, description="The same key with the same body has one effect.")
]
"""For routes that people use: without a key every request is one of its own."""
RequiredKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key", pattern=FORM, description="Required: the same key with the same body has one effect."
    ),
]
"""For routes that programs use: they retry, so every request has a key."""


@dataclass(frozen=True)
class Once:
    """One request of one caller; keys of two callers are never the same."""

    caller: str
    key: str
    request_hash: str

    @classmethod
    def of(cls, reader: Reader, key: str, route: str, body: BaseModel) -> Once:
        """From a request: ``route`` is a name such as ``decisions``; the hash covers it and every field of the body."""
        content = json.dumps([route, body.model_dump(mode="json")], sort_keys=True)
        return cls(reader.who, key, hashlib.sha256(content.encode()).hexdigest())

    def run(self, store: Store, make: Callable[[], str]) -> tuple[str, bool]:
        """The id of what ``make`` recorded, and whether it was now. Raises KeyReused (E660) for another request."""
        return store.answer_once(self.caller, self.key, self.request_hash, make)
