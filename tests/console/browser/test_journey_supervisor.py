"""A supervisor sees on the board what needs them, understands an alert, and judges it: the verdict counts."""

from __future__ import annotations

from typing import Any

import pytest
from consoles import Console
from rises import rise

ROAD = "青檀县东外环公路"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_the_board_to_a_verdict_that_counts(console: Console, people: Any, script: bool):
    rise(console)
    person = people(script=script).sign_in("supervisor")
    page = person.page
    person.choose_purpose("监督")
    row = page.locator("main tr", has_text=ROAD)
    assert "预警" in row.inner_text() and "预警待处理 1" in " ".join(row.inner_text().split())
    row.locator("a[href='/incidents']").first.click()
    page.locator(".cards article h3 a, .cards article h2 a").first.click()
    if "/purpose" in page.url:
        person.choose_purpose("监督")
    drivers = page.locator("section.panel", has_text="由什么带动")
    assert "补偿标准" in drivers.locator("blockquote").first.inner_text(), "a driver comes with its words"
    assert "往常约" in person.text() and "会不会是假象" in person.text() and "没有看到的" in person.text()

    answer(page, "受理", "受理", comment="已电话询问指挥部")
    assert "已受理" in person.text()
    answer(page, "判定是否属实", "记录判定", verdict="属实", comment="现场核实，补偿标准未公示")
    [line] = page.locator("#precision tbody tr", has_text="100%").all()
    assert "1/1" in line.inner_text(), "the verdict counts in the measured precision"
    page.goto("/incidents")
    assert "100%" in page.locator("section.panel", has_text="预警准确率").inner_text()
    assert [note.action for note in console.office.store.notes_on(page_id(console))] == ["acknowledge", "verdict"]


def answer(page: Any, act: str, button: str, *, comment: str, verdict: str = "") -> None:
    """Opens the folded form of a step and sends it."""
    box = page.locator("details.confirm", has=page.locator("summary", has_text=act)).first
    box.locator("summary").click()
    if verdict:
        box.get_by_role("radio", name=verdict).check()
    box.locator("textarea").fill(comment)
    box.get_by_role("button", name=button).click()
    page.locator(".flash").first.wait_for()


def page_id(console: Console) -> str:
    """The incident of the rise."""
    [found] = [one for one in console.office.store.incidents(kind="volume") if one.ended is None]
    return str(found.id)
