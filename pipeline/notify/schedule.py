"""When a subscriber is told: at once, in the digest of the morning or evening, after quiet hours. All in China time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Final

from pipeline.alerts.observation import CHINA
from pipeline.records.incident import LEVELS, AlertLevel
from pipeline.records.subscription import Subscription

DIGESTS: Final[dict[str, tuple[int, ...]]] = {
    "immediate": (0,), "morning": (0,), "evening": (1,), "twice_daily": (0, 1),
}  # fmt: skip
"""Which of the two digest times a schedule uses; blue is never told at once, so ``immediate`` has one for it."""


def reaches(level: AlertLevel, least: AlertLevel) -> bool:
    """Whether a level is the least one or higher."""
    return LEVELS.index(level) >= LEVELS.index(least)


def in_digest(subscription: Subscription, level: AlertLevel) -> bool:
    """Whether an event of this level waits for a digest."""
    return subscription.schedule != "immediate" or level == "blue"


def after_quiet(subscription: Subscription, level: AlertLevel, now: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours it lies in; red breaks them."""
    if subscription.quiet is None or level == "red":
        return now
    start, end = (time.fromisoformat(part) for part in subscription.quiet)
    local = now.astimezone(CHINA)
    clock = local.time()
    quiet = start <= clock < end if start <= end else clock >= start or clock < end
    if not quiet:
        return now
    ends = datetime.combine(local.date(), end, CHINA)
    return ends if clock < end else ends + timedelta(days=1)


def digests(subscription: Subscription, times: tuple[str, str], now: datetime) -> Iterator[datetime]:
    """The coming moments of the subscription's digest, the next first; none lies in quiet hours."""
    day = now.astimezone(CHINA).date()
    while True:
        for number in DIGESTS[subscription.schedule]:
            slot = datetime.combine(day, time.fromisoformat(times[number]), CHINA)
            if slot > now:
                yield after_quiet(subscription, "blue", slot)
        day += timedelta(days=1)
