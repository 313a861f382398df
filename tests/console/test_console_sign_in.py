"""Signing in to the console and out of it: what holds, what ends, and what a stranger may learn."""

from __future__ import annotations

from datetime import timedelta

import pytest
from consoles import PASSWORD, Console, Page, Visitor
from hypothesis import given
from hypothesis import strategies as st

from api.console.links import local

HOST = "console.test"
WRONG = "不是这个密码也不是别的"


def attempt(visitor: Visitor, name: str, password: str = WRONG, **more: str):
    return visitor.post_form("/sign-in", {"name": name, "password": password, **more})


def later(console: Console, **by: float) -> None:
    """Moves the clock of the office."""
    before = console.office.store.clock
    console.office.store.clock = lambda: before() + timedelta(**by)


def session_of(visitor: Visitor) -> str:
    return next((str(c.value) for c in visitor.cookies.jar if c.name.endswith("minyi-session")), "")


def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_the_page(console: Console):
    answer = console.get("/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/account")
    page = console.page("/account")
    assert "登录" in page.text
    answer = console.submit("/account", "/sign-in", name="assessor", password=PASSWORD)
    assert answer.headers["location"] == "/account"
    assert "assessor" in console.page("/account").text
    assert console.actions()[-1] == "accounts.sign_in"


@pytest.mark.parametrize(
    ("role", "home"),
    [("supervisor", "/board"), ("local-government", "/board"), ("assessor", "/projects"), ("expert", "/projects"),
     ("commissioning-unit", "/projects"), ("response-unit", "/dispatches"), ("auditor", "/audit"),
     ("admin", "/admin/accounts"), ("platform", "/account"), ("discipline-inspection", "/projects")],
)  # fmt: skip
def test_everybody_begins_where_their_role_works(console: Console, role: str, home: str):
    assert console.enter(role).get("/").headers["location"] == home


def test_an_unknown_name_a_wrong_password_and_a_disabled_account_are_answered_alike(console: Console):
    console.office.store.disable_account("expert")
    pages = []
    for name in ("assessor", "nobody-here", "expert", "名 字\x00'; --"):
        answer = attempt(console.visitor, name, PASSWORD if name == "expert" else WRONG)
        assert answer.status_code == 401 and "location" not in answer.headers
        pages.append(Page(answer).text)
    assert "账号名与密码不符" in pages[0] and len(set(pages)) == 1
    assert console.actions() == ["accounts.sign_in.denied"] * 4
    events = console.office.audit.events()
    assert [event.who for event in events] == ["assessor", "unknown", "expert", "unknown"]


def test_wrong_passwords_cost_time_that_doubles_for_known_and_unknown_names_alike(console: Console):
    now = console.office.store.clock()
    console.office.store.clock = lambda: now
    for name in ("assessor", "nobody-here"):
        waits = []
        for tries in range(9):
            answer = attempt(console.visitor, name)
            if tries < 5:
                assert answer.status_code == 401
                continue
            assert answer.status_code == 429 and "尝试次数过多" in Page(answer).text
            waits.append(int(answer.headers["retry-after"]))
            later(console, seconds=waits[-1])
            assert attempt(console.visitor, name).status_code == 401
        assert waits == [2, 4, 8, 16]
    assert attempt(console.visitor, "assessor", PASSWORD).status_code == 429, "also the right one has to wait"
    later(console, seconds=40)
    assert attempt(console.visitor, "assessor", PASSWORD).status_code == 303


def test_one_address_cannot_try_many_names(console: Console):
    answers = [attempt(console.visitor, f"name-{n}").status_code for n in range(31)]
    assert answers == [401] * 30 + [429]


def test_the_address_of_a_client_is_written_nowhere(console: Console, caplog: pytest.LogCaptureFixture):
    address = "203.0.113.77"
    settings = console.office.settings.model_copy(update={"public_url": "http://console.test"})
    console.office.settings = settings
    visitor = Visitor(console.app)
    visitor.headers["X-Forwarded-For"] = address
    for name in ("assessor", "nobody-here"):
        assert attempt(visitor, name).status_code == 401
    assert attempt(visitor, "assessor", PASSWORD).status_code == 303
    files = [path.read_bytes() for path in console.office.settings.home.rglob("*") if path.is_file()]
    assert not any(address.encode() in content for content in files) and address not in caplog.text


def test_a_session_that_was_planted_before_signing_in_is_worth_nothing_afterwards(console: Console):
    visitor = console.visitor
    visitor.cookies.set("minyi-session", planted := "planted-by-somebody-else-0123456789abcdef", HOST)
    assert attempt(visitor, "assessor", PASSWORD).status_code == 303
    assert session_of(visitor) not in ("", planted)
    other = Visitor(console.app)
    other.cookies.set("minyi-session", planted, HOST)
    assert other.get("/account").status_code == 303


def test_signing_in_as_somebody_else_ends_the_session_before(console: Console):
    visitor = console.enter("assessor")
    before = session_of(visitor)
    assert attempt(visitor, "expert", PASSWORD).status_code == 303
    old = Visitor(console.app)
    old.cookies.set("minyi-session", before, HOST)
    assert old.get("/account").status_code == 303
    assert "expert" in visitor.page("/account").text


def test_a_session_ends_after_an_hour_without_a_request(console: Console):
    visitor = console.enter("assessor")
    for _ in range(3):
        later(console, minutes=59)
        assert visitor.get("/account").status_code == 200
    later(console, minutes=61)
    assert visitor.get("/account").headers["location"].startswith("/sign-in")


def test_a_session_ends_after_twelve_hours_whatever_happens(console: Console):
    visitor = console.enter("assessor")
    for _ in range(14):
        later(console, minutes=50)
        assert visitor.get("/account").status_code == 200
    later(console, minutes=20)
    assert visitor.get("/account").status_code == 303


