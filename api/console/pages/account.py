"""One's own account: role and bounds, and another password."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Response
from pydantic import BaseModel, Field

from api.console.client import address_of
from api.console.pages.refusals import refusal_of
from api.console.rules import ConsoleRouter, SignedIn
from api.console.visit import AtConsole, Visit
from models.taxonomy import taxonomy
from pipeline.accounts import PasswordUnusable, SignInRefused, TooManyAttempts

router = ConsoleRouter()


class Passwords(BaseModel):
    """The password of today, and the next one twice."""

    old: Annotated[str, Field(max_length=1000)] = ""
    password: Annotated[str, Field(max_length=1000)] = ""
    again: Annotated[str, Field(max_length=1000)] = ""


@router.page("/account", rule=SignedIn())
def mine(visit: AtConsole) -> Response:
    """Who I am here, what I may see, and how long I stay signed in."""
    return _page(visit, 200)


@router.act("/account", rule=SignedIn())
def change_password(visit: AtConsole, given: Annotated[Passwords, Form()]) -> Response:
    """Sets another password; every other session ends."""
    if given.password != given.again:
        return _page(visit, 422, visit.gettext("两次输入的密码不一致。"))
    name = visit.account.name
    try:
        began = visit.door.change_password(name, given.old, given.password, address_of(visit.request))
    except TooManyAttempts as error:
        wait = int(error.wait.total_seconds())
        return _page(visit, 429, visit.gettext("尝试次数过多。请等待 %(n)s 秒后再试。", n=wait))
    except SignInRefused:
        return _page(visit, 403, visit.gettext("当前密码不正确，未做任何改动。"))
    except PasswordUnusable as error:
        return _page(visit, 422, refusal_of(visit, error))
    visit.began(began)
    return visit.redirect("/account", flash=visit.gettext("密码已更改，其他设备上的登录已退出。"))


def _page(visit: Visit, status: int, refusal: str = "") -> Response:
    bounds = visit.account.project_ids
    projects = [project for project in visit.office.store.projects() if bounds and project.id in bounds]
    unit = taxonomy().units.get(visit.account.unit or "")
    return visit.page(
        "account/page.html",
        status,
        projects=projects,
        unit=unit.name_zh if unit else "",
        settings=visit.office.settings,
        refusal=refusal,
    )
