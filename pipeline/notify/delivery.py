"""Sending what is due: at least once, one after the other per channel, channels side by side, within a time limit.

A message is claimed and its attempt counted before it is sent, and noted as sent afterwards. Killed in between, it is
sent again under the same key as soon as the lease ends.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from pipeline.audit import AuditLog
from pipeline.deployment_key import DeploymentKey
from pipeline.hands import lease_name
from pipeline.notify.channel import NotDelivered, Notice
from pipeline.notify.channels import channel_of
from pipeline.notify.dispatches import dispatch_of
from pipeline.records.subscription import Message, Subscription
from pipeline.store import Store

LEASE_SECONDS: Final = 120.0
SEND_SECONDS: Final = 25.0
"""Longest that one send may take before it counts as failed: far below the lease."""
SIDE_BY_SIDE: Final = 8
FIRST_WAIT: Final = 60.0
LONGEST_WAIT: Final = 3600.0
LONGEST_URGENT: Final = 300.0
LONGEST_ASKED: Final = 86_400.0
"""A receiver may ask for a day of patience, not for more."""
Compose = Callable[[Message, Subscription], Notice | None]
"""The notice of a message as it may be told at this moment; None when nothing of it may or need be told."""


@dataclass
class Sent:
    """What one run of the notification did."""

    planned: int = 0
    sent: int = 0
    failed: int = 0
    dead: int = 0
    dropped: int = 0
    webhooks: Sent | None = None
    """What was sent to the webhooks of other systems."""


def deliver(
    store: Store, keys: DeploymentKey, compose: Compose, *, attempts: int, seconds: float, done: Sent | None = None
) -> Sent:
    """Sends what is due, for at most about ``seconds``; a subscription whose channel fails waits for the next run."""
    done, passed_over = done or Sent(), set[str]()
    worker = lease_name()[:100]
    deadline = time.monotonic() + seconds
    busy: list[tuple[threading.Thread, _Try]] = []
    more = True
    while more or busy:
        running = _settled(store, busy, attempts, done, passed_over)
        more = (more or len(running) < len(busy)) and time.monotonic() < deadline
        busy = running
        if more and len(busy) < SIDE_BY_SIDE:
            under_way = {attempt.message.subscription for _, attempt in busy}
            message = store.claim_message(worker, LEASE_SECONDS, passed_over | under_way)
            more = message is not None
            begun = _begun(store, keys, compose, message, done) if message else None
            busy += [begun] if begun else []
        else:
            time.sleep(0.01)
    return done


@dataclass
class _Try:
    """One attempt to send one message."""

    message: Message
    until: float = 0.0
    outcome: NotDelivered | None = None
    taken: bool = False


def _begun(
    store: Store, keys: DeploymentKey, compose: Compose, message: Message, done: Sent
) -> tuple[threading.Thread, _Try] | None:
    """Starts sending; None when nothing is to be sent, which is noted. A hanging receiver holds nobody at the exit."""
    attempt = _Try(message)
    subscription, sealed = store.subscription(message.subscription), store.sealed_channel(message.subscription)
    if message.expires_at is not None and message.expires_at <= store.clock():
        store.message_given_up(message.key, "E863: the 72 hours of the cue are over (P-18)")
        done.dead += 1
        return None
    if subscription is None or sealed is None:
        store.message_given_up(message.key, "E856: the subscription was removed", dropped=True)
        done.dropped += 1
        return None
    try:
        notice = compose(message, subscription)
        channel = channel_of(keys, subscription.name, sealed)
    except Exception as error:  # one message that cannot be made holds up no other
        attempt.outcome = NotDelivered(f"the message cannot be made ({_code_of(error)})")
        return threading.Thread(), attempt
    if notice is None:
        store.message_given_up(message.key, "E864: nothing of it may or need be told any more", dropped=True)
        done.dropped += 1
        return None
    told = notice

    def send() -> None:
        try:
            channel.send(told)
            attempt.taken = True
        except NotDelivered as error:
            attempt.outcome = error
        except Exception as error:  # its text may hold the address
            attempt.outcome = NotDelivered(f"the channel failed ({type(error).__name__})")

    attempt.until = time.monotonic() + SEND_SECONDS  # making the message does not count
    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    return thread, attempt


def _settled(
    store: Store, busy: list[tuple[threading.Thread, _Try]], attempts: int, done: Sent, passed_over: set[str]
) -> list[tuple[threading.Thread, _Try]]:  # fmt: skip
    """Notes what came of the attempts that ended, and returns those that still run."""
    running = []
    for thread, attempt in busy:
        if thread.is_alive() and time.monotonic() < attempt.until:
            running.append((thread, attempt))
            continue
        if attempt.taken:
            with store.transaction():
                store.message_sent(attempt.message.key)
                _note(store, attempt.message, "alerts.notify")
            done.sent += 1
            continue
        outcome = attempt.outcome or NotDelivered("the receiver took too long")
        passed_over.add(attempt.message.subscription)
        dead = failed(store, attempt.message, outcome, attempts)
        done.failed, done.dead = done.failed + 1, done.dead + dead
    return running


def failed(store: Store, message: Message, outcome: NotDelivered, attempts: int) -> bool:
    """Notes a failed attempt: when the next one is, or that there is none; whether it became a dead letter."""
    if outcome.permanent or (message.attempts >= attempts and not message.urgent):
        with store.transaction():
            store.message_given_up(message.key, f"{outcome} (tries: {message.attempts})")
            _note(store, message, "alerts.undelivered")
        return True
    asked = min(outcome.retry_after or 0.0, LONGEST_ASKED)
    wait = timedelta(seconds=max(asked, back_off(message)))
    store.message_failed(message.key, str(outcome), store.clock() + wait)
    return False


class Tried(Protocol):
    """Something that was tried to be sent, so many times, under a key."""

    @property
    def key(self) -> str: ...
    @property
    def attempts(self) -> int: ...
    @property
    def urgent(self) -> bool: ...


def back_off(message: Tried) -> float:
    """Seconds until the next try: a minute, doubled each time up to an hour (five minutes for a life-safety cue).

    Up to a fifth more by the key, so that not all messages to a receiver come at the same moment.
    """
    longest = LONGEST_URGENT if message.urgent else LONGEST_WAIT
    wait = min(longest, FIRST_WAIT * 2.0 ** min(message.attempts - 1, 20))
    spread = hashlib.sha256(f"{message.key}{message.attempts}".encode()).digest()[0] / 255 / 5
    return wait * (1 + spread)


def _note(store: Store, message: Message, action: str) -> None:
    """What became of a message, in the audit trail: ids only."""
    if told := dispatch_of(store, message):
        subject = f"{told[0].id}:{message.subscription}"
        AuditLog(store).append("minyi", "system", action, project_id=told[0].project_id, subject=subject)
    for alert in store.search_alerts_of_message(message.key):
        watch = alert.watch
        subject = f"{watch.id}:{message.subscription}"
        AuditLog(store).append("minyi", "system", action, project_id=watch.project_id, subject=subject)
    for event in store.events_of_message(message.key):
        subject = f"{event.incident_id}:{message.subscription}"
        AuditLog(store).append("minyi", "system", action, project_id=event.project_id, subject=subject)


def _code_of(error: Exception) -> str:
    """The code of one of our errors, else its type: the text may hold an address or what somebody wrote."""
    code = str(error).partition(":")[0]
    return code if re.fullmatch(r"E\d{3}", code) else type(error).__name__
