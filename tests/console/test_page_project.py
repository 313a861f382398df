"""The home of a project and the pages beside it, as people see them."""

from __future__ import annotations

from consoles import PLANT, RING, Console

from api.desk import Desk
from api.policy import Reader
from pipeline.records import DecisionProject

HOME = f"/projects/{RING}"


def confirm(console: Console) -> str:
    """A named person accepts and confirms the ring road's first candidate."""
    desk = Desk(console.office, Reader("周评估", "assessor"))
    point = str(desk.risk_points(RING, "risk_identification").rows[0]["id"])
    for action in ("accept", "confirm"):
        desk.decide(point, "risk_identification", who="周评估", action=action, reason="现场核对属实")  # type: ignore[arg-type]
    return point


def test_an_assessor_sees_what_to_look_at_first_and_who_was_not_heard(console: Console) -> None:
    page = console.sign_in("assessor").page(HOME)
    assert len(page.select("article.card")) == 5 and "关注理由" in page.text and "建议责任单位" in page.text
    assert "尚未听到的群体" in page.text and "没有声音不等于同意" in page.text
    assert "程序进展" in page.text and f"{HOME}/coverage" in page.links() and f"{HOME}/review" in page.links()
    shown = [card.get("id") for card in page.select("article.card")]
    desk = Desk(console.office, Reader("周评估", "assessor"))
    cards = {card["id"]: card for card in desk.risk_points(RING, "risk_identification").rows}
    priorities = [cards[one]["priority"] for one in shown]
    assert (
        priorities == sorted(priorities, reverse=True) and max(c["priority"] for c in cards.values()) == priorities[0]
    )


def test_a_commissioning_unit_sees_progress_and_confirmed_risk_points_of_its_project_alone(console: Console) -> None:
    unit = console.sign_in("commissioning_unit", projects=[RING])
    before = unit.page(HOME)
    assert not before.select("article.card") and "还没有已确认的风险点" in before.text and "程序进展" in before.text
    assert "尚未听到的群体" not in before.text and f"{HOME}/matters" not in before.links()
    point = confirm(console)
    after = console.sign_in("commissioning_unit", projects=[RING]).page(HOME)
    assert [card.get("id") for card in after.select("article.card")] == [point]
    unit.page(f"{HOME}/matters", status=403)
    unit.page(f"/projects/{PLANT}", status=403)


def test_the_matrix_tells_searched_and_empty_from_not_searched(console: Console) -> None:
    assessor = console.sign_in("assessor")
    page = assessor.page(f"{HOME}/coverage")
    assert page.select("td.cell-0") and page.select("td.cell-unknown") and page.select("td.cell-full")
    found = assessor.page(f"{HOME}/coverage", show="found")
    assert 0 < len(found.select("table.matrix tbody tr")) < len(page.select("table.matrix tbody tr"))
    lines = assessor.get(f"{HOME}/coverage.csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("编号") and any("未检索" in line for line in lines)


def test_a_step_is_marked_by_name_with_a_reason_once(console: Console) -> None:
    assessor = console.sign_in("assessor")
    page, action = f"{HOME}/checklist?step=plan", f"{HOME}/checklist/plan"
    refused = assessor.submit(page, action, 422, state="done", reason=" ")
    assert "请写明理由" in refused.text
    form = {**dict(assessor.page(page).form(action).form_values()), "state": "done", "reason": "方案已报备"}
    assert [assessor.post(action, data=form).status_code for _ in range(2)] == [303, 303]
    marks = console.office.store.marks_on(RING)
    assert [(mark.subject, mark.value, mark.who) for mark in marks] == [("plan", "done", assessor.name)]
    assert "方案已报备" in assessor.page(f"{HOME}/checklist").text
    assert "1 / 4" in assessor.page(HOME).text


def test_a_project_moves_a_stage_when_somebody_says_that_steps_stay_open(console: Console) -> None:
    assessor = console.sign_in("assessor")
    page, action = f"{HOME}/checklist?move=after_assessment", f"{HOME}/stage"
    held = assessor.submit(page, action, 422, reason="评估报告已提交")
    assert "未完成的程序" in held.text and console.office.store.project(RING).stage == "in_assessment"
    assessor.submit(page, action, reason="评估报告已提交", with_open_steps="true")
    assert console.office.store.project(RING).stage == "after_assessment"
    assert "评估报告已提交" in assessor.page(f"{HOME}/checklist").text
    console.sign_in("local_government").page(f"{HOME}/checklist?move=post_assessment")
    assert not console.visitor.page(f"{HOME}/checklist").select(f"form[action='{action}']")


def test_the_timeline_has_milestones_and_weeks_as_figures(console: Console) -> None:
    assessor = console.sign_in("assessor")
    page = assessor.page(f"{HOME}/timeline")
    project: DecisionProject = console.office.store.project(RING)
    assert all(one.name in page.text for one in project.milestones)
    assert "先后相继不等于因果" in page.text
    assert assessor.get(f"{HOME}/timeline/volume.csv").status_code == 200


def test_matters_are_paged_and_a_former_one_says_where_its_texts_are(console: Console) -> None:
    assessor = console.sign_in("assessor")
    page = assessor.page(f"{HOME}/matters")
    count = len(console.office.store.matters_of_project(RING))
    assert len(page.select("tbody tr")) == min(20, count) and f"共 {count} 条" in page.text
    link = next(link for link in page.links() if link.startswith(f"{HOME}/matters/m"))
    one = assessor.page(link)
    assert "建议责任单位" in one.text and "演变" in one.text
    assert assessor.get(f"{link}/weeks.csv").status_code == 200
    assessor.page(f"{HOME}/matters/m{'0' * 24}", status=404)
    assessor.page(link.replace(RING, PLANT), status=404)


def test_the_project_around_is_named_to_those_alone_who_may_see_it(console: Console) -> None:
    ring = console.office.store.project(RING)
    assert ring is not None
    console.office.register([ring.model_copy(update={"parent_id": PLANT})])
    assert f"/projects/{PLANT}" in console.sign_in("assessor").page(HOME).links()
    bound = console.sign_in("commissioning_unit", projects=[RING])
    assert PLANT not in bound.page(HOME).html and PLANT not in bound.page("/projects").html
