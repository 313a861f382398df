"""The sources on their pages: health, lower bounds, legal basis, and the switch that stops one (P-19)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from consoles import Console, Visitor

from crawlers.registry import find
from pipeline.store import CrawlWindow

NAME = "county-mailbox"
BASIS = ("--legal-basis", "政府信息公开条例", "--permission", "授权书 2026-03", "--contact", "desk@qingxi.example")


@pytest.fixture
def admin(console: Console) -> Visitor:
    """Before a source that may be read: it has its basis, and is switched off."""
    from crawlers.registry import add

    values = {"legal_basis": BASIS[1], "permission": BASIS[3], "contact": BASIS[5],
              "start": ("https://qingxi.example/xzxx",), "title": "清溪县长信箱"}  # fmt: skip
    add(console.office.settings.home, NAME, "qingxi", values)
    return console.sign_in("admin")


def home_of(console: Console) -> Path:
    return console.office.settings.home


def switch(admin: Visitor, to: str, reason: str, status: int = 303, name: str = "qingxi") -> str:
    action = f"/sources/{name}/switch"
    answer = admin.post_form(action, {"to": to, "reason": reason})
    assert answer.status_code == status, answer.text[:300]
    return str(answer.text)


def test_a_source_is_switched_on_and_off_with_a_reason_that_is_audited(console: Console, admin: Visitor) -> None:
    assert "清溪县长信箱" in admin.page("/sources").text
    admin.submit("/sources/qingxi", "/sources/qingxi/switch", reason="授权书 2026-03，联系人张建国 13812345678")
    page = admin.page("/sources/qingxi")
    assert "来源已启用" in page.html and find(home_of(console), "qingxi").enabled
    assert "13812345678" not in page.html and "授权书 2026-03" in page.text
    admin.submit("/sources/qingxi", "/sources/qingxi/switch", reason="合同到期")
    assert not find(home_of(console), "qingxi").enabled and not console.office.store.source_state("qingxi").enabled
    events = [one for one in console.office.audit.events(0, 100_000) if one.action.startswith("source.")]
    assert [(one.who, one.action, one.subject, one.purpose) for one in events] == [
        ("admin", "source.enable", "qingxi", "administration"),
        ("admin", "source.disable", "qingxi", "administration"),
    ]


def test_without_a_basis_a_source_stays_off(console: Console) -> None:
    admin = console.sign_in("admin")
    assert "不能启用" in admin.page("/sources").text
    said = switch(admin, "on", "试一试", 422, name=NAME)
    assert "不能启用" in said and "legal_basis" in said and str(home_of(console)) not in said
    assert NAME not in console.office.store.source_states()


def test_the_switch_asks_for_a_reason(console: Console, admin: Visitor) -> None:
    assert "请写明理由" in switch(admin, "on", " ", 422)
    assert "qingxi" not in console.office.store.source_states()


def test_off_stands_also_where_the_file_is_bad(console: Console, admin: Visitor) -> None:
    switch(admin, "on", "授权书")
    path = home_of(console) / "sources" / "qingxi.toml"
    path.write_text(path.read_text("utf-8").replace('title = "清溪县长信箱"', "title = 7"), "utf-8")
    page = admin.page("/sources/qingxi")
    assert "配置文件有误" in page.text and "title" in page.text
    switch(admin, "off", "配置有误，先停")
    assert not console.office.store.source_state("qingxi").enabled


def test_only_admins_turn_the_switch_and_see_who_did(console: Console, admin: Visitor) -> None:
    switch(admin, "on", "授权书 2026-03")
    for role in ("assessor", "supervisor", "platform", "auditor"):
        visitor = console.sign_in(role)
        page = visitor.page("/sources/qingxi")
        assert "授权书 2026-03" not in page.select("aside .panel")[0].text_content()
        assert not [form for form in page.doc.forms if form.get("action", "").endswith("/switch")]
        assert visitor.post_form("/sources/qingxi/switch", {"to": "off", "reason": "停"}).status_code == 403
    assert console.office.store.source_state("qingxi").enabled
    assert console.sign_in("expert").get("/sources").status_code == 403


def test_windows_cut_short_are_lower_bounds_and_incidents_no_fall_of_opinion(console: Console, admin: Visitor) -> None:
    store = console.office.store
    switch(admin, "on", "授权书")
    now = store.clock()
    for at, cut in enumerate((None, "page_cap", "outage")):
        until = now - timedelta(hours=at)
        window = CrawlWindow(id=f"w{at}", source="qingxi", since=until - timedelta(hours=1), until=until,
                             cut_short=cut, found=20 + at)  # fmt: skip
        store.close_window(window, until.isoformat())
    store.settle_incidents("qingxi", {"no_success": {"hours": 40.0, "allowed_hours": 18.0}})
    page = admin.page("/sources/qingxi")
    table = [[td.text_content().strip() for td in tr.cssselect("td")] for tr in page.select("section tbody tr")]
    found = [row[2:] for row in table if len(row) == 4 and row[2].strip("≥").isdigit()]
    assert [row[0] for row in found] == ["20", "≥21", "≥22"]
    assert "下限" in found[1][1] and "达到页数上限" in found[1][1] and "中断" in found[2][1]
    listed = admin.page("/sources")
    assert "有来源需要处理" in listed.text and "不代表民意回落" in listed.text and "长时间未能读取" in listed.text


def test_a_block_is_shown_and_lifted_by_switching_on(console: Console, admin: Visitor) -> None:
    switch(admin, "on", "授权书")
    console.office.store.block_source("qingxi", "captcha")
    assert "出现验证码" in admin.page("/sources/qingxi").text
    switch(admin, "on", "对方已同意")
    assert console.office.store.source_state("qingxi").blocked is None


def test_a_source_that_is_none(console: Console) -> None:
    visitor = console.sign_in("admin")
    assert visitor.get("/sources/nowhere").status_code == 404
    assert visitor.post_form("/sources/nowhere/switch", {"to": "off", "reason": "停用"}).status_code == 404
