"""Leases: what one process at a time may do, on whatever machine; a process that dies loses them by time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from pipeline.store.engine import Database, lock
from pipeline.store.lease_time import LONGEST
from pipeline.store.tables import leases


class LeaseLost(RuntimeError):
    """E705: another process holds what this one thought was its own; nothing was written."""


class Leases(Database):
    """The store's leases."""

    def hold(self, names: Collection[str], holder: str, seconds: float) -> str | None:
        """Takes or renews all of these leases, or none; returns None, else who holds one of them."""
        now = self.clock()
        until = now + timedelta(seconds=seconds)
        with self.transaction() as connection:
            lock(connection, "leases")
            query = select(leases).where(leases.c.name.in_(sorted(names)))
            held = {row.name: row for row in connection.execute(query)}
            for row in held.values():
                if row.holder != holder and now < row.until <= now + LONGEST:
                    return str(row.holder)
            for name in sorted(names):
                values = {"holder": holder, "until": until}
                if name in held:
                    connection.execute(update(leases).where(leases.c.name == name).values(**values))
                else:
                    connection.execute(insert(leases).values(name=name, **values))
        return None

    def holders(self) -> set[str]:
        """Who holds a lease now."""
        with self.reading() as connection:
            return set(connection.execute(select(leases.c.holder).where(leases.c.until > self.clock())).scalars())

    def let_go(self, holder: str) -> int:
        """Ends all leases of a holder; returns how many."""
        with self.transaction() as connection:
            return connection.execute(delete(leases).where(leases.c.holder == holder)).rowcount

    def require_lease(self, name: str, holder: str) -> None:
        """Makes sure, in the caller's transaction, that the lease is still held. Raises LeaseLost (E705)."""
        query = select(leases.c.holder).where(leases.c.name == name, leases.c.until > self.clock())
        with self.transaction() as connection:
            if connection.execute(query.with_for_update()).scalar_one_or_none() != holder:
                raise LeaseLost(f"E705: the lease on {name} went to another process; run the same command again")
