"""An administrator brings a project and its petitions in; a platform pulls what was confirmed; an auditor checks."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from consoles import RING, Console
from dispatched import confirmed
from openpyxl import Workbook

QUARRY = "shiping-quarry"
HEADS = ("信访编号", "信访人姓名", "联系电话", "信访日期", "主题", "反映内容")
NAME, PHONE = "赵大河", "13900001234"
SAID = (
    "石坪采石场放炮震裂了我家堂屋的墙，裂缝能塞进一个硬币，找矿上三次都说不是他们震的，请派人鉴定。",
    "石坪采石场的碎石车从早跑到晚，灰尘大得不敢开窗，晒的被子一天就是一层白灰，要求洒水降尘。",
    "夜里十一点石坪采石场还在破碎，声音像打雷，老人心脏不好整夜睡不着，希望规定停工时间。",
    "石坪采石场开工以后村里那口井的水变浑了，烧开有一层白渣，要求化验水质，公布结果。",
    "石坪采石场占了我们组的林地，说好的青苗补偿到现在一分没发，请问补偿标准是多少，什么时候发。",
    "采石场扩建没有征求过意见，石坪村没有开过会，公示也没看到，要求公开环评报告。",
    "石坪采石场灰尘飘到小学操场，孩子咳嗽的多了，要求停产整顿，装好除尘再开工。",
    "石坪采石场放炮没有提前通知，石头飞到菜地里，离我家不到五十米，太危险了，请安监部门来查。",
)


def register(path: Path) -> Path:
    """An office register with eight good rows and three bad ones."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADS)
    for number, said in enumerate(SAID, 1):
        sheet.append((f"SP-{number:03}", NAME, PHONE, datetime(2026, 5, number, 9), said[:14], said))
    sheet.append(("SP-101", NAME, PHONE, datetime(2026, 5, 20), "没有内容", None))
    sheet.append(("SP-102", NAME, PHONE, "五月某日", "日期不清", "石坪采石场的灰尘很大，请尽快处理，影响大家的生活。"))
    sheet.append(
        ("SP-001", NAME, PHONE, datetime(2026, 5, 21), "编号重复", "石坪采石场旁边的路被压坏了，下雨全是泥坑，请修路。")
    )
    book.save(path)
    return path


def test_an_administrator_makes_a_project_and_imports_its_petitions(console: Console, people: Any, tmp_path: Path):
    admin = people().sign_in("admin")
    page = admin.page
    assert page.url.endswith("/admin/accounts")
    admin.open("/registry")
    page.get_by_role("link", name="登记项目").click()
    page.get_by_label("编号").fill(QUARRY)
    page.get_by_label("名称", exact=True).fill("石坪村采石场扩建项目")
    page.get_by_label("别名").fill("石坪采石场")
    page.get_by_label("地点").fill("石坪村\n石坪")
    page.get_by_label("关键词").fill("采石场\n放炮")
    page.get_by_label("阶段").select_option("in_assessment")
    page.get_by_role("button", name="登记").click()
    page.wait_for_url(lambda url: "~new" not in url)
    assert "石坪村采石场扩建项目" in admin.text()

    admin.open("/imports")
    page.get_by_label("文件", exact=True).set_input_files(register(tmp_path / "register.xlsx"))
    page.get_by_label("来源名称").fill("石坪镇信访登记")
    page.get_by_label("委托方已书面授权导入这份数据").check()
    page.get_by_label("授权方与文书").fill("石坪镇人民政府，2026年6月1日函")
    page.get_by_role("button", name="上传并核对").click()
    assert page.locator("tr", has_text="信访人姓名").get_by_text("个人信息，丢弃").is_visible()
    page.get_by_role("button", name="试导").click()
    page.get_by_role("button", name="导入 8 行").wait_for()
    assert page.locator("#rejects tbody tr").count() == 3, "three rows are refused, each with its reason"
    assert NAME not in page.content() and PHONE not in page.content()
    page.get_by_role("button", name="导入 8 行").click()
    page.get_by_text("导入完成").wait_for(timeout=180_000)  # the registry has changed: all texts are read again

    assessor = people().enter("assessor")
    assessor.open(f"/projects/{QUARRY}/review")
    if "/purpose" in assessor.page.url:
        assessor.choose_purpose("风险识别")
    assert assessor.page.locator("article.card").count(), assessor.text()


def test_a_platform_pulls_what_was_confirmed(console: Console, people: Any):
    """The administrator issues a key on a page; with it a program gets the confirmed risk point over /v1."""
    console.stage("post_assessment")
    point = confirmed(console, RING)
    admin = people().sign_in("admin")
    page = admin.page
    admin.open("/admin/keys")
    page.get_by_label("名称").fill("county-platform")
    page.get_by_label("角色").select_option("platform")
    page.get_by_role("button", name="签发").click()
    key = page.locator("main code").first.inner_text().strip()
    answer = httpx.get(
        f"{admin.base}/v1/projects/{RING}/risk-points",
        params={"purpose": "risk_identification"},
        headers={"Authorization": f"Bearer {key}"},
    )
    assert answer.status_code == 200, answer.text
    assert (point, "confirmed_risk_point") in [(row["id"], row["state"]) for row in answer.json()["rows"]]


def test_an_auditor_checks_the_chain(console: Console, people: Any):
    console.sign_in("assessor").page(f"/projects/{RING}")
    auditor = people(script=False).sign_in("auditor")
    page = auditor.page
    assert page.url.endswith("/audit")
    assert "assessor" in page.locator("main table").inner_text()
    page.get_by_role("button", name="核验记录链").click()
    assert "记录链完整" in auditor.text()
    auditor.open(f"/projects/{RING}/search", 403)
    auditor.open("/audit")
    assert (
        "被拒绝" in page.locator("main tbody tr").first.inner_text() + page.locator("main tbody tr").nth(1).inner_text()
    )
