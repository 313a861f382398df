"""When subscribers are told: quiet hours, red, digests of morning and evening."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.alerts.observation import CHINA
from pipeline.notify.schedule import after_quiet, digests, in_digest
from pipeline.records.subscription import Subscription

TIMES = ("08:00", "18:00")
CLOCK = st.times(max_value=time(23, 59)).map(lambda at: at.strftime("%H:%M"))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))


def subscription(**fields: object) -> Subscription:
    return Subscription.model_validate(
        {
            "name": "duty", "who": "county-supervisor", "role": "supervisor", "purpose": "supervision",
            "channel": "signed", "created_at": datetime(2026, 1, 1, tzinfo=UTC), **fields,
        }
    )  # fmt: skip


def quiet_at(start: str, end: str, moment: datetime) -> bool:
    """Minute by minute from the beginning, as a person would see it."""
    first, last, now = (int(t[:2]) * 60 + int(t[3:5]) for t in (start, end, f"{moment.astimezone(CHINA):%H:%M}"))
    return (now - first) % 1440 < (last - first) % 1440


@given(start=CLOCK, end=CLOCK, now=MOMENTS)
def test_nothing_but_red_is_told_in_quiet_hours_and_it_waits_no_longer_than_they_last(
    start: str, end: str, now: datetime
) -> None:
    if start == end:
        return
    quiet = subscription(quiet=(start, end))
    told = after_quiet(quiet, "orange", now)
    assert not quiet_at(start, end, told)
    assert (told == now) == (not quiet_at(start, end, now)) and timedelta() <= told - now < timedelta(days=1)
    assert after_quiet(quiet, "red", now) == now


@given(now=MOMENTS, schedule=st.sampled_from(["morning", "evening", "twice_daily", "immediate"]))
def test_digests_lie_ahead_at_the_times_of_the_schedule(now: datetime, schedule: str) -> None:
    slots = list(islice(digests(subscription(schedule=schedule), TIMES, now), 4))
    assert all(slot > now for slot in slots) and slots == sorted(set(slots))
    clocks = {f"{slot.astimezone(CHINA):%H:%M}" for slot in slots}
    expected = {"morning": {"08:00"}, "evening": {"18:00"}, "twice_daily": set(TIMES), "immediate": {"08:00"}}
    assert clocks == expected[schedule] and slots[0] - now <= timedelta(days=1)


@pytest.mark.parametrize(
    ("schedule", "level", "waits"),
    [
        ("immediate", "red", False),
        ("immediate", "yellow", False),
        ("immediate", "blue", True),
        ("morning", "red", True),
    ],
)
def test_blue_waits_for_a_digest_whatever_the_schedule(schedule: str, level: str, waits: bool) -> None:
    assert in_digest(subscription(schedule=schedule), level) == waits  # type: ignore[arg-type]
