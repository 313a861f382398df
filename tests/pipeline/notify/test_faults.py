"""Whatever the receiver does and wherever we are killed: each incident arrives, and has its effect once a key."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import timedelta

import pytest
from alerting import NOW, looked
from county import CountyOffice
from notified import alarmed, desk, subscribed, told
from receivers import Answer, Mailbox, Receiver

from api.notices import notify
from pipeline.alerts.observation import CHINA
from pipeline.notify.delivery import LEASE_SECONDS, back_off
from pipeline.notify.plan import waiting
from pipeline.records import Incident, IncidentEvent
from pipeline.records.subscription import Subscription
from pipeline.store import Store, StoreConflict

MINUTE = timedelta(minutes=1)
TO_DIGEST = timedelta(hours=8 - NOW.astimezone(CHINA).hour)
"""From the end of the burst to the morning's digest."""


def test_a_receiver_that_is_down_for_an_hour_gets_the_incident_once(road: CountyOffice, receiver: Receiver) -> None:
    subscribed(road, receiver.signed())
    incident = alarmed(road)
    receiver.usual = Answer(None)
    for minute in range(61):
        told(road, minute * MINUTE)
    assert 3 <= len(receiver.requests) <= 8, "it is asked with growing patience"
    receiver.usual = Answer()
    for minute in range(61, 130):
        told(road, minute * MINUTE)
    assert len(set(receiver.keys)) == 1 and receiver.effects == [f"{incident}:opened:duty"]
    assert receiver.keys.count(receiver.effects[0]) == len(receiver.requests)
    assert told(road, timedelta(hours=30)).sent == 0


def test_a_refused_connection_is_tried_again(road: CountyOffice, receiver: Receiver) -> None:
    subscribed(road, receiver.signed().replace(str(receiver.port), "1"))
    alarmed(road)
    sent = told(road)
    assert (sent.sent, sent.failed, sent.dead) == (0, 1, 0)


def test_retry_after_is_kept_to(road: CountyOffice, receiver: Receiver) -> None:
    subscribed(road, receiver.signed())
    alarmed(road)
    receiver.answers = [Answer(429, {"Retry-After": "5400"})]
    assert told(road).failed == 1
    assert told(road, 89 * MINUTE).sent == 0 and len(receiver.requests) == 1
    assert told(road, 91 * MINUTE).sent == 1


def test_five_hundreds_end_as_a_dead_letter_with_its_reason_and_a_person_sends_it_again(
    road: CountyOffice, receiver: Receiver
) -> None:
    subscribed(road, receiver.signed())
    incident = alarmed(road)
    receiver.usual = Answer(500)
    hours = [told(road, timedelta(hours=hour)) for hour in range(40)]
    assert sum(run.dead for run in hours) == 1 and len(receiver.requests) == road.office.settings.notify_attempts
    [letter] = desk(road).dead("administration")
    assert "500" in letter.reason and "tries: 14" in letter.reason and letter.key == f"{incident}:opened:duty"
    assert "alerts.undelivered" in [event.action for event in road.events()]
    receiver.usual = Answer()
    assert desk(road).retry("administration", "duty") == 1
    assert told(road, timedelta(hours=41)).sent == 1
    assert set(receiver.keys) == {letter.key} and desk(road).dead("administration") == []


def test_a_receiver_that_is_gone_is_asked_once(road: CountyOffice, receiver: Receiver) -> None:
    subscribed(road, receiver.signed())
    alarmed(road)
    receiver.usual = Answer(410)
    assert told(road).dead == 1 and told(road, timedelta(hours=5)).failed == 0


