"""Idempotency keys that were answered: the same request has one effect, however often and from wherever it comes."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, update

from pipeline.store.engine import Database, StoreConflict, insert_new
from pipeline.store.platform_tables import answered_keys


class KeyReused(StoreConflict):
    """E660: the idempotency key stands for another request of the same caller."""


class AnsweredKeys(Database):
    """The store's idempotency keys. They never expire: a retry after months is still the same request."""

    def answer_once(self, caller: str, key: str, request_hash: str, make: Callable[[], str]) -> tuple[str, bool]:
        """The id of what ``make`` recorded for this key, and whether it was recorded now.

        ``make`` runs in the same transaction: when it raises, the key stays free. Of several requests at once one makes
        and the others wait for it. Raises KeyReused (E660) when the key came with another ``request_hash`` before.
        """
        columns = answered_keys.c
        mine = (columns.caller == caller, columns.key == key)
        row = {"caller": caller, "key": key, "request_hash": request_hash, "answered_at": self.clock()}
        with self.transaction() as connection:
            if insert_new(connection, answered_keys, [row], "key"):
                made = make()
                connection.execute(update(answered_keys).where(*mine).values(answer=made))
                return made, True
            known = connection.execute(select(columns.request_hash, columns.answer).where(*mine)).one()
            if known.request_hash != request_hash:
                raise KeyReused(
                    "E660: this Idempotency-Key stands for another request; send a new request with a new key"
                )
            return str(known.answer), False

    def answered(self, caller: str, key: str) -> str | None:
        """The id of what was recorded for this key; None for one that is free."""
        columns = answered_keys.c
        query = select(columns.answer).where(columns.caller == caller, columns.key == key)
        with self.reading() as connection:
            return connection.execute(query).scalar_one_or_none()
