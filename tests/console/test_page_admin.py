"""Accounts, API keys and the risk-factor table on their pages: what an administrator does there, and what is kept."""

from __future__ import annotations

from consoles import RING, Console, Page, Visitor

from api.policy import Reader
from api.taxonomy_desk import RUNGS, TaxonomyDesk
from models.edited import Edited
from models.taxonomy import taxonomy

ACCOUNTS, KEYS, TAXONOMY = "/admin/accounts", "/admin/keys", "/admin/taxonomy"
LETTER = "东环路施工噪声太大。每天夜里打桩到两点，孩子没法睡觉，打了三次电话没人管。联系人：张建国，13800138000。"


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
        ({"name": "li.wei", "role": "response_unit"}, "须选择所属单位"),
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


def test_every_factor_in_force_is_listed_and_opens_with_words_and_units(console: Console) -> None:
    admin = console.sign_in("admin")
    pages = [admin.page(TAXONOMY)]
    while following := pages[-1].select("a[rel=next]"):
        pages.append(admin.page(following[0].get("href")))
    links = [link for page in pages for link in page.links()]
    codes = [link.removeprefix(f"{TAXONOMY}/") for link in links if link.startswith(f"{TAXONOMY}/")]
    assert set(codes) == set(taxonomy().factors) and taxonomy().version in pages[0].text
    one = admin.page(f"{TAXONOMY}/noise_vibration")
    assert all(word in one.text for word in taxonomy().factors["noise_vibration"].triggers[:3])
    assert "主责" in one.text and admin.page(f"{TAXONOMY}/no_such_factor", 404)


def test_a_text_is_read_on_the_bench_and_kept_nowhere(console: Console) -> None:
    admin = console.sign_in("admin")
    page = Page(admin.submit(TAXONOMY, f"{TAXONOMY}/try", 200, text=LETTER))
    assert "噪声" in page.select("main table")[0].text_content() and "有（" in page.text
    assert "13800138000" not in page.html and "张建国" not in page.html and "已脱敏 2 处" in page.text
    assert "改动后会怎样" not in page.text
    for path in console.office.settings.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert "没法睡觉，打了三次电话".encode() not in content and b"13800138000" not in content, path
    assert "taxonomy.try" in console.actions()


def test_edited_words_and_threshold_show_what_would_change_and_change_nothing(console: Console) -> None:
    assessor, path = console.sign_in("assessor"), f"{TAXONOMY}/noise_vibration"
    text = "小区东门每天凌晨叮叮咣咣。一家人整宿合不上眼，请管一管。"
    fields = {"text": text, "words": "叮叮咣咣\n合不上眼", "threshold": "0.9"}
    before = console.office.store.outbox_end()
    page = Page(assessor.submit(path, f"{TAXONOMY}/try", 200, **fields))
    assert "改动后会怎样" in page.text and "没有保存任何内容" in page.text and "放到已入库的文本上" in page.text
    assert console.office.store.outbox_end() == before
    assert "叮叮咣咣" not in assessor.page(path).text
    unchanged = Page(assessor.submit(path, f"{TAXONOMY}/try", 200, text=text))
    assert "改动后会怎样" not in unchanged.text and "放到已入库的文本上" not in unchanged.text


def test_counts_over_stored_texts_are_rounded_and_hide_the_few(console: Console) -> None:
    desk = TaxonomyDesk(console.office, Reader("assessor", "assessor"))
    found = desk.try_stored("risk_survey", Edited({"noise_vibration": ("过渡费", "安置")}))
    assert found is not None
    figures = [found.sample, found.now, found.gained, found.lost]
    assert all(one.form != "exact" or one.number == 0 for one in figures)
    assert all(one.number in (3, *RUNGS) for one in figures if one.form == "at_least")
    assert found.sample.form == "at_least" and found.gained.number
    none = desk.try_stored("risk_survey", Edited({"noise_vibration": ("绝不会出现的词语",)}))
    assert none is not None and str(none.gained) == "0"


def test_words_are_no_names_and_who_may_not_search_counts_no_texts(console: Console) -> None:
    admin, path = console.sign_in("admin"), f"{TAXONOMY}/noise_vibration"
    refused = Page(admin.submit(path, f"{TAXONOMY}/try", 422, text="", words="13800138000"))
    assert "个人信息" in refused.text
    page = Page(admin.submit(path, f"{TAXONOMY}/try", 200, text="", words="叮叮咣咣"))
    assert "不能检索文本" in page.text and "会新命中" not in page.text
    for fields in ({"text": "", "words": "\n".join(taxonomy().factors["noise_vibration"].triggers)},
                   {"text": "长" * 5001}, {"text": "", "words": "噪"}):  # fmt: skip
        assert Page(admin.submit(path, f"{TAXONOMY}/try", 422, **fields)).select(".error")


def test_units_that_answer_have_no_bench(console: Console) -> None:
    for role in ("commissioning_unit", "response_unit", "auditor"):
        visitor = console.sign_in(role)
        assert visitor.page(TAXONOMY, 403)
        assert visitor.post_form(f"{TAXONOMY}/try", {"text": LETTER}).status_code == 403
