"""Subscribers at the command line and over HTTP: for admins, audited, and an address goes in and never comes out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from alerting import NOW, looked
from click.testing import CliRunner, Result
from county import CountyOffice
from notified import alarmed, subscribed, told
from receivers import Answer, Receiver

from api.cli.main import cli

ADD = ("add", "duty", "--who", "county-supervisor", "--role", "platform", "--for", "supervision", "--level", "blue")
NEW = {"name": "duty", "who": "county-supervisor", "role": "platform", "purpose": "supervision"}
SECRET = "geheim"


def minyi(road: CountyOffice, *arguments: str, given: str = "") -> Result:
    environment = {"MINYI_HOME": str(road.office.settings.home), "MINYI_PROCESSES": "1"}
    result = CliRunner(env=environment).invoke(cli, ["subscribers", *arguments], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert SECRET not in result.output
    return result


def at_rest(road: CountyOffice) -> bytes:
    return b"".join(path.read_bytes() for path in road.office.settings.home.rglob("*") if path.is_file())


def test_added_listed_tested_and_removed_without_showing_the_address(road: CountyOffice, receiver: Receiver) -> None:
    added = minyi(road, *ADD, "--quiet", "22:00-07:00", given=receiver.signed() + "\n")
    assert added.exit_code == 0 and added.stdout.startswith("whsec_")
    assert "duty  signed  county-supervisor (platform)  all projects  from blue" in minyi(road, "list").output
    assert minyi(road, "test", "duty").exit_code == 0
    [request] = receiver.requests
    assert request.json()["event"] == "test" and "duty" in request.json()["text"]
    receiver.usual = Answer(503)
    refused = minyi(road, "test", "duty")
    assert refused.exit_code == 1 and "E857: the receiver answered 503" in refused.output
    assert added.stdout.strip().encode() not in at_rest(road)
    assert minyi(road, "remove", "duty").exit_code == 0 and minyi(road, "remove", "duty").exit_code == 1
    assert minyi(road, "list", "--json").output.strip() == '{"rows": []}'
    actions = {event.action for event in road.events()}
    assert {f"subscriptions.{what}" for what in ("add", "list", "test", "remove")} <= actions
    assert SECRET not in str(road.events()) and SECRET.encode() not in at_rest(road)


@pytest.mark.parametrize(
    ("arguments", "given", "says"),
    [
        ((), "nosuch://geheim", "E850"),
        (("--for", "audit"), "signed+https://h.example/geheim", "E851"),
        (("--project", "nowhere"), "signed+https://h.example/geheim", "E852"),
        (("--quiet", "07:00-07:00"), "signed+https://h.example/geheim", "E853"),
        (("--quiet", "soon"), "signed+https://h.example/geheim", "quiet"),
        (("--level", "pink"), "signed+https://h.example/geheim", "pink"),
    ],
)
def test_what_cannot_be_is_refused_and_says_what_to_do(
    road: CountyOffice, arguments: tuple[str, ...], given: str, says: str
) -> None:
    refused = minyi(road, *ADD, *arguments, given=given)
    assert refused.exit_code in (1, 2) and says in refused.output and "Traceback" not in refused.output


def test_an_address_may_come_from_a_file(road: CountyOffice, receiver: Receiver, tmp_path: Path) -> None:
    (tmp_path / "address").write_text(receiver.signed() + "\n")
    assert minyi(road, *ADD, "--channel-file", str(tmp_path / "address")).exit_code == 0
    assert minyi(road, *ADD, "--channel-file", str(tmp_path / "address")).exit_code == 1, "the name is taken"


def test_dead_letters_are_listed_and_tried_again(road: CountyOffice, receiver: Receiver) -> None:
    subscribed(road, receiver.signed())
    alarmed(road)
    receiver.usual = Answer(410)
    told(road)
    assert "the receiver answered 410" in minyi(road, "dead").output
    receiver.usual = Answer()
    assert "1 due again; 1 sent" in minyi(road, "retry").output
    assert '"rows": []' in minyi(road, "dead", "--json").output


def test_the_work_sends_at_its_end_and_says_so(road: CountyOffice, receiver: Receiver) -> None:
    subscribed(road, receiver.signed())
    alarmed(road)
    environment = {"MINYI_HOME": str(road.office.settings.home), "MINYI_PROCESSES": "1"}
    done = CliRunner(env=environment).invoke(cli, ["work"])
    assert done.exit_code == 0 and "1 messages sent" in done.output and len(receiver.requests) == 1


def test_over_http_an_admin_manages_and_nobody_else(road: CountyOffice, receiver: Receiver) -> None:
    admin = road.caller("admin")
    body = {**NEW, "channel_url": receiver.signed(), "region_code": "439921", "quiet": ["22:00", "07:00"]}
    for role in ("assessor", "supervisor", "platform", "auditor"):
        assert road.caller(role).post("/v1/subscriptions", body).status_code == 403
        assert road.caller(role).get("/v1/subscriptions").status_code == 403
    added = admin.post("/v1/subscriptions", body)
    assert added.status_code == 201 and added.json()["signing_secret"].startswith("whsec_")
    assert admin.post("/v1/subscriptions", body).status_code == 409
    [row] = admin.get("/v1/subscriptions").json()["rows"]
    assert (row["name"], row["channel"], row["quiet"]) == ("duty", "signed", ["22:00", "07:00"])
    assert "channel_url" not in row and "signing_secret" not in row
    assert admin.post("/v1/subscriptions/duty/test", {}).json() == {"taken": True, "reason": None}
    receiver.usual = Answer(500, body=b"geheim")
    refused = admin.post("/v1/subscriptions/duty/test", {})
    assert refused.json() == {"taken": False, "reason": "E857: the receiver answered 500"}
    assert admin.post("/v1/subscriptions/nobody/test", {}).status_code == 404
    assert admin.send("DELETE", "/v1/subscriptions/duty", {}).status_code == 204
    assert admin.send("DELETE", "/v1/subscriptions/duty", {}).status_code == 404
    for answer in (added, refused):
        assert SECRET not in answer.text
    assert SECRET not in str(road.events()) and SECRET.encode() not in at_rest(road)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"channel_url": "geheim"}, "E850"), ({"purpose": "audit"}, "E851"), ({"project_ids": ["nowhere"]}, "E852"),
        ({"quiet": ["07:00", "07:00"]}, "E853"), ({"name": "geheim/"}, "E322"), ({"channel_url": ["geheim"]}, "E322"),
    ],
)  # fmt: skip
def test_a_body_that_does_not_fit_is_refused_without_its_values(
    road: CountyOffice, change: dict[str, object], code: str
) -> None:
    body = {**NEW, "channel_url": "signed+https://receiver.example/geheim", **change}
    refused = road.caller("admin").post("/v1/subscriptions", body)
    assert (refused.status_code, refused.json()["code"]) == (422, code) and SECRET not in refused.text


def test_dead_letters_over_http(road: CountyOffice, receiver: Receiver) -> None:
    subscribed(road, receiver.signed())
    alarmed(road)
    receiver.usual = Answer(410)
    told(road)
    admin = road.caller("admin")
    assert 'minyi_messages{state="dead"} 1' in admin.get("/metrics").text
    [row] = admin.get("/v1/subscriptions/dead-letters").json()["rows"]
    assert row["subscription"] == "duty" and "410" in row["reason"]
    assert admin.post("/v1/subscriptions/duty/retry", {}).json() == {"again": 1}
    receiver.usual = Answer()
    assert told(road, timedelta(minutes=1)).sent == 1
    assert looked(road, NOW + timedelta(minutes=2)).told == 0
