"""The desk for subscriptions: admins add, list, test and remove them; every step is noted, no address is ever shown."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from api.desk import Desk, NotFound
from api.notices.compose import trial_notice
from api.policy import Denied, Reader, access
from index.fields import region_path
from pipeline.notify import NotDelivered, channel_of, kind_of, sealed_channel
from pipeline.records.subscription import Message, Subscription


@dataclass(frozen=True)
class Added:
    """A new subscription; ``signing_secret`` of a signed webhook is given this once."""

    subscription: Subscription
    signing_secret: str | None


class SubscriptionDesk(Desk):
    """One admin before the subscriptions of one office."""

    def add(self, purpose: str | None, address: str, fields: dict[str, Any]) -> Added:
        """Adds a subscription whose channel is at ``address``, which is sealed and never shown.

        Raises Denied, StoreConflict (E152) for a name that is taken, ValueError (E850–E853) for what cannot be used.
        """
        with self._managing("subscriptions.add", purpose, fields.get("name")):
            store = self._office.store
            given = dict(fields)
            if given.get("region_code"):
                given["region_code"] = region_path(given["region_code"])[-1]
            channel = kind_of(address)
            subscription = Subscription(
                **given, channel=channel, since=store.incident_events_end(), created_at=store.clock()
            )
            self._fits(subscription)
            sealed, secret = sealed_channel(self._office.keys, subscription.name, address)
            store.add_subscription(subscription, sealed)
            return Added(subscription, secret)

    def subscriptions(self, purpose: str | None) -> list[Subscription]:
        """All subscriptions by name, with the kind of their channel and nothing else of it."""
        with self._managing("subscriptions.list", purpose):
            return self._office.store.subscriptions()

    def remove(self, purpose: str | None, name: str) -> None:
        """Forgets a subscription and its address; nothing more is sent to it. Raises NotFound."""
        with self._managing("subscriptions.remove", purpose, name):
            if not self._office.store.remove_subscription(name):
                raise NotFound(f"E311: no subscription {name}; see: minyi subscribers list")

    def test(self, purpose: str | None, name: str) -> None:
        """Sends a message that says nothing but that the channel works. Raises NotFound, NotDelivered (E857)."""
        with self._managing("subscriptions.test", purpose, name):
            sealed = self._office.store.sealed_channel(name)
            if sealed is None:
                raise NotFound(f"E311: no subscription {name}; see: minyi subscribers list")
        try:
            channel_of(self._office.keys, name, sealed).send(trial_notice(f"test:{name}:{secrets.token_hex(8)}", name))
        except (NotDelivered, ValueError):
            raise
        except Exception as error:  # its text may hold the address
            raise NotDelivered(f"the channel failed ({type(error).__name__})") from None

    def dead(self, purpose: str | None) -> list[Message]:
        """Messages that were given up, with the reason; life-safety cues that reached nobody are among them."""
        with self._managing("subscriptions.dead", purpose):
            return self._office.store.dead_messages()

    def retry(self, purpose: str | None, name: str | None = None) -> int:
        """Makes the dead letters of one subscription, or of all, due again under their keys; returns how many."""
        with self._managing("subscriptions.retry", purpose, name):
            return self._office.store.retry_messages(name)

    def _fits(self, subscription: Subscription) -> None:
        """Raises ValueError (E851–E853): nobody subscribes to what cannot ever be read or told."""
        reader = Reader(subscription.who, subscription.role, subscription.project_ids, subscription.region_code)
        try:
            access().stated(reader, subscription.purpose)
        except Denied as error:
            raise ValueError(f"E851: {str(error).partition(': ')[2]}") from None
        known = {project.id for project in self._office.store.projects()}
        if unknown := sorted(set(subscription.project_ids or ()) - known):
            raise ValueError(f"E852: no project {', '.join(unknown)}; see: minyi projects list")
        if subscription.quiet and subscription.quiet[0] == subscription.quiet[1]:
            raise ValueError("E853: quiet hours end at another minute than they begin, as 22:00-07:00")

    @contextmanager
    def _managing(self, action: str, purpose: str | None, subject: str | None = None) -> Iterator[None]:
        """Checks the right, and notes the step in the transaction of what is done."""
        with self._refusals_noted(action, None, None):
            granted = access().check(self._reader, "subscriptions.manage", purpose, None)
        with self._office.store.transaction():
            self._note(action, granted, None, subject)
            yield
