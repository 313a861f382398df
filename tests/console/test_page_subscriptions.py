"""Subscriptions: told to whom, tested, ended; an address goes in and never comes out."""

from __future__ import annotations

from typing import Any

import pytest
from consoles import RING, Console, Page, Visitor
from receivers import Answer, Receiver

SECRET = "geheim"
NEW = {"name": "duty", "who": "supervisor", "role": "supervisor", "purpose": "supervision"}


def added(visitor: Visitor, address: str, **fields: Any) -> Any:
    return visitor.post_form("/subscriptions", {**NEW, "channel_url": address, **fields})


def test_a_subscription_is_made_tested_and_ended_and_its_address_is_never_shown(console: Console, receiver: Receiver):
    admin = console.sign_in("admin")
    empty = admin.page("/subscriptions")
    assert "还没有人会收到预警" in empty.text and empty.form("/subscriptions") is not None
    answer = added(
        admin,
        receiver.signed(),
        quiet_from="22:00",
        quiet_to="07:00",
        project_ids=[RING],
        quotes="true",
        searches="true",
    )
    assert answer.status_code == 200 and "whsec_" in answer.text and receiver.signed() not in answer.text
    page = admin.page("/subscriptions")
    assert "whsec_" not in page.html and receiver.signed() not in page.html
    row = page.select("tbody tr")[0].text_content()
    for words in ("duty", "supervisor", "signed", "黄色", "即时", "22:00–07:00", "含脱敏原话", "含关注的检索"):
        assert words in row
    tested = admin.page(admin.submit("/subscriptions", "/subscriptions/duty/test").headers["location"])
    assert "已收下" in tested.text and receiver.requests[0].json()["event"] == "test"
    receiver.usual = Answer(503)
    failed = admin.page(admin.submit("/subscriptions", "/subscriptions/duty/test").headers["location"])
    assert "没有送达" in failed.text and receiver.signed() not in failed.html
    ended = admin.page(admin.submit("/subscriptions", "/subscriptions/duty/end").headers["location"])
    assert "已结束" in ended.text and not console.office.store.subscriptions()
    assert {f"subscriptions.{what}" for what in ("add", "list", "test", "remove")} <= set(console.actions())


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"address": ""}, "请填写接收地址"),
        ({"address": f"nosuch://{SECRET}"}, "这个地址不能使用"),
        ({"purpose": "audit"}, "不能使用这一目的"),
        ({"quiet_from": "22:00", "quiet_to": ""}, "同时填写起止时间"),
        ({"quiet_from": "22:00", "quiet_to": "22:00"}, "起止时间不能相同"),
        ({"name": "值班"}, "名称用字母"),
        ({"who": "a b"}, "账号名"),
        ({"region_code": "county"}, "行政区划代码"),
        ({"project_ids": ["nowhere"]}, "不存在的项目"),
    ],
)
def test_what_cannot_be_is_explained_and_the_address_is_not_repeated(
    console: Console, fields: dict[str, Any], says: str
):
    admin = console.sign_in("admin")
    answer = added(admin, **{"address": f"signed+https://h.example/{SECRET}", **fields})
    page = Page(answer)
    assert page.status == 422 and says in page.text and SECRET not in page.html
    assert not console.office.store.subscriptions()


def test_a_name_is_given_once(console: Console):
    admin = console.sign_in("admin")
    assert added(admin, "json://h.example/a").status_code == 303
    again = added(admin, "json://h.example/b")
    assert again.status_code == 422 and "已被使用" in Page(again).text
