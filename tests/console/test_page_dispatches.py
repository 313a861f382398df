"""The dispatch pages: whose they are, their clocks, and the steps of named people on them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from consoles import RING, Console, Page, Visitor

from models.taxonomy import taxonomy
from pipeline.process.routing import city_routing
from pipeline.records import Decision, RiskPointCandidate
from pipeline.records.dispatch import DispatchProposal

REASON = "职责明确"


def confirmed_point(console: Console) -> RiskPointCandidate:
    """A risk point that people confirmed, in post-assessment."""
    console.stage("post_assessment")
    store, routed = console.office.store, city_routing(None).rows
    found = [row.candidate for row in store.risk_points(RING, sealed=False).rows if row.candidate]
    point = next(one for one in found if one.factor in routed and len(routed[one.factor].primary) > 1)
    for number, (action, who) in enumerate((("accept", "assessor"), ("confirm", "supervisor"))):
        store.add_decision(Decision(id=f"{number}" * 8, risk_point_id=point.id, who=who, when=store.clock(),
                                    action=action, reason="核实无误"))  # type: ignore[arg-type]  # fmt: skip
    return point


def proposed(console: Console) -> list[DispatchProposal]:
    """Its dispatches, proposed from the page."""
    point, visitor = confirmed_point(console), console.sign_in("supervisor")
    visitor.submit(f"/risk-points/{point.id}", f"/risk-points/{point.id}/dispatches")
    return console.office.store.dispatches(RING)


def step(visitor: Visitor, dispatch: str, action: str, status: int = 303, **fields: Any) -> Page:
    """Opens the dispatch, fills in the form for a step and sends it."""
    page = visitor.page(f"/dispatches/{dispatch}")
    forms = [one for one in page.doc.forms if dict(one.form_values()).get("action") == action]
    assert forms, (action, page.text)
    answer = visitor.post(forms[0].get("action"), data={**dict(forms[0].form_values()), "reason": REASON, **fields})
    assert answer.status_code == status, (answer.status_code, Page(answer).text[:600])
    return Page(answer)


def steps_offered(page: Page) -> set[str]:
    return {str(dict(form.form_values()).get("action")) for form in page.select("aside form")}


def test_dispatches_are_proposed_once_and_wait_for_a_named_person(console: Console):
    found = proposed(console)
    assert len(found) > 1 and {one.state for one in found} == {"proposed"}
    point = found[0].risk_point_id
    page = console.submit(f"/risk-points/{point}", f"/risk-points/{point}/dispatches")
    assert page.headers["location"] == f"/risk-points/{point}#dispatches"
    assert len(console.office.store.dispatches(RING)) == len(found)
    listed = console.page("/dispatches", part="proposed")
    assert {f"/dispatches/{one.id}" for one in found} <= set(listed.links())


def test_a_dispatch_goes_the_whole_way(console: Console):
    first = proposed(console)[0]
    supervisor = console.sign_in("supervisor")
    assert steps_offered(supervisor.page(f"/dispatches/{first.id}")) == {"confirm", "withdraw"}
    step(supervisor, first.id, "confirm")
    assert steps_offered(supervisor.page(f"/dispatches/{first.id}")) == {"extend", "withdraw", "undo"}
    unit = console.sign_in("response_unit", unit=first.functional_unit)
    assert steps_offered(unit.page(f"/dispatches/{first.id}")) == {"take_up", "respond"}
    step(unit, first.id, "take_up")
    step(unit, first.id, "respond", response="已现场核实，补偿明细已公示。")
    supervisor = console.sign_in("supervisor")
    page = supervisor.page(f"/dispatches/{first.id}")
    assert "补偿明细已公示" in page.text and steps_offered(page) == {"close", "send_back", "withdraw"}
    step(supervisor, first.id, "send_back", reason="缺明细")
    step(console.sign_in("response_unit", unit=first.functional_unit), first.id, "respond", response="明细已补充公示。")
    step(console.sign_in("supervisor"), first.id, "close")
    taken = [one.action for one in console.office.store.dispatch_steps(first.id)]
    assert taken == ["confirm", "take_up", "respond", "send_back", "respond", "close"]
    page = console.page(f"/dispatches/{first.id}")
    assert [one.text_content() for one in page.select("#steps .timeline strong")] == [
        "按路由表生成", "确认派单", "受理", "答复", "退回重办", "答复", "办结"
    ]  # fmt: skip


@pytest.mark.parametrize("reason", ["", "好"])
def test_no_step_without_a_reason_and_what_was_written_stays(console: Console, reason: str):
    """P-23 on the page."""
    first = proposed(console)[0]
    assert "没有理由" in step(console.sign_in("supervisor"), first.id, "confirm", 422, reason=reason).text
    assert console.office.store.dispatch_steps(first.id) == []
    step(console.sign_in("supervisor"), first.id, "confirm")
    unit = console.sign_in("response_unit", unit=first.functional_unit)
    page = step(unit, first.id, "respond", 422, reason=reason, response="已现场核实。")
    assert page.select("#response")[0].text_content() == "已现场核实。"
    assert page.select("details#respond[open]")


def test_a_step_that_is_sent_twice_has_one_effect(console: Console):
    first, visitor = proposed(console)[0], console.sign_in("supervisor")
    form = visitor.page(f"/dispatches/{first.id}").form(f"/dispatches/{first.id}/confirm")
    data = {**dict(form.form_values()), "reason": REASON}
    for _ in range(2):
        assert visitor.post(f"/dispatches/{first.id}/confirm", data=data).status_code == 303
    assert len(console.office.store.dispatch_steps(first.id)) == 1


def test_an_undo_that_is_sent_twice_takes_back_one_step(console: Console):
    first = proposed(console)[0]
    step(console.sign_in("supervisor"), first.id, "confirm")
    unit = console.sign_in("response_unit", unit=first.functional_unit)
    step(unit, first.id, "take_up")
    form = unit.page(f"/dispatches/{first.id}").form(f"/dispatches/{first.id}/undo")
    data = {**dict(form.form_values()), "reason": "录入有误"}
    for _ in range(2):
        assert unit.post(f"/dispatches/{first.id}/undo", data=data).status_code == 303
    assert [one.action for one in console.office.store.dispatch_steps(first.id)] == ["confirm", "take_up", "undo"]


def test_an_answer_that_reports_control_is_refused_with_what_to_write(console: Console):
    first = proposed(console)[0]
    step(console.sign_in("supervisor"), first.id, "confirm")
    unit = console.sign_in("response_unit", unit=first.functional_unit)
    page = step(unit, first.id, "respond", 409, response="已联系平台删帖。")
    assert "核实、公开、整改" in page.text and "已联系平台删帖。" in page.select("#response")[0].text_content()


def test_an_answer_is_put_off_once_and_for_no_longer_than_the_statute_allows(console: Console):
    first = proposed(console)[0]
    visitor = console.sign_in("supervisor")
    step(visitor, first.id, "confirm")
    assert "延期的天数" in step(visitor, first.id, "extend", 422, days="").text
    assert "法定时限" in step(visitor, first.id, "extend", 409, days="31").text
    step(visitor, first.id, "extend", days="30")
    assert "extend" not in steps_offered(visitor.page(f"/dispatches/{first.id}"))


def test_who_is_late_is_the_unit_and_nobody_who_spoke(console: Console):
    """P-25 on the pages: the unit, the days and the rule; no word of a text."""
    first, *others = proposed(console)
    store = console.office.store
    step(console.sign_in("supervisor"), first.id, "confirm")
    step(console.sign_in("supervisor"), others[0].id, "confirm")
    began = store.clock()
    store.clock = lambda: began + timedelta(days=70)
    visitor = console.sign_in("supervisor")
    listed, page = visitor.page("/dispatches"), visitor.page(f"/dispatches/{first.id}")
    unit = taxonomy().units[first.functional_unit].name_zh
    assert f"{unit}应在" in page.text and "信访工作条例" in page.text
    assert all("逾期 " in row.text_content() for row in listed.select("tbody tr")) and unit in listed.text
    assert [row.cssselect(".late") != [] for row in listed.select("tbody tr")] == [True, True]
    bodies = [str(document.body) for document in store.all_documents()]
    for shown in (listed.html, page.html):
        assert not [body for body in bodies if any(body[n : n + 12] in shown for n in range(0, len(body) - 12, 6))]


def test_a_response_unit_sees_and_answers_its_own_dispatches_alone(console: Console):
    first, second, *_ = proposed(console)
    assert first.functional_unit != second.functional_unit
    for one in (first, second):
        step(console.sign_in("supervisor"), one.id, "confirm")
    unit = console.sign_in("response_unit", unit=first.functional_unit)
    listed = unit.page("/dispatches")
    assert f"/dispatches/{first.id}" in listed.links() and f"/dispatches/{second.id}" not in listed.links()
    assert taxonomy().units[first.functional_unit].name_zh in listed.text
    assert unit.page(f"/dispatches/{second.id}", 404)
    answer = unit.post_form(f"/dispatches/{second.id}/respond", {"action": "take_up", "reason": REASON})
    assert answer.status_code == 404
    linked = unit.page(f"/risk-points/{first.risk_point_id}").links()
    assert f"/dispatches/{first.id}" in linked and f"/dispatches/{second.id}" not in linked
    assert len(console.office.store.dispatch_steps(second.id)) == 1


def test_a_commissioning_unit_sees_all_and_answers_for_itself(console: Console):
    first, *_ = proposed(console)
    step(console.sign_in("supervisor"), first.id, "confirm")
    other = console.sign_in("commissioning_unit", unit="commissioning_unit")
    if first.functional_unit != "commissioning_unit":
        assert steps_offered(other.page(f"/dispatches/{first.id}")) == set()
        answer = other.post_form(f"/dispatches/{first.id}/respond", {"action": "take_up", "reason": REASON})
        assert answer.status_code == 403


def test_who_may_not_confirm_is_refused(console: Console):
    first = proposed(console)[0]
    unit = console.sign_in("response_unit", unit=first.functional_unit)
    answer = unit.post_form(f"/dispatches/{first.id}/confirm", {"action": "confirm", "reason": REASON})
    assert answer.status_code == 403 and "稳评主管部门" in Page(answer).text
    assert console.office.store.dispatch_steps(first.id) == []


def test_nothing_is_proposed_that_nobody_confirmed(console: Console):
    console.stage("post_assessment")
    row = console.office.store.risk_points(RING, sealed=False).rows[0]
    visitor = console.sign_in("supervisor")
    assert not [
        f for f in visitor.page(f"/risk-points/{row.id}").doc.forms if f.get("action", "").endswith("/dispatches")
    ]
    answer = visitor.post_form(f"/risk-points/{row.id}/dispatches")
    assert "当前状态下不能" in visitor.page(answer.headers["location"]).html
    assert console.office.store.dispatches(RING) == []


def test_an_empty_list_says_where_dispatches_come_from(console: Console):
    page = console.sign_in("supervisor").page("/dispatches")
    assert "确认为风险点后" in page.text and not page.select("table")
