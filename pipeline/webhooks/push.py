"""Telling webhooks: plan a delivery for every change that a webhook may hear of, send what is due, note the outcome.

A delivery is claimed and its try counted before it is sent, and noted as sent afterwards: killed in between, it is sent
again under the same id when the lease ends. What fails waits a minute, then twice as long each time up to an hour;
after the last try it is a dead letter, which can be listed and sent again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

from pipeline.deployment_key import DeploymentKey
from pipeline.notify.channel import NotDelivered
from pipeline.notify.delivery import LONGEST_ASKED, Sent, back_off
from pipeline.notify.http import post
from pipeline.notify.signed import signature
from pipeline.records.webhook import Delivery, Webhook, WebhookEvent
from pipeline.store import Store
from pipeline.store.changes import SCANNED, Change

LEASE_SECONDS: Final = 120.0
SIDE_BY_SIDE: Final = 8
KEPT: Final = timedelta(days=30)
"""How long it stays known what was sent."""
MayTell = Callable[[Webhook, str], bool]
"""Whether a webhook may hear of risk points of a project now: its key lives and the role has a seat there."""


def push(
    store: Store,
    keys: DeploymentKey,
    may_tell: MayTell,
    *,
    gone: Callable[[Change], bool],
    attempts: int,
    seconds: float,
) -> Sent:
    """Plans and sends for at most about ``seconds``. Any number of processes may do it at once; no receiver raises.

    ``gone`` says whether a change takes a risk point away. A webhook whose receiver fails waits for the next run.
    """
    done = Sent()
    hooks = store.webhooks()
    if not hooks:
        return done
    store.number_changes()
    for hook in hooks:
        done.planned += _plan(store, hook, may_tell, gone)
    deadline = time.monotonic() + seconds
    with ThreadPoolExecutor(min(SIDE_BY_SIDE, len(hooks)), thread_name_prefix="webhooks") as pool:
        for part in pool.map(lambda hook: _drain(store, keys, hook, may_tell, attempts, deadline), hooks):
            done.sent, done.failed = done.sent + part.sent, done.failed + part.failed
            done.dead, done.dropped = done.dead + part.dead, done.dropped + part.dropped
    store.forget_deliveries(store.clock() - KEPT)
    return done


def send_once(keys: DeploymentKey, webhook_id: str, sealed: bytes, event: WebhookEvent) -> None:
    """Sends one event now. Raises NotDelivered (E857), without the address, and ValueError (E855) for another key."""
    kept = json.loads(keys.open_channel(webhook_id, sealed))
    body = event.canonical_json().encode()
    timestamp = str(int(time.time()))
    post(
        kept["address"],
        body,
        {
            "webhook-id": event.id,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(kept["secret"], event.id, timestamp, body),
        },
    )


def event_of(delivery: Delivery) -> WebhookEvent:
    """What is sent: ids and links, no text and no number of anything."""
    return WebhookEvent(
        id=delivery.key,
        kind=delivery.event,
        happened_at=delivery.happened_at,
        change=delivery.sequence,
        project_id=delivery.project_id,
        risk_point_id=delivery.risk_point_id,
        links={"changes": "/v1/risk-points", "risk_point": f"/v1/risk-points/{delivery.risk_point_id}"},
    )


def _plan(store: Store, hook: Webhook, may_tell: MayTell, gone: Callable[[Change], bool]) -> int:
    """A delivery for each change since the last time that the webhook asked for; sealed ones are never told (P-14)."""
    planned, through = 0, hook.through
    while changes := store.changes_after(through):
        allowed = {name: may_tell(hook, name) for name in {change.project_id for change in changes}}
        now = store.clock()
        rows = [
            Delivery(
                webhook_id=hook.id,
                sequence=change.sequence,
                event="risk_point.removed" if gone(change) else "risk_point.changed",
                risk_point_id=change.risk_point_id,
                project_id=change.project_id,
                happened_at=change.updated_at,
                due_at=now,
            )
            for change in changes
            if not change.sealed and allowed[change.project_id]
        ]
        wanted = [row for row in rows if row.event in hook.events]
        through = changes[-1].sequence
        planned += store.plan_deliveries(hook, wanted, through)
        hook = hook.model_copy(update={"through": through})
        if len(changes) < SCANNED:
            break
    return planned


def _drain(store: Store, keys: DeploymentKey, hook: Webhook, may_tell: MayTell, attempts: int, deadline: float) -> Sent:
    """Sends what is due to one webhook, in its order, until something fails."""
    done = Sent()
    while time.monotonic() < deadline and (delivery := store.claim_delivery(hook.id, LEASE_SECONDS)):
        sealed = store.sealed_webhook(hook.id)
        if sealed is None or not may_tell(hook, delivery.project_id):
            reason = "E666: the key was revoked, or may not see the project any more"
            store.settle_delivery(delivery, state="dropped", reason=reason)
            done.dropped += 1
            continue
        try:
            send_once(keys, hook.id, sealed, event_of(delivery))
        except (NotDelivered, ValueError) as error:
            outcome = error if isinstance(error, NotDelivered) else NotDelivered("it cannot be signed", permanent=True)
            done.failed, done.dead = done.failed + 1, done.dead + _failed(store, delivery, outcome, attempts)
            break
        store.settle_delivery(delivery, state="sent", reason=None, sent_at=store.clock())
        done.sent += 1
    return done


def _failed(store: Store, delivery: Delivery, outcome: NotDelivered, attempts: int) -> bool:
    """Notes when the next try is, or that there is none; whether it became a dead letter."""
    if outcome.permanent or delivery.attempts >= attempts:
        reason = f"{outcome} (tries: {delivery.attempts})"[:200]
        store.settle_delivery(delivery, state="dead", reason=reason)
        return True
    wait = max(min(outcome.retry_after or 0.0, LONGEST_ASKED), back_off(delivery))
    store.settle_delivery(delivery, reason=str(outcome)[:200], due_at=store.clock() + timedelta(seconds=wait))
    return False
