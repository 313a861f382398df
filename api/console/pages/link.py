"""One-time links: with them an account gets its password, and the first administrator an account."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Form, Path, Response
from pydantic import BaseModel, Field

from api.console.pages.refusals import refusal_of
from api.console.rules import ConsoleRouter, Public
from api.console.visit import AtConsole, Visit
from pipeline.accounts import PasswordUnusable, SignInRefused

Token = Annotated[str, Path(pattern=r"^[\w\-]{20,100}$")]
router = ConsoleRouter()


class Given(BaseModel):
    """The new password, twice; for the first administrator also the names."""

    name: Annotated[str, Field(max_length=200)] = ""
    display_name: Annotated[str, Field(max_length=100)] = ""
    password: Annotated[str, Field(max_length=1000)] = ""
    again: Annotated[str, Field(max_length=1000)] = ""


@router.page("/link/{token}", rule=Public())
def form(visit: AtConsole, token: Token) -> Response:
    """The form behind a living link."""
    return _form(visit, token, 200)


@router.act("/link/{token}", rule=Public())
def use(visit: AtConsole, token: Token, given: Annotated[Given, Form()]) -> Response:
    """Sets the password, ends the link and signs in."""
    holder = visit.office.store.link_holder(token)
    if holder is not None and given.password != given.again:
        return _form(visit, token, 422, given, visit.gettext("两次输入的密码不一致。"))
    name, display_name = given.name.strip(), given.display_name.strip()
    try:
        if holder == (None,):
            began = visit.door.first_admin(token, name, display_name or name, given.password)
        else:
            began = visit.door.by_link(token, given.password)
    except SignInRefused:
        return _form(visit, token, 410)
    except (PasswordUnusable, ValueError) as error:
        return _form(visit, token, 422, given, refusal_of(visit, error))
    if visit.is_signed_in:
        visit.door.sign_out(visit.token, visit.account.name)
    visit.began(began)
    return visit.redirect("/", flash=visit.gettext("密码已设置，您已登录。"))


def _form(visit: Visit, token: str, status: int, given: Given | None = None, refusal: str = "") -> Response:
    holder = visit.office.store.link_holder(token)
    if holder is None:
        return visit.page("sign-in/spent.html", 410)
    account: Any = visit.office.store.account(holder[0]) if holder[0] else None
    return visit.page("sign-in/link.html", status, token=token, holder=account, given=given or Given(), refusal=refusal)
