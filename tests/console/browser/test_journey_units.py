"""A commissioning unit sees its own project and what people confirmed; a response unit answers what it was asked."""

from __future__ import annotations

from typing import Any

from consoles import PASSWORD, PLANT, RING, Console
from dispatched import confirmed, dispatched

from pipeline.accounts import hash_password


def account(console: Console, name: str, role: Any, **bounds: Any) -> str:
    """An account with bounds, and the password of all."""
    console.office.store.add_account(name, name, role, **bounds)
    console.office.store.set_password_hash(name, hash_password(PASSWORD))
    return name


def test_a_commissioning_unit_sees_progress_and_confirmed_risk_points_of_its_project_alone(
    console: Console, people: Any
):
    console.stage("post_assessment")
    point = confirmed(console, RING)
    other = confirmed(console, PLANT)
    name = account(console, "road-office", "commissioning_unit", project_ids=[RING])
    person = people().sign_in(name)
    page = person.page
    person.open("/projects")
    if "/purpose" in page.url:
        person.choose_purpose("监督")
    assert "青檀县东外环公路" in person.text() and "芦汀县" not in person.text()
    page.get_by_role("main").get_by_role("link", name="青檀县东外环公路").first.click()
    if "/purpose" in page.url:
        person.choose_purpose("监督")
    assert "程序进展" in person.text()
    person.open(f"/projects/{RING}/review?part=all")
    shown = page.locator("article.card").all()
    assert [card.get_attribute("data-href") for card in shown] == [f"/risk-points/{point}"]
    for path, status in (
        (f"/projects/{PLANT}", 403), (f"/risk-points/{other}", 403), (f"/projects/{RING}/search", 403),
        (f"/risk-points/{point}/evidence", 403), ("/board", 403),
    ):  # fmt: skip
        person.open(path, status)


def test_a_response_unit_answers_a_dispatch(console: Console, people: Any):
    console.stage("post_assessment")
    dispatch = dispatched(console, PLANT)
    unit = console.office.store.dispatch(dispatch).functional_unit
    person = people().sign_in(account(console, "bureau", "response_unit", unit=unit))
    page = person.page
    page.locator(f"main a[href='/dispatches/{dispatch}']").click()
    for act, words in (("受理", "已安排专人核实"), ("答复", "已按法定程序核实")):
        box = page.locator("aside details.confirm", has=page.locator("summary", has_text=act)).first
        box.locator("summary").click()
        if act == "答复":
            box.get_by_label("答复内容").fill(
                "已现场核实转运站夜间作业情况，将作业时间调整到早七点以后，并公开监测数据。"
            )
        box.get_by_label("理由").fill(words)
        box.locator("form button").click()
        page.locator(".flash", has_text="已记录").wait_for()
    assert "已答复" in person.text() and "早七点以后" in person.text()
    assert console.office.store.dispatch(dispatch).state == "responded"
