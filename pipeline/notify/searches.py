"""Who is told of what is new in watched searches: one alert a watch and hour, one message an hour and subscription."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from pipeline.alerts.observation import CHINA
from pipeline.notify.plan import waiting
from pipeline.notify.schedule import after_quiet, digests, in_digest
from pipeline.records.incident import AlertLevel
from pipeline.records.subscription import Subscription
from pipeline.store import SearchWatch, Store

LEVEL: Final[AlertLevel] = "yellow"
"""New texts are told like a yellow incident: not in quiet hours. The least level of a subscription is of incidents."""
KEY: Final = re.compile(r"searches:\d{4}-\d\d-\d\dT\d\d:")
HOUR: Final = timedelta(hours=1)
MayHear = Callable[[Subscription, SearchWatch], bool]
"""Whether both the watcher and ``subscription.who`` may read the saved search at this moment."""


def plan_searches(store: Store, may: MayHear, digest_times: tuple[str, str]) -> int:
    """Makes alerts of what is new, and plans the messages of them; returns how many messages are new. Safe to repeat.

    A watch has one alert an hour at most; what is new sooner waits for the next. Who may not read the search any more
    is told nothing, and what was new until then goes unsaid. Alerts and messages are one transaction.
    """
    new = 0
    with store.planning():
        now, ready = store.clock(), store.watches_with_hits()
        subscriptions = [one for one in store.subscriptions() if one.searches] if ready else []
        for watch, last in ready:
            if last is not None and _hour(last) >= _hour(now):
                continue
            store.alert_search(watch.id, now)
            for one in subscriptions:
                if (one.who, one.role) == (watch.who, watch.role) and may(one, watch):
                    key, due = next(
                        (key, due) for key, due in _slots(one, now, digest_times) if store.digest_is_open(key)
                    )
                    new += store.tell_search(waiting(key, one.name, due, digest=True), watch.id, now)
    return new


def _slots(subscription: Subscription, now: datetime, digest_times: tuple[str, str]) -> Iterator[tuple[str, datetime]]:
    """The coming messages by key: this hour's and the next ones', or the digests'; none is due in quiet hours."""
    if in_digest(subscription, LEVEL):
        for due in digests(subscription, digest_times, now):
            yield _key(subscription, due), due
    moment = now
    while True:
        due = after_quiet(subscription, LEVEL, moment)
        yield _key(subscription, due), due
        moment = _hour(due) + HOUR


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(CHINA).replace(minute=0, second=0, microsecond=0)


def _key(subscription: Subscription, due: datetime) -> str:
    return f"searches:{due.astimezone(CHINA):%Y-%m-%dT%H}:{subscription.name}"
