"""Signing in with a password, and signing out."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Query, Response
from pydantic import BaseModel, Field

from api.console.client import address_of
from api.console.links import local
from api.console.rules import ConsoleRouter, Public
from api.console.visit import AtConsole, Visit
from pipeline.accounts import SignInRefused, TooManyAttempts

router = ConsoleRouter()


class Credentials(BaseModel):
    """Name and password, and the page to go on to."""

    name: Annotated[str, Field(max_length=200)] = ""
    password: Annotated[str, Field(max_length=1000)] = ""
    next: str = ""


@router.page("/sign-in", rule=Public())
def form(visit: AtConsole, next: Annotated[str, Query()] = "") -> Response:
    """The form; who is signed in already goes on."""
    return visit.redirect(local(next)) if visit.is_signed_in else _form(visit, 200, next)


@router.act("/sign-in", rule=Public())
def sign_in(visit: AtConsole, given: Annotated[Credentials, Form()]) -> Response:
    """Begins a session. An unknown name and a wrong password are answered alike."""
    name = given.name.strip()
    try:
        token = visit.door.by_password(name, given.password, address_of(visit.request))
    except TooManyAttempts as error:
        seconds = int(error.wait.total_seconds())
        answer = _form(visit, 429, given.next, name, visit.gettext(
            "尝试次数过多。请等待 %(n)s 秒后再试；忘记密码请联系系统管理员。", n=seconds
        ))  # fmt: skip
        answer.headers["Retry-After"] = str(seconds)
        return answer
    except SignInRefused:
        return _form(visit, 401, given.next, name, visit.gettext("账号名与密码不符，或账号已停用。"))
    if visit.token:
        visit.door.sign_out(visit.token, visit.account.name)
    visit.began(token)
    return visit.redirect(local(given.next))


@router.act("/sign-out", rule=Public())
def sign_out(visit: AtConsole) -> Response:
    """Ends the session."""
    if visit.is_signed_in:
        visit.door.sign_out(visit.token, visit.account.name)
    visit.ended()
    return visit.redirect("/sign-in", flash=visit.gettext("已退出登录。"))


def _form(visit: Visit, status: int, to: str, name: str = "", refusal: str = "") -> Response:
    sign_on = bool(visit.office.settings.oidc_issuer)
    return visit.page("sign-in/form.html", status, next=local(to), name=name, refusal=refusal, sign_on=sign_on)
