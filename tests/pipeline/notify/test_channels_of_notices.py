"""Channels on real servers: what arrives, how it is signed, what a refusal leads to, and that addresses stay secret."""

from __future__ import annotations

import base64
import email
import hashlib
import hmac
import json
import logging
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from receivers import Answer, Mailbox, Receiver

from pipeline.deployment_key import DeploymentKey
from pipeline.notify import NotDelivered, Notice, channel_of, kind_of, sealed_channel
from pipeline.notify.http import retry_after
from pipeline.notify.robots import Robot, robot_of, shortened
from pipeline.notify.services import plugin_of

NOTICE = Notice(
    "i1:opened:duty", "【橙色】预警：采石场路", "项目：采石场路\n负面诉求：24 条", "<p>24 条</p>", {"event": "opened"}
)
SECRET = "geheim"


def opened(tmp_path: Path, address: str) -> tuple[Any, Any]:
    keys = DeploymentKey(tmp_path)
    sealed, secret = sealed_channel(keys, "duty", address)
    assert address.encode() not in sealed
    return channel_of(keys, "duty", sealed), secret


def test_a_signed_webhook_can_be_verified_with_the_secret_that_was_shown(tmp_path: Path, receiver: Receiver) -> None:
    channel, secret = opened(tmp_path, receiver.signed())
    channel.send(NOTICE)
    [request] = receiver.requests
    assert (request.path, request.key, request.headers["idempotency-key"]) == ("/hook-geheim", NOTICE.key, NOTICE.key)
    assert request.json() == {"key": NOTICE.key, "subject": NOTICE.subject, "text": NOTICE.text, "event": "opened"}
    signed = f"{request.key}.{request.headers['webhook-timestamp']}.".encode() + request.body
    digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert request.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    assert abs(int(request.headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60


def test_mail_has_text_and_html_and_the_same_message_id_each_time(tmp_path: Path, mailbox: Mailbox) -> None:
    channel, secret = opened(tmp_path, mailbox.address)
    channel.send(NOTICE)
    channel.send(NOTICE)
    assert secret is None
    first, second = (email.message_from_bytes(mail, policy=default) for mail in mailbox.mails)
    assert (first["Subject"], first["To"]) == (NOTICE.subject, "duty@county.example")
    assert first["Message-ID"] == second["Message-ID"] == NOTICE.message_id
    assert first.get_body(("plain",)).get_content().split() == NOTICE.text.split()
    assert "24 条" in first.get_body(("html",)).get_content()


@pytest.mark.parametrize(
    ("refusal", "permanent"), [("550 no such mailbox", True), ("450 mailbox busy", False), ("451 later", False)]
)
def test_a_mailbox_that_is_not_there_is_permanent_and_a_busy_one_is_not(
    tmp_path: Path, mailbox: Mailbox, refusal: str, permanent: bool
) -> None:
    mailbox.refusal = refusal
    channel, _ = opened(tmp_path, mailbox.address)
    with pytest.raises(NotDelivered, match=refusal[:3]) as refused:
        channel.send(NOTICE)
    assert refused.value.permanent == permanent and "county.example" not in str(refused.value)


@pytest.mark.parametrize("service", ["dingtalk", "wecombot", "feishu", "lark"])
def test_a_robot_that_refuses_within_a_200_did_not_deliver(receiver: Receiver, service: str) -> None:
    robot = Robot(service, lambda: receiver.url + "/robot?access_token=geheim")
    robot.send(NOTICE)
    sent = receiver.requests[0].json()
    text = sent["content"]["text"] if service in ("feishu", "lark") else sent["text"]["content"]
    assert NOTICE.subject in text and NOTICE.text in text
    receiver.answers = [Answer(body=b'{"errcode":310000,"code":19024,"errmsg":"geheim"}'), Answer(body=b"<html>")]
    for code in ("310000", "None"):
        with pytest.raises(NotDelivered, match=code) as refused:
            robot.send(NOTICE)
        assert SECRET not in str(refused.value)


def test_a_robot_that_limits_the_rate_is_given_a_minute(receiver: Receiver) -> None:
    receiver.usual = Answer(body=b'{"errcode":45009}')
    with pytest.raises(NotDelivered) as refused:
        Robot("wecombot", lambda: receiver.url).send(NOTICE)
    assert refused.value.retry_after == 60


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("dingtalk://SEC123@12345678901234567890", "https://oapi.dingtalk.com/robot/send?access_token=12345678901234567890&timestamp="),
        ("wecombot://botkey1-1234-1234-1234-12345678", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=botkey1-"),
        ("feishu://token1234567890123456", "https://open.feishu.cn/open-apis/bot/v2/hook/token1234567890123456"),
        ("lark://abcdef123456789012", "https://open.larksuite.com/open-apis/bot/v2/hook/abcdef123456789012"),
    ],
)  # fmt: skip
def test_robots_are_asked_where_their_services_listen(address: str, expected: str) -> None:
    service = kind_of(address)
    assert robot_of(plugin_of(address), service).address().startswith(expected)


def test_what_is_too_long_for_a_robot_is_cut_at_a_character_and_says_so() -> None:
    cut = shortened("诉" * 1000, 2000)
    assert len(cut.encode()) <= 2000 and cut.startswith("诉诉") and cut.endswith("（其余见系统）")


def test_a_plain_webhook_of_apprise_gets_the_key_too(tmp_path: Path, receiver: Receiver) -> None:
    channel, _ = opened(tmp_path, f"json://127.0.0.1:{receiver.port}/in")
    channel.send(NOTICE)
    [request] = receiver.requests
    assert request.headers["idempotency-key"] == NOTICE.key and request.json()["title"] == NOTICE.subject
    receiver.usual = Answer(500)
    with pytest.raises(NotDelivered):
        channel.send(NOTICE)


@pytest.mark.parametrize(("status", "permanent"), [(500, False), (404, False), (302, False), (410, True)])
def test_every_status_but_2xx_is_no_delivery(tmp_path: Path, receiver: Receiver, status: int, permanent: bool) -> None:
    receiver.usual = Answer(status, {"Location": receiver.url + "/elsewhere"})
    channel, _ = opened(tmp_path, receiver.signed())
    with pytest.raises(NotDelivered, match=str(status)) as refused:
        channel.send(NOTICE)
    assert refused.value.permanent == permanent and len(receiver.requests) == 1


def test_retry_after_is_read_as_seconds_and_as_a_date() -> None:
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert retry_after("120", now) == 120
    assert retry_after("Mon, 02 Mar 2026 10:05:00 GMT", now) == 300
    assert retry_after("Mon, 02 Mar 2026 09:00:00 GMT", now) == 0
    assert [retry_after(value, now + timedelta()) for value in (None, "soon", "", "-5")] == [None] * 4


@pytest.mark.parametrize(
    "address",
    [
        "", "geheim", "https://geheim.example/hook", "signed://geheim", "signed+ftp://geheim", "signed+https://",
        "signed+https://user:geheim@host/", "mailto://geheim", "nosuch://geheim", "dingtalk://", "syslog://geheim",
        "signed+https://host/\r\nX-Geheim: 1", "signed+https://host:99999/geheim",
        "mailto://geheim:geheim@host.example?to=a@b.example,c@d.example", "signed+https://" + "g" * 3000,
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_used_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(ValueError, match="E850") as refused:
        kind_of(address)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("form", ["signed+{}/hook-geheim", "json://u:geheim@127.0.0.1:{port}/hook-geheim"])
def test_no_log_holds_an_address_even_when_everything_is_logged(
    tmp_path: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture, form: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        for name in ("apprise", "httpx", "httpcore", "urllib3", "requests"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        channel, _ = opened(tmp_path, form.format(receiver.url, port=receiver.port))
        channel.send(NOTICE)
        receiver.close()
        with pytest.raises(NotDelivered) as refused:
            channel.send(NOTICE)
    assert SECRET not in caplog.text and "/hook" not in caplog.text and SECRET not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_channel_is_opened_with_its_own_name_and_deployment_only(tmp_path: Path) -> None:
    keys, others = DeploymentKey(tmp_path / "a"), DeploymentKey(tmp_path / "b")
    sealed, _ = sealed_channel(keys, "duty", "signed+https://receiver.example/geheim")
    for stranger, name in ((keys, "other"), (others, "duty")):
        with pytest.raises(ValueError, match="E855"):
            channel_of(stranger, name, sealed)
    assert json.loads(keys.open_channel("duty", sealed))["address"].endswith("geheim")


def test_the_example_in_the_manual_verifies_what_arrives_and_nothing_else(tmp_path: Path, receiver: Receiver) -> None:
    manual = (Path(__file__).parents[3] / "docs/ALERTS.md").read_text("utf-8")
    example: dict[str, Any] = {}
    exec(manual.partition("```python\n")[2].partition("```")[0], example)
    channel, secret = opened(tmp_path, receiver.signed())
    channel.send(NOTICE)
    [request] = receiver.requests
    verify = example["verify"]
    assert verify(secret, request.headers, request.body)
    assert not verify(secret, request.headers, request.body + b" ")
    assert not verify(secret, {**request.headers, "webhook-id": "other"}, request.body)
    assert not verify(secret, {**request.headers, "webhook-timestamp": "1000000000"}, request.body)
    assert not verify("whsec_" + base64.b64encode(b"0" * 32).decode(), request.headers, request.body)
