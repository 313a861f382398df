"""An assessor finds what people said, judges candidates by name, and takes the table of demands away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browsers import Person
from consoles import RING
from openpyxl import load_workbook

from api.policy.quoting import trimmed

PHRASE = "补偿标准"


def judge(person: Person, act: str, reason: str) -> None:
    """Opens the folded form of a decision on the card's own page and sends it with a reason."""
    page = person.page
    box = page.locator("aside details.confirm", has=page.locator("summary", has_text=act))
    box.locator("summary").click()
    box.get_by_label("理由").fill(reason)
    box.locator("form button").click()
    page.locator(".flash", has_text=f"已记录：{act}").wait_for()


def cards(person: Person) -> list[str]:
    """Addresses of the candidates of the queue that may be quoted, in its order."""
    person.open(f"/projects/{RING}/review")
    shown = person.page.locator("ol.cards article:has(.card-title [lang])").all()
    return [str(card.get_attribute("data-href")) for card in shown]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_a_phrase_to_the_table_of_demands(people: Any, script: bool, tmp_path: Path):
    person = people(script=script, accept_downloads=True).sign_in("assessor")
    page = person.page
    person.choose_purpose("风险识别")
    page.get_by_role("main").get_by_role("link", name="青檀县东外环公路").first.click()
    person.choose_purpose("风险识别")
    page.get_by_role("navigation", name="项目页面").get_by_role("link", name="检索").click()
    page.get_by_role("searchbox").fill(f"“{PHRASE}”")
    page.get_by_role("searchbox").press("Enter")
    page.locator("#found-title").wait_for()
    assert page.locator(".hits mark", has_text=PHRASE).count(), "what was sought is marked"
    page.locator(".hits .hit-title a").first.click()
    assert page.locator(".reader mark", has_text=PHRASE).count()

    first, second, third, *_ = cards(person)
    page.locator(f"ol.cards a[href='{first}']").first.click()
    quotes = page.locator("blockquote.quote-for p").all_inner_texts()
    quote = quotes[0]
    page.get_by_role("link", name="打开证据").click()
    assert quote in person.text()
    page.get_by_role("link", name="看全文").first.click()
    assert quote in page.locator(".reader").inner_text(), "a quote is found word for word in its text"

    person.open(first)
    judge(person, "采纳", "现场核实，公示的补偿标准与告知的不一致")
    person.open(second)
    page.locator("#merge summary").click()
    page.locator(f"#merge a[href$='{first.rsplit('/', 1)[1]}']").click()
    page.get_by_label("理由").fill("同一笔补偿，一并研判")
    page.get_by_role("button", name="并入").click()
    page.locator(".flash", has_text="已记录：并入").wait_for()
    person.open(third)
    judge(person, "不成立", "文本说的是另一个项目")

    person.open(f"/projects/{RING}/tables?table=T3")
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载全部（Excel）").click()
    coming.value.save_as(tmp_path / "tables.xlsx")
    cells = [str(cell.value) for sheet in load_workbook(tmp_path / "tables.xlsx") for row in sheet for cell in row]
    leaving = [trimmed(one).rstrip("…") for one in quotes]  # what leaves is trimmed (P-08)
    assert any(one in cell for one in leaving for cell in cells)
