"""Signing on at the provider (OIDC), where the deployment has one."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Annotated

from fastapi import Query, Response

from api.console.links import local
from api.console.rules import ConsoleRouter, Public
from api.console.sign_on import Asked, Provider, SignOnFailed
from api.console.visit import AtConsole, Visit
from api.desk import NotFound
from pipeline.accounts import SignInRefused

BACK = "/sign-in/sso/return"
router = ConsoleRouter()


@router.page("/sign-in/sso", rule=Public())
def leave(visit: AtConsole, next: Annotated[str, Query()] = "") -> Response:
    """Sends the browser to the provider."""
    provider, asked = _provider(visit), Asked.new()
    try:
        address = provider.address(asked, _back(visit))
    except SignOnFailed:
        return _failed(visit)
    visit.cookies.set("sign-on", _sealed(visit, asked, local(next)))
    return visit.redirect(address)


@router.page(BACK, rule=Public())
def come_back(visit: AtConsole) -> Response:
    """Begins a session for the account that is tied to whom the provider names."""
    provider, kept = _provider(visit), _opened(visit, visit.cookies.get("sign-on"))
    visit.cookies.drop("sign-on")
    if kept is None:
        return _failed(visit)
    asked, to = kept
    try:
        token = visit.door.by_sign_on(provider.digests(asked, _back(visit), str(visit.request.url)))
    except SignOnFailed:
        return _failed(visit)
    except SignInRefused:
        return visit.redirect("/sign-in", kind="alert", flash=visit.gettext(
            "统一身份认证已通过，但这里没有与之关联的账号。请联系系统管理员。"
        ))  # fmt: skip
    if visit.is_signed_in:
        visit.door.sign_out(visit.token, visit.account.name)
    visit.began(token)
    return visit.redirect(to)


def _provider(visit: Visit) -> Provider:
    if not visit.office.settings.oidc_issuer:
        raise NotFound("E311: there is no sign-on service")
    return Provider(visit.office)


def _failed(visit: Visit) -> Response:
    text = visit.gettext("统一身份认证没有完成。请重试，或用账号和密码登录。")
    return visit.redirect("/sign-in", kind="alert", flash=text)


def _back(visit: Visit) -> str:
    base = visit.office.settings.public_url or str(visit.request.base_url)
    return base.rstrip("/") + BACK


def _sealed(visit: Visit, asked: Asked, to: str) -> str:
    content = base64.urlsafe_b64encode(json.dumps([asked.state, asked.nonce, asked.verifier, to]).encode()).decode()
    return f"{content}.{visit.office.keys.stamp('sign-on-cookie', content)}"


def _opened(visit: Visit, cookie: str) -> tuple[Asked, str] | None:
    content, _, seal = cookie.partition(".")
    if not content or not hmac.compare_digest(
        seal.encode(), visit.office.keys.stamp("sign-on-cookie", content).encode()
    ):
        return None
    state, nonce, verifier, to = json.loads(base64.urlsafe_b64decode(content))
    return Asked(state, nonce, verifier), local(to)
