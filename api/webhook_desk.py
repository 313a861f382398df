"""The desk for webhooks: a system subscribes itself and has sent again what did not arrive; each step is noted."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from api.change_desk import tombstone_of
from api.desk import Desk, NotFound
from api.policy import Reader, access
from pipeline.notify import NotDelivered, Sent
from pipeline.notify.signed import new_secret
from pipeline.office import Office
from pipeline.records.webhook import Delivery, Webhook, WebhookEvent, WebhookEventKind
from pipeline.store import Store
from pipeline.webhooks import MayTell, WebhookUnusable, address_of, push, send_once

MOST: Final = 20
"""Webhooks of one key."""
SECONDS: Final = 60.0
"""A run starts no further send after so long: what is left is sent at the next one."""


@dataclass(frozen=True)
class Subscribed:
    """A new webhook; its signing secret is given this once."""

    webhook: Webhook
    signing_secret: str


class WebhookDesk(Desk):
    """One system before its own webhooks, or an operator before those of ``caller``; others do not exist there."""

    def __init__(self, office: Office, reader: Reader, caller: str | None = None) -> None:
        super().__init__(office, reader)
        self._caller = caller or reader.who

    def subscribe(
        self,
        purpose: str | None,
        url: str,
        events: Sequence[WebhookEventKind],
        project_ids: Sequence[str] | None = None,
    ) -> Subscribed:
        """Tells ``url`` of changes from now on. Raises Denied, WebhookUnusable (E662), HostNotAllowed (E663)."""
        store, keys = self._office.store, self._office.keys
        store.number_changes()  # what was there before is not told
        with self._managing("webhooks.add", purpose) as granted:
            if len(store.webhooks(self._caller)) >= MOST:
                raise WebhookUnusable(f"E662: a key has {MOST} webhooks at most; remove one that is not used any more")
            if unknown := sorted(set(project_ids or ()) - {p.id for p in store.projects()}):
                raise WebhookUnusable(f"E662: {len(unknown)} of the projects do not exist; see GET /v1/projects")
            address, host = address_of(url, self._office.settings.webhook_hosts)
            webhook = Webhook(
                id=f"w{secrets.token_hex(12)}",
                caller=self._caller,
                purpose=granted,
                host=host,
                events=tuple(dict.fromkeys(events)),
                project_ids=None if project_ids is None else tuple(sorted(set(project_ids))),
                through=store.changes_end(),
                created_at=store.clock(),
            )
            secret = new_secret()
            sealed = keys.seal_channel(webhook.id, json.dumps({"address": address, "secret": secret}))
            store.add_webhook(webhook, sealed)
            return Subscribed(webhook, secret)

    def webhooks(self, purpose: str | None) -> list[Webhook]:
        """The caller's webhooks, the oldest first; of an address the host alone."""
        with self._managing("webhooks.list", purpose):
            return self._office.store.webhooks(self._caller)

    def remove(self, purpose: str | None, webhook_id: str) -> None:
        """Forgets a webhook; what still waits for it is not sent. Raises NotFound."""
        with self._managing("webhooks.remove", purpose, webhook_id):
            if not self._office.store.remove_webhook(webhook_id, self._caller):
                raise NotFound(f"E311: no webhook {webhook_id}")

    def ping(self, purpose: str | None, webhook_id: str) -> None:
        """Sends an event that says nothing but that the webhook works. Raises NotFound, NotDelivered (E857)."""
        with self._managing("webhooks.ping", purpose, webhook_id):
            self._mine(webhook_id)
            sealed = self._office.store.sealed_webhook(webhook_id)
        event = WebhookEvent(
            id=f"ping-{secrets.token_hex(8)}",
            kind="ping",
            happened_at=self._office.store.clock(),
            change=0,
            project_id=None,
            risk_point_id=None,
            links={"changes": "/v1/risk-points"},
        )
        if sealed is None:
            raise NotDelivered("the webhook was removed")
        send_once(self._office.keys, webhook_id, sealed, event)

    def dead(self, purpose: str | None) -> list[Delivery]:
        """What was given up for the caller's webhooks, with the reason."""
        with self._managing("webhooks.dead", purpose):
            store = self._office.store
            return store.dead_deliveries([webhook.id for webhook in store.webhooks(self._caller)])

    def retry(self, purpose: str | None, webhook_id: str) -> int:
        """Makes what was given up due again under its ids; returns how many. Raises NotFound."""
        with self._managing("webhooks.retry", purpose, webhook_id):
            self._mine(webhook_id)
            return self._office.store.retry_deliveries(webhook_id)

    def _mine(self, webhook_id: str) -> None:
        if webhook_id not in {webhook.id for webhook in self._office.store.webhooks(self._caller)}:
            raise NotFound(f"E311: no webhook {webhook_id}")

    @contextmanager
    def _managing(self, action: str, purpose: str | None, subject: str | None = None) -> Iterator[Any]:
        """Checks the right, and notes the step in the transaction of what is done."""
        with self._refusals_noted(action):
            granted = access().check(self._reader, "webhooks.manage", purpose, None)
        with self._office.store.transaction():
            self._note(action, granted, None, subject)
            yield granted


def tell_webhooks(office: Office, seconds: float = SECONDS) -> Sent:
    """Plans and sends what other systems are to be told; returns what it did. No receiver's failure raises."""
    return push(
        office.store,
        office.keys,
        _may_tell(office.store),
        gone=lambda change: tombstone_of(change) is not None,
        attempts=office.settings.notify_attempts,
        seconds=seconds,
    )


def _may_tell(store: Store) -> MayTell:
    """Whether the key behind a webhook lives and may read the risk points of a project, now."""

    def may_tell(hook: Webhook, project_id: str) -> bool:
        key = next((key for key in store.api_keys() if key.name == hook.caller and key.revoked_at is None), None)
        project = store.project(project_id)
        if key is None or project is None or (hook.project_ids is not None and project_id not in hook.project_ids):
            return False
        reader = Reader(key.name, key.role, key.project_ids, key.region_code, key.unit)
        return access().allows(reader, "risk_points.read", project) and key.role in access().purposes[hook.purpose]

    return may_tell
