"""Signing on at an OpenID Connect provider: who is tied to it gets in, and nothing that is forged does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from consoles import PASSWORD, Console, Visitor
from joserfc.jwk import RSAKey
from providers import CLIENT, SECRET, OpenIdProvider

from api.policy import Reader
from api.staff_desk import StaffDesk


@pytest.fixture
def provider(console: Console) -> Iterator[OpenIdProvider]:
    """A provider that the console of the test signs on at."""
    with OpenIdProvider() as running:
        given = type(console.office.settings).model_validate(
            {**console.office.settings.model_dump(), "oidc_issuer": running.issuer, "oidc_client_id": CLIENT,
             "oidc_client_secret": SECRET}
        )  # fmt: skip
        console.office.settings = given
        yield running


def account(console: Console, name: str, sign_on: str) -> None:
    StaffDesk(console.office, Reader("admin", "admin")).create("administration", name, "supervisor", sign_on=sign_on)


def left(visitor: Visitor, path: str = "/sign-in/sso?next=/account") -> str:
    """Where the provider sends the browser back to."""
    address = visitor.get(path).headers["location"]
    answer = httpx.get(address, trust_env=False)
    assert answer.status_code == 302
    parts = urlsplit(answer.headers["location"])
    return f"{parts.path}?{parts.query}"


@pytest.mark.parametrize("tie", ["sub=4711", "email=Li.Wei@example.org", "preferred_username=liwei"])
def test_who_is_tied_to_an_account_signs_on(console: Console, provider: OpenIdProvider, tie: str):
    provider.person["preferred_username"] = "liwei"
    account(console, "li.wei", tie)
    visitor = console.visitor
    assert "/sign-in/sso?next=/" in visitor.page("/sign-in").links()
    answer = visitor.get(left(visitor))
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "li.wei" in visitor.page("/account").text
    assert console.actions()[-1] == "accounts.sign_in"
    files = [p.read_bytes() for p in console.office.settings.home.rglob("*") if p.is_file()]
    assert not any(b"li.wei@example.org" in content.lower() or content == b"4711" for content in files)


def test_the_session_before_ends_with_signing_on(console: Console, provider: OpenIdProvider):
    account(console, "li.wei", "sub=4711")
    visitor = console.sign_in("expert")
    [before] = [str(c.value) for c in visitor.cookies.jar if c.name.endswith("minyi-session")]
    address = left(visitor)
    assert visitor.get(address).status_code == 303 and "li.wei" in visitor.page("/account").text
    kept = Visitor(console.app)
    kept.cookies.set("minyi-session", before, "console.test")
    assert kept.get("/account").status_code == 303, "whoever kept the cookie is signed out"
    assert "accounts.sign_out" in console.actions()


def test_nobody_gets_an_account_by_signing_on(console: Console, provider: OpenIdProvider):
    before = console.office.store.accounts()
    answer = console.visitor.get(left(console.visitor))
    assert answer.headers["location"] == "/sign-in"
    assert "没有与之关联的账号" in console.page("/sign-in").text
    assert console.office.store.accounts() == before and console.get("/account").status_code == 303
    assert console.actions() == ["accounts.sign_in.denied"]


def test_a_disabled_account_and_an_unverified_address_do_not_get_in(console: Console, provider: OpenIdProvider):
    account(console, "li.wei", "sub=4711")
    console.office.store.disable_account("li.wei")
    assert console.visitor.get(left(console.visitor)).headers["location"] == "/sign-in"
    account(console, "li.wei.2", "email=li.wei@example.org")
    provider.person = {"sub": "4712", "email": "li.wei@example.org", "email_verified": False}
    assert console.visitor.get(left(console.visitor)).headers["location"] == "/sign-in"
    assert console.get("/account").status_code == 303


@pytest.mark.parametrize(
    "spoilt",
    [
        {"nonce": "another"},
        {"aud": "another-client"},
        {"iss": "https://evil.example"},
        {"exp": int(time.time()) - 3600},
        {"sub": None},
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in(console: Console, provider: OpenIdProvider, spoilt: dict[str, Any]):
    account(console, "li.wei", "sub=4711")
    provider.spoilt = spoilt
    assert console.visitor.get(left(console.visitor)).headers["location"] == "/sign-in"
    assert "没有完成" in console.page("/sign-in").text and console.get("/account").status_code == 303


def test_a_token_signed_with_another_key_lets_nobody_in(console: Console, provider: OpenIdProvider):
    account(console, "li.wei", "sub=4711")
    provider.signed_with = RSAKey.generate_key(2048, {"kid": "k1"}, auto_kid=False)
    assert console.visitor.get(left(console.visitor)).headers["location"] == "/sign-in"
    assert console.get("/account").status_code == 303


def test_an_answer_that_this_browser_did_not_ask_for_lets_nobody_in(console: Console, provider: OpenIdProvider):
    account(console, "li.wei", "sub=4711")
    back = left(console.visitor)
    other = Visitor(console.app)
    assert other.get(back).headers["location"] == "/sign-in"
    left(other)
    assert other.get(back).headers["location"] == "/sign-in", "the state is another's"
    assert other.get("/account").status_code == 303
    assert console.visitor.get(back).headers["location"] == "/account"
    assert console.visitor.get(back).headers["location"] == "/sign-in", "a code is used once"


def test_the_way_on_stays_on_this_site(console: Console, provider: OpenIdProvider):
    account(console, "li.wei", "sub=4711")
    assert console.visitor.get(left(console.visitor, "/sign-in/sso?next=//evil.example")).headers["location"] == "/"


def test_passwords_still_work_when_the_provider_is_away(console: Console, provider: OpenIdProvider):
    provider.__exit__()
    answer = console.visitor.get("/sign-in/sso")
    assert answer.headers["location"] == "/sign-in" and "没有完成" in console.page("/sign-in").text
    assert console.visitor.post_form("/sign-in", {"name": "expert", "password": PASSWORD}).status_code == 303


def test_without_a_provider_there_is_no_such_page(console: Console):
    assert console.get("/sign-in/sso").status_code == 404
    assert "/sign-in/sso?next=/" not in console.page("/sign-in").links()
