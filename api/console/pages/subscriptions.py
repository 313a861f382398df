"""Subscriptions: who is told of alerts over which channel and when. Addresses go in and never come out."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from fastapi import Form, Path, Response
from pydantic import BaseModel, Field, SecretStr

from api.console.fields import OrNone
from api.console.paging import PageAsked, leaf
from api.console.rules import ConsoleRouter, Deployment
from api.console.visit import AtConsole, Visit
from api.notices import SubscriptionDesk
from api.policy import access
from pipeline.notify import NotDelivered
from pipeline.records.governance import Purpose, Role
from pipeline.records.incident import AlertLevel
from pipeline.records.subscription import ClockTime, Schedule
from pipeline.store import StoreConflict

NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9_.\-]{1,63}$"
NamePath = Annotated[str, Path(pattern=NAME)]
Hour = Annotated[ClockTime | None, OrNone]
SUBSCRIPTIONS: Final = Deployment("subscriptions.manage")
ROLES: Final = tuple(dict.fromkeys(role for role, _ in access().grants))
ROWS: Final = 20
router = ConsoleRouter()


class NewSubscription(BaseModel):
    """The form of a new subscription; the desk checks what it says."""

    name: Annotated[str, Field(max_length=64)] = ""
    who: Annotated[str, Field(max_length=64)] = ""
    role: Role
    purpose: Purpose
    channel_url: Annotated[SecretStr, Field(max_length=2000)] = SecretStr("")
    project_ids: Annotated[list[str], Field(max_length=500)] = []
    region_code: Annotated[Annotated[str, Field(max_length=20)] | None, OrNone] = None
    least_level: AlertLevel = "yellow"
    schedule: Schedule = "immediate"
    quiet_from: Hour = None
    quiet_to: Hour = None
    quotes: bool = False
    searches: bool = False


@router.page("/subscriptions", rule=SUBSCRIPTIONS)
def subscriptions(visit: AtConsole, page: PageAsked = 1, letters: PageAsked = 1) -> Response:
    """Who is told, what was given up, and the form for somebody more."""
    return _page(visit, page=page, letters=letters)


@router.act("/subscriptions", rule=SUBSCRIPTIONS)
def add(visit: AtConsole, given: Annotated[NewSubscription, Form()]) -> Response:
    """Adds a subscription; the secret of a signed webhook stands on this answer alone."""
    if errors := _missing(visit, given):
        return _page(visit, given, errors)
    fields = given.model_dump(exclude={"channel_url", "quiet_from", "quiet_to"})
    fields["project_ids"] = tuple(given.project_ids) or None
    fields["quiet"] = (given.quiet_from, given.quiet_to) if given.quiet_from else None
    try:
        added = visit.desk(SubscriptionDesk).add(
            visit.general_purpose(), given.channel_url.get_secret_value().strip(), fields
        )
    except StoreConflict:
        return _page(visit, given, {"name": visit.gettext("这个名称已被使用，请换一个。")})
    except ValueError as error:
        return _page(visit, given, _refusal(visit, error))
    if added.signing_secret:
        return _page(visit, secret=added.signing_secret, added=added.subscription.name)
    return visit.redirect(
        "/subscriptions", flash=visit.gettext("已建立订阅 %(name)s。建议发送一条测试消息。", name=given.name)
    )


@router.act("/subscriptions/{name}/test", rule=SUBSCRIPTIONS)
def test(visit: AtConsole, name: NamePath) -> Response:
    """Sends a message that says nothing but that the channel works."""
    say = visit.gettext
    try:
        visit.desk(SubscriptionDesk).test(visit.general_purpose(), name)
    except (NotDelivered, ValueError):
        text = say("测试消息没有送达 %(name)s。请检查接收端和地址；地址需要更改时，结束订阅后重新建立。", name=name)
        return visit.redirect("/subscriptions", flash=text, kind="alert")
    return visit.redirect("/subscriptions", flash=say("接收端已收下发给 %(name)s 的测试消息。", name=name))


@router.act("/subscriptions/{name}/end", rule=SUBSCRIPTIONS)
def end(visit: AtConsole, name: NamePath) -> Response:
    """Forgets a subscription and its address."""
    visit.desk(SubscriptionDesk).remove(visit.general_purpose(), name)
    return visit.redirect("/subscriptions", flash=visit.gettext("订阅 %(name)s 已结束，地址已删除。", name=name))


@router.act("/subscriptions/{name}/retry", rule=SUBSCRIPTIONS)
def retry(visit: AtConsole, name: NamePath) -> Response:
    """Makes what was given up for a subscription due again."""
    again = visit.desk(SubscriptionDesk).retry(visit.general_purpose(), name)
    return visit.redirect("/subscriptions", flash=visit.gettext("%(n)s 条消息将重新发送。", n=again))


def _page(
    visit: Visit,
    given: NewSubscription | None = None,
    errors: dict[str, str] | None = None,
    secret: str = "",
    added: str = "",
    page: int = 1,
    letters: int = 1,
) -> Response:
    desk, purpose = visit.desk(SubscriptionDesk), visit.general_purpose()
    return visit.page(
        "subscriptions/page.html",
        422 if errors else 200,
        listed=leaf(desk.subscriptions(purpose), page, ROWS, lambda n: f"/subscriptions?page={n}"),
        dead=leaf(desk.dead(purpose), letters, ROWS, lambda n: f"/subscriptions?letters={n}#dead"),
        projects={one.id: one.name_zh for one in desk.projects(purpose)},
        roles=ROLES,
        purposes=list(access().purposes),
        digest=visit.office.settings.digest_times,
        linked=bool(visit.office.settings.public_url),
        given=given,
        errors=errors,
        secret=secret,
        added=added,
    )


def _missing(visit: Visit, given: NewSubscription) -> dict[str, str]:
    say, errors = visit.gettext, {}
    if not re.match(NAME, given.name):
        errors["name"] = say("名称用字母、数字和 . _ -，2 至 64 个字符。")
    if not given.channel_url.get_secret_value().strip():
        errors["channel_url"] = say("请填写接收地址。")
    if bool(given.quiet_from) != bool(given.quiet_to):
        errors["quiet_to"] = say("免打扰时段须同时填写起止时间。")
    return errors


def _refusal(visit: Visit, error: ValueError) -> dict[str, Any]:
    """What is wrong with which field; a wrong address is not repeated."""
    say = visit.gettext
    known = {
        "E850": ("channel_url", say("这个地址不能使用。请按下方“地址写法”核对；为安全起见，地址需要重新填写。")),
        "E851": ("purpose", say("所选角色不能使用这一目的。")),
        "E852": ("project_ids", say("有不存在的项目。")),
        "E853": ("quiet_to", say("免打扰的起止时间不能相同。")),
    }
    if (code := str(error)[:4]) in known:
        return dict([known[code]])
    places = {str(one["loc"][0]) for one in error.errors()} if hasattr(error, "errors") else set()
    texts = {
        "who": say("请填写办理人的账号名：字母、数字和 . _ @ -。"),
        "region_code": say("行政区划代码为 2 至 12 位数字。"),
    }
    return {place: texts[place] for place in texts if place in places} or {"": say("填写的内容不符合要求，请检查。")}
