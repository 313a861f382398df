"""Accounts, API keys and the risk-factor table on their pages: what an administrator does there, and what is kept."""

from __future__ import annotations

from consoles import RING, Console, Page, Visitor

ACCOUNTS, KEYS = "/admin/accounts", "/admin/keys"


def shown_once(page: Page) -> str:
    [code] = page.select(".notice-ok code")
    return str(code.text_content())


def test_a_new_account_comes_with_a_link_that_is_shown_once_and_sets_a_password(console: Console) -> None:
    admin = console.sign_in("admin")
    made = Page(admin.submit(ACCOUNTS, ACCOUNTS, 200, name="li.wei", display_name="李薇", role="assessor"))
    address = shown_once(made)
    assert address.startswith("http://console.test/link/") and "只显示这一次" in made.text
    later = admin.page(ACCOUNTS)
    assert address not in later.html and "李薇" in later.text and "未设密码" in later.text
    holder = Visitor(console.app)
    path = address.removeprefix("http://console.test")
    password = "桥头有三棵桂花树和一口老井"
    holder.submit(path, path, password=password, again=password)
    assert console.office.store.account("li.wei").has_password
    assert holder.page(path, 410)
    events = [e for e in console.office.audit.events(0, 10**6) if e.action == "accounts.create"]
    assert [(e.who, e.subject, e.purpose) for e in events] == [("admin", "li.wei", "administration")]


def test_an_account_is_bound_to_projects_a_region_and_a_unit(console: Console) -> None:
    admin = console.sign_in("admin")
    fields = {"name": "water", "role": "response_unit", "unit": "water_resources", "region": "439900", "projects": RING}
    admin.submit(ACCOUNTS, ACCOUNTS, 200, **fields)
    made = console.office.store.account("water")
    assert (made.project_ids, made.region_code, made.unit) == ((RING,), "4399", "water_resources")
    assert "区划 4399" in admin.page(ACCOUNTS).text


def test_what_cannot_be_an_account_is_said_beside_its_field(console: Console) -> None:
    admin = console.sign_in("admin")
    for fields, said in (
        ({"name": "李薇"}, "名称由 2 至 64 个"),
        ({"name": "assessor"}, "已经用过"),
        ({"name": "li.wei", "region": "南岭"}, "行政区划代码"),
    ):
        page = Page(admin.submit(ACCOUNTS, ACCOUNTS, 422, **fields))
        assert said in page.text and "只显示这一次" not in page.text
    assert console.office.store.account("li.wei") is None


def test_a_disabled_account_is_out_at_once_and_comes_back(console: Console) -> None:
    expert = console.sign_in("expert")
    admin = console.sign_in("admin")
    assert admin.post_form(f"{ACCOUNTS}/disable", {"name": "expert"}).status_code == 303
    assert expert.get("/account").status_code == 303
    assert "已停用" in admin.page(ACCOUNTS).text
    assert admin.post_form(f"{ACCOUNTS}/link", {"name": "expert"}).status_code == 404
    admin.post_form(f"{ACCOUNTS}/enable", {"name": "expert"})
    assert console.office.store.account("expert").disabled_at is None
    renewed = Page(admin.post_form(f"{ACCOUNTS}/link", {"name": "expert"}))
    assert "/link/" in shown_once(renewed)


def test_nobody_disables_their_own_account(console: Console) -> None:
    admin = console.sign_in("admin")
    admin.post_form(f"{ACCOUNTS}/disable", {"name": "admin"})
    assert "不能停用自己的账号" in admin.page(ACCOUNTS).html
    assert console.office.store.account("admin").disabled_at is None


def test_a_key_is_shown_once_opens_the_interface_and_is_revoked(console: Console) -> None:
    admin = console.sign_in("admin")
    assert "还没有接口密钥" in admin.page(KEYS).text
    fields = {"name": "county-platform", "role": "platform", "projects": RING}
    secret = shown_once(Page(admin.submit(KEYS, KEYS, 200, **fields)))
    assert secret not in admin.page(KEYS).html
    called = {"headers": {"Authorization": f"Bearer {secret}"}, "params": {"purpose": "supervision"}}
    answer = Visitor(console.app).get("/v1/projects", **called)
    assert [row["id"] for row in answer.json()["rows"]] == [RING]
    admin.submit(KEYS, f"{KEYS}/revoke")
    assert Visitor(console.app).get("/v1/projects", **called).status_code == 401
    assert "已吊销" in admin.page(KEYS).text
    assert "已经用过" in Page(admin.submit(KEYS, KEYS, 422, **fields)).text
    assert admin.post_form(f"{KEYS}/revoke", {"name": "nobody"}).status_code == 404
    trail = "".join(event.model_dump_json() for event in console.office.audit.events(0, 10**6))
    assert secret not in trail and '"keys.issue"' in trail and '"keys.revoke"' in trail


def test_only_administrators_manage_accounts_and_keys(console: Console) -> None:
    for role in ("assessor", "supervisor", "auditor", "platform"):
        visitor = console.sign_in(role)
        for path in (ACCOUNTS, KEYS):
            assert visitor.page(path, 403)
        assert visitor.post_form(KEYS, {"name": "mine", "role": "admin"}).status_code == 403
    assert console.office.store.api_keys() == []
