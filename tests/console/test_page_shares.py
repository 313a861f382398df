"""Data-sharing contracts on their pages: concluded, used, told apart by who may see them, ended."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from consoles import PLANT, RING, Console, Page
from openpyxl import load_workbook

from index.days import BEIJING
from pipeline.shares import Month

TERMS = {
    "grantee": "local-government", "grantee_role": "local_government", "grantee_unit": "county-gov",
    "level": "risk_points", "form": "view", "share_purpose": "supervision", "basis": "数据共享协议 2026-07",
}  # fmt: skip


@pytest.fixture
def console(console: Console) -> Console:
    console.stage("post_assessment")
    return console


def concluded(console: Console, **changed: Any) -> str:
    """The address of a contract that a supervisor concludes over the form."""
    visitor = console.sign_in("supervisor")
    answer = visitor.submit(f"/shares/new?project={RING}", "/shares", **{**TERMS, **changed})
    return str(answer.headers["location"])


def test_a_contract_is_concluded_and_its_terms_are_shown(console: Console) -> None:
    address = concluded(console)
    page = console.page(address)
    for said in (
        "local-government",
        "属地政府",
        "county-gov",
        "风险点",
        "在线查看",
        "监督指导",
        "数据共享协议 2026-07",
    ):
        assert said in page.text
    assert "还没有人取用过" in page.text and "有效" in console.page("/shares").text
    [share] = console.office.store.shares()
    assert (share.granted_by, share.valid_until.astimezone(BEIJING).hour) == ("supervisor", 0)
    assert timedelta(days=90) <= share.valid_until - share.valid_from <= timedelta(days=91)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"grantee": "某某"}, "用字母、数字"),
        ({"grantee_role": ""}, "请选择接收方的角色"),
        ({"grantee_role": "expert", "share_purpose": "expert_review"}, "另一角色"),
        ({"share_purpose": "audit"}, "不能以此为用途"),
        ({"level": "evidence"}, "不能超出角色的权限"),
        ({"valid_until": "2099-01-01"}, "最长 366 天"),
        ({"valid_until": ""}, "必须有终止日期"),
        ({"basis": "无"}, "请写明依据"),
    ],
)
def test_terms_that_are_none_are_said_beside_their_field(console: Console, changed: dict[str, str], says: str) -> None:
    visitor = console.sign_in("supervisor")
    sent = {**TERMS, "basis": "协议 2026-09", **changed}
    page = Page(visitor.submit(f"/shares/new?project={RING}", "/shares", status=422, **sent))
    assert says in page.text and page.select(".errors a") and console.office.store.shares() == []
    assert page.form("/shares").fields["grantee_unit"] == "county-gov"


def test_the_grantee_takes_what_is_agreed_and_it_stands_who_took_what(console: Console) -> None:
    address = concluded(console)
    grantee = console.sign_in("local_government")
    assert "local-government" in grantee.page("/shares").text
    assert "仅限用于监督指导" in grantee.page(address).text
    shown = Page(grantee.submit(address, f"{address}/data", status=200))
    assert "沉默不等于同意" in shown.text and "不得用于识别" in shown.text and "文本合计" in shown.text
    page = console.sign_in("auditor").page(address)
    [row] = page.select("#uses tbody tr")
    assert "local-government" in row.text_content() and "在线查看" in row.text_content()
    month = Month.of(console.office.store.clock()).name
    report = console.page("/shares/report", month=month)
    assert [td.text_content() for td in report.select("tbody td.number")][:2] == ["1", "0"]
    assert "local-government" in console.get("/shares/report.csv").text


def test_numbers_are_hidden_alike_on_the_page_and_in_the_workbook(console: Console) -> None:
    """P-29; the two are contracts of two units, so that neither is weighed against the other."""
    view, export = concluded(console), concluded(console, form="export", grantee_unit="other-unit")
    grantee = console.sign_in("local_government")
    page = Page(grantee.submit(view, f"{view}/data", status=200, level="aggregates"))
    file = grantee.submit(export, f"{export}/file", status=200, level="aggregates")
    sheet = load_workbook(io.BytesIO(file.content)).worksheets[0]
    told = [str(row[2].value).replace(",", "") for row in sheet.iter_rows(min_row=5) if row[2].value is not None]
    shown = [td.text_content().strip().replace(",", "") for td in page.select(".grid td.number")]
    assert len(shown) > 20 and shown == told and any(one.startswith("<") for one in shown)


def test_a_supervisor_hands_over_and_a_system_pulls_by_itself(console: Console) -> None:
    export, api = concluded(console, form="export"), concluded(console, form="api")
    supervisor = console.sign_in("supervisor")
    assert "代为移交" in supervisor.page(export).text
    supervisor.submit(export, f"{export}/file", status=200)
    assert "/v1/shares/" in supervisor.page(api).text
    assert supervisor.post_form(f"{api}/data").status_code == 403
    assert [one.who for one in console.office.store.releases(*_always(console))] == ["supervisor"]
    assert "已拒绝" in supervisor.page(api).text


def test_a_contract_is_ended_with_a_reason_and_gives_nothing_more(console: Console) -> None:
    address = concluded(console)
    supervisor = console.sign_in("supervisor")
    assert "请写明终止的理由" in Page(supervisor.post_form(f"{address}/revoke", {"reason": ""})).text
    supervisor.submit(address, f"{address}/revoke", reason="协议终止")
    page = supervisor.page(address)
    assert "已终止" in page.text and "协议终止" in page.text
    refused = console.sign_in("local_government").post_form(f"{address}/data")
    assert refused.status_code == 403 and "共享约定已终止" in refused.text
    assert console.sign_in("supervisor").post_form(f"{address}/revoke", {"reason": "再次"}).status_code == 409


def test_others_learn_of_no_contract(console: Console) -> None:
    address = concluded(console)
    for role in ("expert", "assessor", "platform", "response_unit"):
        visitor = console.sign_in(role)
        assert "没有您可以查看的共享约定" in visitor.page("/shares").text
        assert visitor.get(address).status_code == 404
        assert visitor.post_form(f"{address}/data").status_code == 404
        assert visitor.get("/shares/new").status_code == 403
    elsewhere = console.sign_in("supervisor", projects=[PLANT])
    assert elsewhere.get(address).status_code == 404
    assert elsewhere.page("/shares/new").form("/shares/new").inputs["project"].value_options == [PLANT]


def _always(console: Console) -> tuple[Any, Any]:
    now = console.office.store.clock()
    return now - timedelta(days=1), now + timedelta(days=1)
