"""From events to messages: who is to be told of what, when, under which key. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from pipeline.alerts.life_safety import EXPIRES
from pipeline.alerts.observation import CHINA
from pipeline.notify.schedule import after_quiet, digests, in_digest, reaches
from pipeline.records import Incident, IncidentEvent
from pipeline.records.subscription import Message, Subscription
from pipeline.store import Store

BATCH: Final = 200
NOBODY: Final = ""
"""Subscription of a dead letter for which there is none."""
May = Callable[[Subscription, Incident], bool]
"""Whether what ``subscription.who`` may read at this moment includes the incident."""


def plan(store: Store, may: May, digest_times: tuple[str, str]) -> int:
    """Plans the messages of all events that have none yet; returns how many are new.

    Events and the mark that they are planned are one transaction: killed anywhere, it forgets and doubles nothing.
    """
    new = 0
    while True:
        with store.planning():
            before = store.notified_through()
            events = store.incident_events(before, BATCH)
            subscriptions = store.subscriptions() if events else []
            new += sum(_planned(store, event, subscriptions, may, digest_times) for event in events)
            if not events:
                return new + _found_since(store, may)
            store.notified(events[-1].sequence)


def _planned(
    store: Store, event: IncidentEvent, subscriptions: list[Subscription], may: May, digest_times: tuple[str, str]
) -> int:
    incident = store.incident(event.incident_id)
    if incident is None:
        return 0
    if incident.kind == "life_safety":
        return _for_the_officer(store, event, incident, subscriptions, may)
    now = store.clock()
    new = 0
    for subscription in subscriptions:
        if event.sequence > subscription.since and _wants(store, subscription, event, incident, may):
            new += store.add_message(_message(store, subscription, event, now, digest_times), event)
    return new


def _wants(store: Store, subscription: Subscription, event: IncidentEvent, incident: Incident, may: May) -> bool:
    """The end of an incident is told to those who were told of it."""
    if not reaches(event.level, subscription.least_level) or not may(subscription, incident):
        return False
    return event.kind != "closed" or store.was_told(subscription.name, incident.id)


def _message(
    store: Store, subscription: Subscription, event: IncidentEvent, now: datetime, digest_times: tuple[str, str]
) -> Message:
    if not in_digest(subscription, event.level):
        key, due = f"{event.key}:{subscription.name}", after_quiet(subscription, event.level, now)
        return waiting(key, subscription.name, due)
    keys = ((f"{subscription.name}:digest:{at.astimezone(CHINA):%Y-%m-%dT%H:%M%z}", at)
            for at in digests(subscription, digest_times, now))  # fmt: skip
    key, due = next((key, at) for key, at in keys if store.digest_is_open(key))
    return waiting(key, subscription.name, due, digest=True)


def _for_the_officer(
    store: Store, event: IncidentEvent, incident: Incident, subscriptions: list[Subscription], may: May
) -> int:
    """P-18: to the named officer and nobody else, at once, whatever schedule; a dead letter where that cannot be."""
    mine = [s for s in subscriptions if event.recipient is not None and s.who == event.recipient and may(s, incident)]
    new = sum(store.add_message(urgent(event, subscription), event) for subscription in mine)
    if mine or event.kind != "life_safety":
        return new
    reason = (
        "E861: no duty officer is named; name one: minyi alerts duty"
        if event.recipient is None
        else "E862: the duty officer has no subscription; add one: minyi subscribers add"
    )
    nobody = urgent(event, None).model_copy(update={"state": "dead", "reason": reason})
    store.add_message(nobody, event)
    return new


def _found_since(store: Store, may: May) -> int:
    """Messages to officers who were without a subscription and now have one; the dead letters go."""
    new = 0
    for letter in store.dead_messages(NOBODY):
        if letter.expires_at is not None and letter.expires_at <= store.clock():
            continue
        for event, incident in _told(store, letter):
            mine = [s for s in store.subscriptions() if s.who == event.recipient and may(s, incident)]
            new += sum(store.add_message(urgent(event, subscription), event) for subscription in mine)
            if mine or (event.recipient is None and incident.officer is not None):
                store.message_given_up(letter.key, "the officer was told", dropped=True)
    return new


def _told(store: Store, letter: Message) -> Iterator[tuple[IncidentEvent, Incident]]:
    for event in store.events_of_message(letter.key):
        incident = store.incident(event.incident_id)
        if incident is not None:
            yield event, incident


def waiting(key: str, subscription: str, due: datetime, *, digest: bool = False) -> Message:
    """A message that waits."""
    return Message(
        key=key, subscription=subscription, digest=digest, urgent=False, due_at=due, expires_at=None, state="waiting",
        attempts=0, reason=None, sent_at=None,
    )  # fmt: skip


def urgent(event: IncidentEvent, subscription: Subscription | None) -> Message:
    """A message of a life-safety cue: due at once, and not sent any more after 72 hours."""
    name = subscription.name if subscription else NOBODY
    message = waiting(f"{event.key}:{name}", name, event.at)
    return message.model_copy(update={"urgent": True, "expires_at": event.at + EXPIRES})