def test_signing_out_ends_the_session_on_the_server(console: Console):
    visitor = console.enter("assessor")
    kept = session_of(visitor)
    assert visitor.submit("/account", "/sign-out").headers["location"] == "/sign-in"
    assert "已退出登录" in visitor.page("/sign-in").text and "已退出登录" not in visitor.page("/sign-in").text
    thief = Visitor(console.app)
    thief.cookies.set("minyi-session", kept, HOST)
    assert thief.get("/account").status_code == 303
    assert console.actions() == ["accounts.sign_out"]


def test_a_disabled_account_is_out_at_once(console: Console):
    visitor = console.enter("assessor")
    console.office.store.disable_account("assessor")
    assert visitor.get("/account").status_code == 303


def test_another_password_ends_every_other_session(console: Console):
    visitor, elsewhere = console.enter("assessor"), console.enter("assessor")
    new = "井台上晒着去年收的苞谷秆"
    for fields, said in (
        ({"old": WRONG, "password": new, "again": new}, "当前密码不正确"),
        ({"old": PASSWORD, "password": new, "again": PASSWORD}, "不一致"),
        ({"old": PASSWORD, "password": "太短", "again": "太短"}, "12 至 256"),
        ({"old": PASSWORD, "password": "assessor-is-my-name", "again": "assessor-is-my-name"}, "不能包含账号名"),
        ({"old": PASSWORD, "password": "ababababababab", "again": "ababababababab"}, "过于重复"),
    ):
        answer = visitor.post_form("/account", fields)
        assert answer.status_code in (403, 422) and said in Page(answer).text
    assert visitor.submit("/account", "/account", old=PASSWORD, password=new, again=new).status_code == 303
    assert "密码已更改" in visitor.page("/account").text
    assert elsewhere.get("/account").status_code == 303
    assert attempt(Visitor(console.app), "assessor", PASSWORD).status_code == 401
    assert attempt(Visitor(console.app), "assessor", new).status_code == 303


@pytest.mark.parametrize(("base", "prefix"), [("http://console.test", ""), ("https://console.test", "__Host-")])
def test_the_session_cookie_is_for_this_host_and_no_script(console: Console, base: str, prefix: str):
    visitor = Visitor(console.app, base)
    [cookie] = [
        value
        for value in attempt(visitor, "assessor", PASSWORD).headers.get_list("set-cookie")
        if "minyi-session" in value
    ]
    name, *flags = [part.strip() for part in cookie.split(";")]
    assert name.startswith(f"{prefix}minyi-session=") and len(name.partition("=")[2]) >= 43
    assert {flag.lower() for flag in flags} == {"httponly", "samesite=lax", "path=/"} | (
        {"secure"} if prefix else set()
    )
    assert visitor.get("/account").status_code == 200


def test_behind_a_proxy_the_public_address_decides_whether_cookies_are_for_tls(console: Console):
    console.office.settings = console.office.settings.model_copy(update={"public_url": "https://minyi.example.org"})
    cookies = Visitor(console.app).get("/sign-in").headers.get_list("set-cookie")
    assert all(cookie.startswith("__Host-") and "Secure" in cookie for cookie in cookies) and cookies


def test_the_store_keeps_hashes_only(console: Console):
    visitor = console.enter("assessor")
    link = console.office.store.make_link("assessor", timedelta(hours=1))
    files = [path.read_bytes() for path in console.office.settings.home.rglob("*") if path.is_file()]
    for secret in (session_of(visitor), link, PASSWORD):
        assert not any(secret.encode() in content for content in files)
    assert any(b"$argon2id$" in content for content in files)


FOREIGN = ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "http:evil.example", "/\t/evil",
           "javascript:alert(1)", " //evil.example", "///evil.example", "evil.example", "/a\\b", "/\n/evil", "/%09" + "x" * 3000]  # fmt: skip


@pytest.mark.parametrize("address", FOREIGN)
def test_nobody_is_sent_on_to_another_site(console: Console, address: str):
    answer = attempt(console.visitor, "assessor", PASSWORD, next=address)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@given(st.text(max_size=60) | st.sampled_from(FOREIGN).flatmap(lambda a: st.text(max_size=5).map(lambda t: t + a)))
def test_every_address_to_go_on_to_is_a_path_of_the_console(address: str):
    found = local(address)
    assert found.startswith("/") and not found.startswith(("//", "/\\")) and "\\" not in found
    assert all(ord(character) > 0x20 for character in found)


def test_paths_with_questions_are_kept():
    assert local("/projects/a/search?q=补偿&page=2") == "/projects/a/search?q=补偿&page=2"


def test_a_part_of_a_page_that_is_asked_for_too_late_sends_the_whole_page_to_sign_in(console: Console):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://console.test/projects/x/search?q=1"}
    answer = console.get("/account", headers=headers)
    assert answer.headers["hx-redirect"] == "/sign-in?next=/projects/x/search%3Fq%3D1"


def test_language_and_look_are_chosen_without_signing_in_and_the_page_comes_back(console: Console):
    visitor = console.visitor
    answer = visitor.post_form(
        "/language", {"language": "en"}, headers={"Referer": "http://console.test/sign-in?next=/x"}
    )
    assert answer.headers["location"] == "/sign-in?next=/x"
    assert visitor.page("/sign-in").doc.get("lang") == "en"
    visitor.post_form("/theme", {"theme": "dark"})
    assert visitor.page("/sign-in").doc.get("data-theme") == "dark"
    visitor.post_form("/theme", {"theme": ""})
    assert visitor.page("/sign-in").doc.get("data-theme") is None
