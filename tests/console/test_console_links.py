"""One-time links: with them passwords are set, once and in time; the first makes the first administrator."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from consoles import Console, Page, Visitor

from api.app import create_app
from api.cli.main import cli
from pipeline.office import Office
from pipeline.settings import Settings

NEW = "河滩上的芦苇今年开花早"


@pytest.fixture
def empty(tmp_path: Path):
    """An office where nobody has an account."""
    with Office(Settings(home=tmp_path / "home", processes=1)) as office:
        yield office


def minyi(office: Office, *arguments: str, **more: object):
    return CliRunner().invoke(cli, [*arguments, "--home", str(office.settings.home)], **more)  # type: ignore[arg-type]


def set_password(visitor: Visitor, token: str, **fields: str):
    return visitor.submit(f"/link/{token}", f"/link/{token}", **{"password": NEW + "了", "again": NEW + "了", **fields})


def test_a_link_sets_a_password_and_signs_in_once(console: Console):
    store = console.office.store
    store.add_account("new-expert", "新专家", "expert")
    token = store.make_link("new-expert", timedelta(hours=24))
    page = console.page(f"/link/{token}")
    assert "new-expert" in page.text and "新专家" in page.text
    assert set_password(console.visitor, token).headers["location"] == "/"
    assert "新专家" in console.page("/account").text
    assert Page(Visitor(console.app).get(f"/link/{token}")).status == 410
    answer = Visitor(console.app).post_form(f"/link/{token}", {"password": NEW + "啊", "again": NEW + "啊"})
    assert answer.status_code == 410 and "只能使用一次" in answer.text
    again = Visitor(console.app).post_form("/sign-in", {"name": "new-expert", "password": NEW + "了"})
    assert again.status_code == 303
    assert console.actions() == ["accounts.password", "accounts.sign_in", "accounts.sign_in"]


def test_a_link_that_has_expired_was_replaced_or_never_was_is_none(console: Console):
    store = console.office.store
    expired = store.make_link("expert", timedelta(hours=24))
    before = store.clock
    store.clock = lambda: before() + timedelta(hours=25)
    replaced = store.make_link("assessor", timedelta(hours=24))
    store.make_link("assessor", timedelta(hours=24))
    first_admin = store.make_link(None, timedelta(hours=24))
    for token in (expired, replaced, first_admin, "x" * 43):
        assert Page(console.get(f"/link/{token}")).status == 410
        assert (
            console.visitor.post_form(f"/link/{token}", {"password": NEW, "again": NEW, "name": "x.y"}).status_code
            == 410
        )
    assert console.get("/link/short").status_code == 404


def test_what_is_mistyped_costs_no_link(console: Console):
    token = console.office.store.make_link("expert", timedelta(hours=24))
    for fields, said in (
        ({"password": "短", "again": "短"}, "12 至 256"),
        ({"password": NEW + "了", "again": NEW + "啊"}, "不一致"),
        ({}, "12 至 256"),
    ):
        answer = console.visitor.post_form(f"/link/{token}", fields)
        assert answer.status_code == 422 and said in Page(answer).text
    assert set_password(console.visitor, token).status_code == 303


def test_a_link_ends_every_session_and_a_disabled_account_has_none(console: Console):
    visitor, store = console.enter("expert"), console.office.store
    assert set_password(Visitor(console.app), store.make_link("expert", timedelta(hours=1))).status_code == 303
    assert visitor.get("/account").status_code == 303
    token = store.make_link("expert", timedelta(hours=1))
    store.disable_account("expert")
    assert console.get(f"/link/{token}").status_code == 410


def test_the_first_administrator_is_made_over_a_link_that_is_printed_and_not_kept(empty: Office):
    from api.cli.serve import _invite

    runner = CliRunner()
    with runner.isolation() as (_, errors, _both):
        _invite(empty, "http://127.0.0.1:8080")
        said = errors.getvalue().decode()
    token = re.search(r"http://127\.0\.0\.1:8080/link/([\w-]{43})", said)[1]  # type: ignore[index]
    assert "24 hours" in said
    assert not any(token.encode() in p.read_bytes() for p in empty.settings.home.rglob("*") if p.is_file())
    visitor = Visitor(create_app(empty))
    assert "首个系统管理员" in visitor.page(f"/link/{token}").text
    refused = visitor.post_form(f"/link/{token}", {"name": "李薇", "password": NEW + "了", "again": NEW + "了"})
    assert refused.status_code == 422 and "英文字母" in refused.text
    assert set_password(visitor, token, name="li.wei", display_name="李薇").headers["location"] == "/"
    assert "系统管理员" in visitor.page("/account").text and "李薇" in visitor.page("/account").text
    assert visitor.get("/").headers["location"] == "/admin/accounts"
    assert Page(Visitor(create_app(empty)).get(f"/link/{token}")).status == 410
    assert [event.action for event in empty.audit.events()] == ["accounts.create", "accounts.sign_in"]
    with runner.isolation() as (_, errors, _both):
        _invite(empty, "http://127.0.0.1:8080")
        assert errors.getvalue() == b""


def test_an_operator_makes_lists_and_ends_accounts(empty: Office):
    made = minyi(
        empty, "accounts", "create", "li.wei", "--role", "assessor", "--display-name", "李薇", "--region", "439900"
    )
    assert made.exit_code == 0, made.output
    token = re.search(r"/link/([\w-]+)", made.stdout)[1]  # type: ignore[index]
    assert "no password yet" in minyi(empty, "accounts", "list").stdout
    app = create_app(empty)
    assert set_password(Visitor(app), token).status_code == 303
    listed = minyi(empty, "accounts", "list").stdout
    assert "li.wei  assessor  all projects, region 4399  password  李薇" in listed
    assert "argon2" not in listed + minyi(empty, "accounts", "list", "--json").stdout
    assert "/link/" in minyi(empty, "accounts", "link", "li.wei").stdout
    assert minyi(empty, "accounts", "password", "li.wei", "--stdin", input="短\n").exit_code == 1
    assert minyi(empty, "accounts", "password", "li.wei", "--stdin", input=NEW + "啊\n").exit_code == 0
    assert Visitor(app).post_form("/sign-in", {"name": "li.wei", "password": NEW + "啊"}).status_code == 303
    assert minyi(empty, "accounts", "disable", "li.wei").exit_code == 0
    assert Visitor(app).post_form("/sign-in", {"name": "li.wei", "password": NEW + "啊"}).status_code == 401
    assert minyi(empty, "accounts", "link", "li.wei").exit_code == 1
    assert minyi(empty, "accounts", "enable", "li.wei").exit_code == 0
    assert Visitor(app).post_form("/sign-in", {"name": "li.wei", "password": NEW + "啊"}).status_code == 303
    done = [event for event in empty.audit.events() if event.who.startswith("cli-")]
    assert [event.action for event in done] == [
        "accounts.create", "accounts.list", "accounts.list", "accounts.list", "accounts.link", "accounts.password",
        "accounts.disable", "accounts.link.denied", "accounts.enable",
    ]  # fmt: skip
    assert all(event.purpose == "administration" for event in done if not event.action.endswith(".denied"))


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (["李薇", "--role", "assessor"], "E903", 1),
        (["li.wei", "--role", "boss"], "not a role", 2),
        (["li.wei", "--role", "assessor", "--project", "nowhere"], "E909", 1),
        (["li.wei", "--role", "assessor", "--region", "here"], "E909", 1),
        (["li.wei", "--role", "response_unit", "--unit", "no_such_unit"], "E909", 1),
        (["li.wei", "--role", "response_unit"], "--unit CODE", 1),
        (["li.wei", "--role", "assessor", "--sign-on", "email=li@example.org"], "E908", 1),
        (["li.wei", "--role", "assessor", "--display-name", "李\n薇"], "E909", 1),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_the_reason(
    empty: Office, arguments: list[str], code: str, exit_code: int
):
    refused = minyi(empty, "accounts", "create", *arguments)
    assert refused.exit_code == exit_code and code in refused.output
    assert empty.store.accounts() == []


def test_a_name_is_given_once(empty: Office):
    assert minyi(empty, "accounts", "create", "li.wei", "--role", "assessor").exit_code == 0
    again = minyi(empty, "accounts", "create", "li.wei", "--role", "admin")
    assert again.exit_code == 1 and "E152" in again.output
