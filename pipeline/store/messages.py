"""Messages to subscribers: planned once, claimed with a lease, sent at least once under a key that never changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from pipeline.records.incident import IncidentEvent
from pipeline.records.subscription import Message
from pipeline.store.engine import insert_new, lock
from pipeline.store.lease_time import is_free
from pipeline.store.meta import Meta
from pipeline.store.tables import incident_events, message_events, messages

COLUMNS = [messages.c[name] for name in Message.model_fields]
NOTIFIED = "notified_through"


class Messages(Meta):
    """The store's messages."""

    def notified_through(self) -> int:
        """Sequence of the last event whose messages are planned."""
        return int(self.fact(NOTIFIED) or 0)

    @contextmanager
    def planning(self) -> Iterator[None]:
        """A transaction in which nobody else plans or claims messages."""
        with self.transaction() as connection:
            lock(connection, "notify")
            yield

    def notified(self, sequence: int) -> None:
        """Notes that the messages of all events up to ``sequence`` are planned."""
        self.set_fact(NOTIFIED, str(sequence))

    def add_message(self, message: Message, event: IncidentEvent) -> bool:
        """Adds an event to a message, which is made if it is not there; whether it was made."""
        with self.transaction() as connection:
            new = insert_new(connection, messages, [message.model_dump()], "key")
            row = {"message_key": message.key, "sequence": event.sequence, "incident_id": event.incident_id}
            insert_new(connection, message_events, [row], "sequence")
            return bool(new)

    def add_plain_message(self, message: Message) -> bool:
        """Adds a message that tells of no incident; whether it was not there yet."""
        with self.transaction() as connection:
            return bool(insert_new(connection, messages, [message.model_dump()], "key"))

    def digest_is_open(self, key: str) -> bool:
        """Whether more may go into a digest: it was never claimed."""
        query = select(messages.c.attempts, messages.c.state, messages.c.leased_by).where(messages.c.key == key)
        with self.reading() as connection:
            row = connection.execute(query).one_or_none()
        return row is None or (row.attempts == 0 and row.state == "waiting" and row.leased_by is None)

    def claim_message(self, worker: str, lease_seconds: float, without: Collection[str] = ()) -> Message | None:
        """The message that is due longest, urgent ones first, which nobody else gets until the lease ends.

        Its attempts are counted here: a process that dies while sending has tried. ``without`` names subscriptions to
        pass over.
        """
        columns, now = messages.c, self.clock()
        free = is_free(columns.leased_until, now)
        query = select(*COLUMNS).where(columns.state == "waiting", columns.due_at <= now, free)
        query = query.where(columns.subscription.not_in(list(without)))
        query = query.order_by(columns.urgent.desc(), columns.due_at, columns.key).limit(1)
        with self.transaction() as connection:
            lock(connection, "notify")
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            until = now + timedelta(seconds=lease_seconds)
            claimed = update(messages).where(columns.key == row.key)
            connection.execute(claimed.values(attempts=row.attempts + 1, leased_by=worker, leased_until=until))
            return Message.model_validate({**row._mapping, "attempts": row.attempts + 1})

    def events_of_message(self, key: str) -> list[IncidentEvent]:
        """The events that a message tells, in the order they came."""
        query = select(incident_events).join(message_events, message_events.c.sequence == incident_events.c.sequence)
        query = query.where(message_events.c.message_key == key).order_by(incident_events.c.sequence)
        with self.reading() as connection:
            return [IncidentEvent.model_validate(dict(row._mapping)) for row in connection.execute(query)]

    def message_sent(self, key: str) -> None:
        """Notes that the channel took the message."""
        self._settle(key, state="sent", reason=None, sent_at=self.clock())

    def message_failed(self, key: str, reason: str, next_at: datetime) -> None:
        """Notes why the message was not taken, and when it is tried again."""
        self._settle(key, reason=reason[:200], due_at=next_at)

    def message_given_up(self, key: str, reason: str, *, dropped: bool = False) -> None:
        """Makes a dead letter of a message, or drops it where it may not or need not be sent any more."""
        self._settle(key, state="dropped" if dropped else "dead", reason=reason[:200])

    def dead_messages(self, subscription: str | None = None) -> list[Message]:
        """Dead letters, the oldest first."""
        query = select(*COLUMNS).where(messages.c.state == "dead")
        if subscription is not None:
            query = query.where(messages.c.subscription == subscription)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(messages.c.due_at, messages.c.key))
            return [Message.model_validate(dict(row._mapping)) for row in rows]

    def retry_messages(self, subscription: str | None = None) -> int:
        """Makes dead letters due at once, with all their tries and the same keys; returns how many."""
        statement = update(messages).where(messages.c.state == "dead", messages.c.subscription != "")
        if subscription is not None:
            statement = statement.where(messages.c.subscription == subscription)
        with self.transaction() as connection:
            lock(connection, "notify")
            return connection.execute(
                statement.values(state="waiting", attempts=0, due_at=self.clock(), reason=None)
            ).rowcount

    def was_told(self, subscription: str, incident_id: str) -> bool:
        """Whether any message to the subscription tells or told of the incident."""
        query = select(messages.c.key).join(message_events, message_events.c.message_key == messages.c.key)
        query = query.where(messages.c.subscription == subscription, message_events.c.incident_id == incident_id)
        with self.reading() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def message_figures(self) -> dict[str, int]:
        """How many messages there are by state."""
        with self.reading() as connection:
            rows = connection.execute(select(messages.c.state, func.count()).group_by(messages.c.state))
            return {row[0]: row[1] for row in rows}

    def _settle(self, key: str, **values: object) -> None:
        """A message that was sent stays sent, whatever a slower process has to say."""
        statement = update(messages).where(messages.c.key == key, messages.c.state.in_(("waiting", "dead")))
        with self.transaction() as connection:
            connection.execute(statement.values(leased_by=None, leased_until=None, **values))