def test_a_slow_receiver_holds_up_no_other(
    road: CountyOffice, receiver: Receiver, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.notify.delivery.SEND_SECONDS", 5.0)
    subscribed(road, receiver.signed(), "a-slow-one")
    subscribed(road, mailbox.address, "mail")
    alarmed(road)
    receiver.usual = Answer(seconds=9)
    sent = told(road)
    assert (sent.sent, sent.failed, len(mailbox.mails)) == (1, 1, 1)
    receiver.usual = Answer()
    assert told(road, 3 * MINUTE).sent == 1 and len(set(receiver.keys)) == 1


def test_a_mail_server_that_is_busy_gets_it_later(road: CountyOffice, mailbox: Mailbox) -> None:
    subscribed(road, mailbox.address)
    alarmed(road)
    mailbox.refusal = "450 busy"
    assert told(road).failed == 1
    mailbox.refusal = None
    assert told(road, 3 * MINUTE).sent == 1 and len(mailbox.mails) == 1


def test_killed_between_send_and_record_it_is_sent_again_under_the_same_key(
    road: CountyOffice, receiver: Receiver
) -> None:
    subscribed(road, receiver.signed())
    incident = alarmed(road)
    killed: list[int] = []

    def kill(_request: object) -> None:
        if killed and killed[0]:
            os.kill(killed.pop(), signal.SIGKILL)

    receiver.before_answer = kill
    ready, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(ready, 1)
        road.store.engine.dispose(close=False)
        road.store.clock = lambda: NOW
        notify(road.office)
        os._exit(0)
    killed.append(child)
    os.write(go, b"!")
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and receiver.effects == [f"{incident}:opened:duty"]
    assert told(road, timedelta(seconds=LEASE_SECONDS - 1)).sent == 0
    assert told(road, timedelta(seconds=LEASE_SECONDS + 1)).sent == 1
    assert receiver.keys == receiver.effects * 2


def test_killed_at_random_nothing_is_lost_and_no_key_has_two_effects(road: CountyOffice, receiver: Receiver) -> None:
    for number in range(4):
        subscribed(road, receiver.signed(f"/{number}"), f"team-{number}")
    incident = alarmed(road)
    rng = random.Random(20261127)
    expected = {f"{incident}:opened:team-{number}" for number in range(4)}
    receiver.usual = Answer(seconds=0.03)
    now, kills = timedelta(), 0
    while set(receiver.effects) != expected or kills < 12:
        child = os.fork()
        if child == 0:
            road.store.engine.dispose(close=False)
            told(road, now)
            os._exit(0)
        kills += 1
        time.sleep(rng.uniform(0.0, 0.1 + 0.05 * kills))  # longer and longer, until it comes through on any machine
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        now += timedelta(hours=1)
        assert kills < 120
    told(road, now + timedelta(hours=2))
    assert set(receiver.keys) == expected and sorted(receiver.effects) == sorted(expected)
    assert told(road, now + timedelta(days=2)).sent == 0


def test_two_machines_at_once_send_each_message_once(store: Store) -> None:
    """On both kinds of database: a claim is one's own until the lease ends."""
    incident, event = stored_event(store)
    for name in ("a", "b"):
        assert store.add_message(waiting(f"{event.key}:{name}", name, NOW), event)
    assert not store.add_message(waiting(f"{event.key}:a", "a", NOW), event)
    store.clock = lambda: NOW
    first, second = store.claim_message("one", 120), store.claim_message("two", 120)
    assert {first.subscription, second.subscription} == {"a", "b"} and first.attempts == 1
    assert store.claim_message("three", 120) is None
    store.clock = lambda: NOW + timedelta(seconds=121)
    again = store.claim_message("three", 120, {second.subscription})
    assert (again.key, again.attempts) == (first.key, 2)
    store.message_sent(again.key)
    store.message_failed(first.key, "E857: too late", NOW)
    assert store.message_figures() == {"sent": 1, "waiting": 1}, "what was sent stays sent"
    assert store.was_told("a", incident.id) and not store.was_told("c", incident.id)
    assert [found.key for found in store.events_of_message(again.key)] == [event.key]


def test_a_subscription_that_is_removed_takes_its_channel_and_what_waits_along(store: Store) -> None:
    """On both kinds of database."""
    _, event = stored_event(store)
    mine = Subscription(
        name="team", who="county-supervisor", role="platform", purpose="supervision", channel="signed", created_at=NOW
    )
    store.add_subscription(mine, b"sealed")
    with pytest.raises(StoreConflict):
        store.add_subscription(mine, b"other")
    assert (store.subscriptions(), store.subscription("team"), store.sealed_channel("team")) == (
        [mine],
        mine,
        b"sealed",
    )
    store.add_message(waiting(f"{event.key}:team", "team", NOW), event)
    assert store.remove_subscription("team") and not store.remove_subscription("team")
    assert store.sealed_channel("team") is None and store.message_figures() == {"dropped": 1}


def test_what_is_planned_is_remembered_with_what_was_read(store: Store) -> None:
    _, event = stored_event(store)
    with pytest.raises(RuntimeError), store.planning():
        store.add_message(waiting(f"{event.key}:a", "a", NOW), event)
        store.notified(event.sequence)
        raise RuntimeError
    assert store.notified_through() == 0 and store.message_figures() == {}


def test_waits_grow_to_an_hour_and_urgent_ones_to_five_minutes() -> None:
    message = waiting("i1:opened:duty", "duty", NOW)
    waits = [back_off(message.model_copy(update={"attempts": n})) for n in range(1, 15)]
    assert 60 <= waits[0] <= 72 and all(3600 <= wait <= 4320 for wait in waits[6:])
    assert sum(waits[:-1]) > 8 * 3600
    assert back_off(message.model_copy(update={"attempts": 40, "urgent": True})) <= 360


def stored_event(store: Store) -> tuple[Incident, IncidentEvent]:
    from opinions import ROAD

    store.upsert_projects([ROAD])
    incident = Incident(
        id="i" + "1" * 24, project_id=ROAD.id, serial=1, begin=NOW, window_start=NOW, window_end=NOW, observed=24,
        expected=1.0, interval=(0, 3), p_value=0.0, recurrence_months=12, signal="orange", level="orange",
        settings_version="t",
    )  # fmt: skip
    store.save_incident(incident)
    store.tell(incident, "opened", "opened", NOW)
    return incident, store.incident_events()[0]


def test_digests_collect_and_nothing_new_is_never_sent(road: CountyOffice, receiver: Receiver) -> None:
    subscribed(road, receiver.signed(), schedule="twice_daily")
    incident = alarmed(road)
    assert told(road).sent == 0
    assert told(road, TO_DIGEST - MINUTE).sent == 0
    assert told(road, TO_DIGEST).sent == 1
    [request] = receiver.requests
    assert ":digest:" in request.key and [row["incident"]["id"] for row in request.json()["incidents"]] == [incident]
    for hour in range(12, 100):
        assert told(road, timedelta(hours=hour)).sent == 0
    road.store.tell(road.store.incident(incident), "reminder", "reminder:x", NOW)
    told(road, timedelta(hours=101))
    told(road, timedelta(hours=125))
    assert len(receiver.requests) == 2 and len(set(receiver.keys)) == 2


def test_quiet_hours_hold_back_what_is_not_red(road: CountyOffice, receiver: Receiver) -> None:
    local = NOW.astimezone(CHINA)
    subscribed(road, receiver.signed(), quiet=(f"{local - 60 * MINUTE:%H:%M}", f"{local + 571 * MINUTE:%H:%M}"))
    incident = alarmed(road)
    level = road.store.incident(incident).level
    assert (told(road).sent == 1) == (level == "red")
    road.store.tell(road.store.incident(incident).model_copy(update={"level": "yellow"}), "reminder", "r:1", NOW)
    before = len(receiver.requests)
    told(road, timedelta(hours=9))
    assert len(receiver.requests) == before
    told(road, timedelta(hours=9, minutes=31))
    assert len(receiver.requests) > before


def test_levels_projects_regions_and_rights_decide_who_is_told(road: CountyOffice, receiver: Receiver) -> None:
    for name, fields in {
        "mine": {"project_ids": (road.road.id,)}, "other": {"project_ids": (road.dam.id,)},
        "county": {"region_code": "439921"}, "elsewhere": {"region_code": "439933"},
        "expert": {"role": "expert", "purpose": "expert_review"},
    }.items():  # fmt: skip
        subscribed(road, receiver.signed(), name, **fields)
    alarmed(road)
    told(road)
    assert {key.rpartition(":")[2] for key in receiver.keys} == {"mine", "county"}


def test_nothing_from_before_the_subscription_is_told_and_the_end_only_to_those_who_know(
    road: CountyOffice, receiver: Receiver
) -> None:
    subscribed(road, receiver.signed(), "early")
    incident = alarmed(road)
    told(road)
    subscribed(road, receiver.signed(), "late")
    road.store.tell(road.store.incident(incident), "closed", "closed", NOW)
    told(road, MINUTE)
    assert receiver.keys == [f"{incident}:opened:early", f"{incident}:closed:early"]


def test_who_was_removed_or_lost_the_right_meanwhile_gets_nothing(road: CountyOffice, receiver: Receiver) -> None:
    for name in ("gone", "moved"):
        subscribed(road, receiver.signed(), name, schedule="morning")
    alarmed(road)
    told(road)
    desk(road).remove("administration", "gone")
    road.stage("post_assessment")
    road.office.register([road.road.model_copy(update={"region_code": "999999"})])
    told(road, timedelta(hours=30))
    assert [k.partition(":")[0] for k in receiver.keys] == ["moved"]
    assert looked(road, NOW + timedelta(hours=30)).told == 0
