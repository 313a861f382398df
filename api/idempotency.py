"""Idempotency keys: a request that is sent again with its ``Idempotency-Key`` has no second effect.

A desk method that records something takes an :class:`api.once.Once` and runs it inside its own transaction, after
the caller's rights were checked::

    made, new = once.run(store, lambda: store.add(record))     # ``add`` returns the record's id

The first request answers 201, the same one again 200 with the same record, another one under the same key 409 (E660).
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Header

from api.once import Once

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

__all__ = ["IdempotencyKey", "Once", "RequiredKey"]
