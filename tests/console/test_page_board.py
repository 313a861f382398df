"""The board and the list of projects as people see them."""

from __future__ import annotations

from consoles import PLANT, RING, Console


def test_a_supervisor_begins_at_the_board_and_every_project_is_a_line(console: Console) -> None:
    supervisor = console.sign_in("supervisor")
    page = supervisor.page("/")
    assert page.select("h1")[0].text_content() == "项目看板"
    rows = page.select("tbody tr")
    assert len(rows) == 2 and f"/projects/{RING}" in page.links() and f"/projects/{PLANT}" in page.links()
    assert "来源缺口" in page.text, "nothing was read in the last days: quiet says nothing"
    assert "60 日" in page.text and "不是零" in page.text


def test_the_board_says_what_waits_for_each_role(console: Console) -> None:
    assert "候选待研判" in console.sign_in("assessor").page("/board").text
    assert "候选待研判" not in console.sign_in("supervisor").page("/board").text


def test_a_region_of_the_tree_chooses_and_can_be_taken_away(console: Console) -> None:
    supervisor = console.sign_in("supervisor")
    page = supervisor.page("/board", region="4399")
    assert len(page.select("tbody tr")) == 1 and RING in page.html and PLANT not in page.html
    assert "/board" in [link.get("href") for link in page.select(".chip a")]
    empty = supervisor.page("/board", region="11")
    assert "这里还没有项目" in empty.text and "查看全部区划" in empty.text
    supervisor.page("/board", status=400, region="4399' or 1")


def test_figures_of_the_board_can_be_taken_away(console: Console) -> None:
    answer = console.sign_in("supervisor").get("/board/days.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer.headers["content-type"].startswith("text/csv") and len(lines) == 3
    assert len(lines[0].split(",")) == 7 + 14


def test_the_list_has_parts_under_their_project_and_finds_words(console: Console) -> None:
    part = console.office.store.project(RING).model_copy(
        update={"id": "ring-part", "name_zh": "东外环公路三标段", "name_en": None, "parent_id": RING}
    )
    console.office.register([part])
    assessor = console.sign_in("assessor")
    page = assessor.page("/projects")
    rows = [row.text_content() for row in page.select("tbody th")]
    at = next(n for n, row in enumerate(rows) if "子项目 1 个" in row)
    assert "三标段" in rows[at + 1] and page.select(".depth-1")
    assert len(assessor.page("/projects", q="三标段").select("tbody tr")) == 1
    assert "没有符合条件的项目" in assessor.page("/projects", q="不存在的名字").text
    assert "0 / 5" in page.text or "0 / 4" in page.text


def test_who_is_bound_to_one_project_has_that_one(console: Console) -> None:
    page = console.sign_in("commissioning_unit", projects=[RING]).page("/projects")
    assert len(page.select("tbody tr")) == 1 and PLANT not in page.html
    assert page.select("tbody td.number")[0].text_content() == "—", "candidates are not for the commissioning unit"
