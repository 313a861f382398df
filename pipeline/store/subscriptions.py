"""Subscriptions to incidents, each with its sealed channel."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from pipeline.records.subscription import Subscription
from pipeline.store.engine import Database, StoreConflict, lock
from pipeline.store.tables import messages, subscriptions


class Subscriptions(Database):
    """The store's subscriptions."""

    def add_subscription(self, subscription: Subscription, sealed: bytes) -> None:
        """Stores a new one. Raises StoreConflict when its name is taken."""
        with self.transaction() as connection:
            lock(connection, "notify")
            taken = select(subscriptions.c.name).where(subscriptions.c.name == subscription.name)
            if connection.execute(taken).first():
                raise StoreConflict(f"E152: there is a subscription named {subscription.name} already")
            connection.execute(
                insert(subscriptions).values(name=subscription.name, payload=subscription, sealed=sealed)
            )

    def remove_subscription(self, name: str) -> bool:
        """Forgets a subscription with its channel; what still waits for it is dropped. False when there is none."""
        with self.transaction() as connection:
            lock(connection, "notify")
            waiting = update(messages).where(messages.c.subscription == name, messages.c.state.in_(("waiting", "dead")))
            connection.execute(waiting.values(state="dropped", reason="E856: the subscription was removed"))
            return connection.execute(delete(subscriptions).where(subscriptions.c.name == name)).rowcount == 1

    def subscriptions(self) -> list[Subscription]:
        """All of them, by name."""
        with self.reading() as connection:
            query = select(subscriptions.c.payload).order_by(subscriptions.c.name)
            return list(connection.execute(query).scalars())

    def subscription(self, name: str) -> Subscription | None:
        """The one of that name, or None."""
        with self.reading() as connection:
            query = select(subscriptions.c.payload).where(subscriptions.c.name == name)
            return connection.execute(query).scalar_one_or_none()

    def sealed_channel(self, name: str) -> bytes | None:
        """The sealed address of its channel, or None."""
        with self.reading() as connection:
            query = select(subscriptions.c.sealed).where(subscriptions.c.name == name)
            return connection.execute(query).scalar_one_or_none()
