"""Webhooks and their deliveries: planned once a change, claimed with a lease, sent at least once under one id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Update, delete, insert, select, update

from pipeline.records.webhook import Delivery, Webhook
from pipeline.store.engine import Database, insert_new, lock
from pipeline.store.lease_time import is_free
from pipeline.store.platform_tables import webhook_deliveries as deliveries
from pipeline.store.platform_tables import webhooks

HOOK = [webhooks.c[name] for name in Webhook.model_fields]
DELIVERY = [deliveries.c[name] for name in Delivery.model_fields]


class Webhooks(Database):
    """The store's webhooks."""

    def add_webhook(self, webhook: Webhook, sealed: bytes) -> None:
        """Stores a new webhook with its sealed address and secret."""
        with self.transaction() as connection:
            values = webhook.model_dump()
            lists = {name: values[name] and list(values[name]) for name in ("events", "project_ids")}
            connection.execute(insert(webhooks).values(**{**values, **lists}, sealed=sealed))

    def webhooks(self, caller: str | None = None) -> list[Webhook]:
        """All webhooks, or those of one caller, the oldest first."""
        query = select(*HOOK).order_by(webhooks.c.created_at, webhooks.c.id)
        with self.reading() as connection:
            rows = connection.execute(query if caller is None else query.where(webhooks.c.caller == caller))
            return [Webhook.model_validate(dict(row._mapping)) for row in rows]

    def sealed_webhook(self, webhook_id: str) -> bytes | None:
        """Its sealed address and secret; None when it was removed."""
        with self.reading() as connection:
            query = select(webhooks.c.sealed).where(webhooks.c.id == webhook_id)
            return connection.execute(query).scalar_one_or_none()

    def remove_webhook(self, webhook_id: str, caller: str) -> bool:
        """Forgets a caller's webhook with all its deliveries; False when the caller has none of that id."""
        with self.transaction() as connection:
            lock(connection, "webhooks")
            mine = (webhooks.c.id == webhook_id, webhooks.c.caller == caller)
            if connection.execute(select(webhooks.c.id).where(*mine)).one_or_none() is None:
                return False
            connection.execute(delete(deliveries).where(deliveries.c.webhook_id == webhook_id))
            return connection.execute(delete(webhooks).where(*mine)).rowcount == 1

    def plan_deliveries(self, webhook: Webhook, planned: Iterable[Delivery], through: int) -> int:
        """Adds deliveries and notes up to which change they were planned; 0 when another process did so meanwhile."""
        rows = [one.model_dump() for one in planned]
        with self.transaction() as connection:
            lock(connection, "webhooks")
            known = update(webhooks).where(webhooks.c.id == webhook.id, webhooks.c.through == webhook.through)
            if not connection.execute(known.values(through=through)).rowcount:
                return 0
            return len(insert_new(connection, deliveries, rows, "sequence"))

    def claim_delivery(self, webhook_id: str, lease_seconds: float) -> Delivery | None:
        """The delivery of a webhook that is due longest; nobody else gets it until the lease ends.

        Its tries are counted here: a process that dies while it sends has tried.
        """
        columns, now = deliveries.c, self.clock()
        free = is_free(columns.leased_until, now)
        query = select(*DELIVERY).where(columns.webhook_id == webhook_id, columns.state == "waiting", free)
        query = query.where(columns.due_at <= now).order_by(columns.due_at, columns.sequence).limit(1)
        with self.transaction() as connection:
            lock(connection, "webhooks")
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            claimed = Delivery.model_validate({**row._mapping, "attempts": row.attempts + 1})
            until = now + timedelta(seconds=lease_seconds)
            connection.execute(_one(webhook_id, row.sequence).values(attempts=claimed.attempts, leased_until=until))
            return claimed

    def settle_delivery(self, delivery: Delivery, **values: object) -> None:
        """Notes what came of a try: ``state``, ``reason``, ``due_at``, ``sent_at``. What was sent stays sent."""
        with self.transaction() as connection:
            statement = _one(delivery.webhook_id, delivery.sequence).where(deliveries.c.state != "sent")
            connection.execute(statement.values(leased_until=None, **values))

    def dead_deliveries(self, webhook_ids: Sequence[str]) -> list[Delivery]:
        """What was given up, the oldest first."""
        query = select(*DELIVERY).where(deliveries.c.state == "dead", deliveries.c.webhook_id.in_(list(webhook_ids)))
        with self.reading() as connection:
            rows = connection.execute(query.order_by(deliveries.c.due_at, deliveries.c.sequence))
            return [Delivery.model_validate(dict(row._mapping)) for row in rows]

    def retry_deliveries(self, webhook_id: str) -> int:
        """Makes what was given up due at once, with all its tries and under the same ids; returns how many."""
        again = update(deliveries).where(deliveries.c.webhook_id == webhook_id, deliveries.c.state == "dead")
        with self.transaction() as connection:
            lock(connection, "webhooks")
            values = {"state": "waiting", "attempts": 0, "due_at": self.clock(), "reason": None}
            return connection.execute(again.values(**values)).rowcount

    def forget_deliveries(self, before: datetime) -> int:
        """Removes what was sent or dropped before a moment; returns how many."""
        over = deliveries.c.state.in_(("sent", "dropped")), deliveries.c.due_at < before
        with self.transaction() as connection:
            return connection.execute(delete(deliveries).where(*over)).rowcount


def _one(webhook_id: str, sequence: int) -> Update:
    return update(deliveries).where(deliveries.c.webhook_id == webhook_id, deliveries.c.sequence == sequence)
