"""Webhooks: signed, at least once, ids and links alone, to hosts that the operator named; dead letters come back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from county import COMPENSATION, DUST, CountyOffice
from hypothesis import given
from hypothesis import strategies as st
from receivers import Answer, Receiver

from api.cli.main import cli
from api.webhook_desk import tell_webhooks
from pipeline.notify.signed import new_secret, signature
from pipeline.webhooks import REPLAY_WINDOW, NotGenuine, verified

HOOKS = "/v1/webhooks"
ACCEPT = {"who": "评估员甲", "action": "accept", "reason": "实地核实"}
SECRET_PATH = "/hook-geheim"


@pytest.fixture
def open_county(county: CountyOffice) -> CountyOffice:
    """A county whose operator lets webhooks go to this machine."""
    county.office.settings = county.office.settings.model_copy(update={"webhook_hosts": ("127.0.0.1",)})
    return county


def subscribed(county: CountyOffice, receiver: Receiver, **fields: Any) -> dict[str, Any]:
    answer = county.caller("platform").post(HOOKS, {"url": receiver.url + SECRET_PATH, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


def decide(county: CountyOffice, factor: str, action: str = "accept", **more: Any) -> None:
    body = {**ACCEPT, "action": action, "risk_point_id": county.point(factor), **more}
    key = {"Idempotency-Key": f"{factor}-{action}"}
    assert county.caller("platform").post("/v1/decisions", body, headers=key).status_code == 201


def test_a_change_is_told_once_signed_and_without_a_word_of_any_text(open_county: CountyOffice, receiver: Receiver):
    hook = subscribed(open_county, receiver)
    assert tell_webhooks(open_county.office).sent == 0, "nothing older than the subscription is told"
    decide(open_county, COMPENSATION)
    assert tell_webhooks(open_county.office).sent == 1
    assert tell_webhooks(open_county.office).sent == 0
    [request] = receiver.requests
    event = verified(hook["signing_secret"], request.headers, request.body)
    assert set(event) == {
        "schema_version", "id", "kind", "happened_at", "change", "project_id", "risk_point_id", "links",
    }  # fmt: skip
    assert (event["kind"], event["risk_point_id"]) == ("risk_point.changed", open_county.point(COMPENSATION))
    assert event["links"]["risk_point"] == f"/v1/risk-points/{open_county.point(COMPENSATION)}"
    assert request.key == event["id"] and all(ord(character) < 128 for character in request.body.decode())


def test_a_merged_and_a_vanished_one_are_told_as_removed(open_county: CountyOffice, receiver: Receiver):
    subscribed(open_county, receiver, events=["risk_point.removed"])
    decide(open_county, DUST, "merge", merge_into=open_county.point(COMPENSATION))
    tell_webhooks(open_county.office)
    open_county.store.replace_candidates("quarry-road", [])
    tell_webhooks(open_county.office)
    told = [(request.json()["kind"], request.json()["risk_point_id"]) for request in receiver.requests]
    assert ("risk_point.removed", open_county.point(DUST)) in told
    assert ("risk_point.removed", open_county.point(COMPENSATION)) in told
    assert {kind for kind, _ in told} == {"risk_point.removed"}


def test_what_fails_is_tried_again_then_a_dead_letter_then_sent_again(open_county: CountyOffice, receiver: Receiver):
    hook, platform = subscribed(open_county, receiver), open_county.caller("platform")
    decide(open_county, COMPENSATION)
    receiver.usual = Answer(503)
    now = open_county.store.clock()
    attempts = open_county.office.settings.notify_attempts
    for number in range(attempts):
        open_county.store.clock = lambda number=number: now + timedelta(hours=2 * number)
        assert tell_webhooks(open_county.office).failed == 1
        assert tell_webhooks(open_county.office).failed == 0, "it waits before the next try"
    [dead] = platform.get(f"{HOOKS}/dead-letters").json()["rows"]
    assert (dead["attempts"], dead["webhook_id"]) == (attempts, hook["id"]) and "503" in dead["reason"]
    receiver.usual = Answer()
    assert platform.post(f"{HOOKS}/{hook['id']}/retry", {}).json() == {"again": 1}
    assert tell_webhooks(open_county.office).sent == 1
    assert len(set(receiver.keys)) == 1 and platform.get(f"{HOOKS}/dead-letters").json()["rows"] == []


def test_a_process_that_died_while_sending_has_its_event_sent_again(open_county: CountyOffice, receiver: Receiver):
    hook = subscribed(open_county, receiver)
    decide(open_county, COMPENSATION)
    store, now = open_county.store, open_county.store.clock()
    from api.webhook_desk import _may_tell
    from pipeline.webhooks import push

    push(store, open_county.office.keys, _may_tell(store), gone=lambda change: False, attempts=3, seconds=0)
    assert store.claim_delivery(hook["id"], 120) is not None
    assert tell_webhooks(open_county.office).sent == 0
    store.clock = lambda: now + timedelta(minutes=3)
    assert tell_webhooks(open_county.office).sent == 1


def test_a_revoked_key_is_told_nothing_more(open_county: CountyOffice, receiver: Receiver):
    subscribed(open_county, receiver)
    decide(open_county, COMPENSATION)
    open_county.store.revoke_api_key("county-platform")
    tell_webhooks(open_county.office)
    assert receiver.requests == []


def test_only_hosts_that_the_operator_named_are_reached(open_county: CountyOffice, county: CountyOffice):
    platform = county.caller("platform")
    for url, code in (
        ("https://elsewhere.example/hook", "E663"),
        ("http://127.0.0.1.elsewhere.example/hook", "E662"),
        ("https://user:word@127.0.0.1/hook", "E662"),
        ("ftp://127.0.0.1/hook", "E662"),
        ("https://[::1/hook", "E662"),
        ("gopher", "E662"),
    ):
        answer = platform.post(HOOKS, {"url": url})
        assert (answer.status_code, answer.json()["code"]) == (422, code), url
        assert url not in answer.text
    county.office.settings = county.office.settings.model_copy(update={"webhook_hosts": ()})
    assert platform.post(HOOKS, {"url": "https://127.0.0.1/hook"}).json()["code"] == "E663"


def test_addresses_and_secrets_are_shown_once_or_never_and_sealed_at_rest(
    open_county: CountyOffice, receiver: Receiver
):
    hook, platform = subscribed(open_county, receiver), open_county.caller("platform")
    listed = platform.get(HOOKS)
    assert [row["id"] for row in listed.json()["rows"]] == [hook["id"]] and "signing_secret" not in listed.text
    assert SECRET_PATH not in listed.text
    at_rest = b"".join(p.read_bytes() for p in open_county.office.settings.home.rglob("*") if p.is_file())
    assert SECRET_PATH.encode() not in at_rest and hook["signing_secret"].encode() not in at_rest
    assert SECRET_PATH not in str(open_county.events())


def test_a_system_sees_its_own_webhooks_alone(open_county: CountyOffice, receiver: Receiver):
    hook = subscribed(open_county, receiver)
    other = open_county.caller("platform", projects=["dam"])
    assert other.get(HOOKS).json()["rows"] == []
    for answer in (other.send("DELETE", f"{HOOKS}/{hook['id']}", {}), other.post(f"{HOOKS}/{hook['id']}/ping", {})):
        assert (answer.status_code, answer.json()["code"]) == (404, "E311")
    mine = open_county.caller("platform")
    assert mine.post(f"{HOOKS}/{hook['id']}/ping", {}).json() == {"taken": True, "reason": None}
    assert receiver.requests[-1].json()["kind"] == "ping"
    assert mine.send("DELETE", f"{HOOKS}/{hook['id']}", {}).status_code == 204
    assert mine.get(HOOKS).json()["rows"] == []
    for role in ("assessor", "supervisor", "admin", "auditor"):
        assert open_county.caller(role).get(HOOKS).json()["code"] == "E302"


def test_the_work_tells_webhooks_and_the_operator_sees_what_did_not_arrive(
    open_county: CountyOffice, receiver: Receiver
):
    subscribed(open_county, receiver)
    decide(open_county, COMPENSATION)
    home = {"MINYI_HOME": str(open_county.office.settings.home), "MINYI_PROCESSES": "1"}
    receiver.usual = Answer(410)
    work = CliRunner(env=home).invoke(cli, ["work"])
    assert work.exit_code == 0 and "events for webhooks were given up" in work.stderr
    run = CliRunner(env=home)
    assert "410" in run.invoke(cli, ["webhooks", "dead", "county-platform"]).output
    receiver.usual = Answer()
    again = run.invoke(cli, ["webhooks", "retry", "county-platform"]).output
    assert "1 due again" in again and "0 not taken" in again
    assert run.invoke(cli, ["webhooks", "list", "nobody"]).exit_code == 2


SECRET = new_secret()


@given(body=st.binary(min_size=1).map(lambda raw: b'{"id":"' + raw.hex().encode() + b'"}'), at=st.integers(0, 10**10),
       off=st.integers(-2 * REPLAY_WINDOW, 2 * REPLAY_WINDOW))  # fmt: skip
def test_a_request_is_taken_within_the_window_and_not_outside(body: bytes, at: int, off: int):
    headers = {
        "Webhook-Id": "c1",
        "Webhook-Timestamp": str(at),
        "Webhook-Signature": f"v1,b2xk {signature(SECRET, 'c1', str(at), body)}",
    }
    if abs(off) <= REPLAY_WINDOW:
        assert verified(SECRET, headers, body, now=at + off)["id"]
    else:
        with pytest.raises(NotGenuine, match="E665"):
            verified(SECRET, headers, body, now=at + off)


@given(data=st.data())
def test_a_changed_byte_of_body_id_or_timestamp_is_noticed(data: st.DataObject):
    body, at = b'{"id":"c1","kind":"ping"}', "1770000000"
    parts = {"body": body, "webhook-id": b"c1", "webhook-timestamp": at.encode()}
    which = data.draw(st.sampled_from(sorted(parts)))
    place = data.draw(st.integers(0, len(parts[which]) - 1))
    bit = data.draw(st.integers(0, 7))
    changed = bytearray(parts[which])
    changed[place] ^= 1 << bit
    given_parts = {**parts, which: bytes(changed)}
    headers = {
        "webhook-id": given_parts["webhook-id"].decode("latin-1"),
        "webhook-timestamp": given_parts["webhook-timestamp"].decode("latin-1"),
        "webhook-signature": signature(SECRET, "c1", at, body),
    }
    with pytest.raises(NotGenuine):
        verified(SECRET, headers, given_parts["body"], now=int(at), window=10**12)
