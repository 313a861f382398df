"""A dispatch beyond its clock is told once to those who may read dispatches: units and days, nobody who spoke."""

from __future__ import annotations

from datetime import timedelta

from county import CountyOffice
from loops import CONFIRMED_AT, at, dispatched, step
from notified import subscribed
from receivers import Receiver

from api.notices import notify
from pipeline.process.overdue import watch_dispatches
from pipeline.store import Store

LATE = CONFIRMED_AT + timedelta(days=16, hours=4)


def overdue(county: CountyOffice, receiver: Receiver, **fields: str) -> list[str]:
    """Two dispatches that nobody took up in fifteen days, and a subscriber."""
    ids = dispatched(county)
    subscribed(county, receiver.signed(), who="county-supervisor", **{"role": "supervisor", **fields})
    at(county, LATE)
    watch_dispatches(county.store)
    return ids


def test_each_late_dispatch_is_told_once_with_its_unit_and_rule(county: CountyOffice, receiver: Receiver):
    ids = overdue(county, receiver)
    assert (notify(county.office).sent, notify(county.office).planned) == (2, 0)
    assert sorted(request.json()["dispatch"]["id"] for request in receiver.requests) == sorted(ids)
    for request in receiver.requests:
        told = request.json()
        assert told["event"] == "dispatch_overdue" and told["dispatch"]["late"]["days"] == 1
        assert told["dispatch"]["late"]["unit"] in told["text"] and "信访工作条例" in told["text"]
        bodies = [str(document.body) for document in county.store.all_documents()]
        assert not [body for body in bodies if any(body[n : n + 8] in told["text"] for n in range(0, len(body) - 8, 4))]
    noted = [event.subject for event in county.events() if event.action == "alerts.notify"]
    assert sorted(noted) == sorted(f"{one}:duty" for one in ids)


def test_what_was_answered_before_it_is_sent_is_not_told(county: CountyOffice, receiver: Receiver):
    [first, second] = overdue(county, receiver, schedule="morning")
    assert notify(county.office).planned == 2
    assert step(county, first, "take_up", "response_unit").status_code == 200
    at(county, LATE + timedelta(days=1))
    sent = notify(county.office)
    assert (sent.sent, sent.dropped) == (1, 1)
    assert [request.json()["dispatch"]["id"] for request in receiver.requests] == [second]


def test_who_may_not_read_dispatches_or_asks_for_graver_things_is_told_nothing(
    county: CountyOffice, receiver: Receiver
):
    overdue(county, receiver, role="expert", purpose="expert_review")
    subscribed(county, receiver.signed("/2"), name="grave", who="county-2", role="supervisor", least_level="red")
    assert notify(county.office).planned == 0 and receiver.requests == []


def test_a_response_unit_hears_of_its_own_dispatches_alone(county: CountyOffice, receiver: Receiver):
    mine = str(county.store.dispatch(dispatched(county)[0]).functional_unit)
    for name, unit in (("own", mine), ("else", "no-such-unit")):
        county.store.add_account(f"unit.{name}", name, "response_unit", unit=unit)
        subscribed(county, receiver.signed(), name, who=f"unit.{name}", role="response_unit", purpose="dispatch")
    county.stage("post_assessment")
    at(county, LATE)
    watch_dispatches(county.store)
    notify(county.office)
    heard = {key.rpartition(":")[2] for key in receiver.keys}
    assert "own" in heard and "else" not in heard


def test_nobody_is_told_of_what_was_late_before_the_subscription(county: CountyOffice, receiver: Receiver):
    dispatched(county)
    at(county, LATE + timedelta(days=2))
    watch_dispatches(county.store)
    subscribed(county, receiver.signed(), role="supervisor")
    assert notify(county.office).planned == 0


def test_the_next_limit_is_told_anew(county: CountyOffice, receiver: Receiver):
    ids = overdue(county, receiver)
    notify(county.office)
    for one in ids:
        assert step(county, one, "take_up", "response_unit").status_code == 200
    at(county, CONFIRMED_AT + timedelta(days=61, hours=4))
    store: Store = county.store
    assert watch_dispatches(store) == 2
    assert notify(county.office).sent == 2 and len(set(receiver.keys)) == 4
