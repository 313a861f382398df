"""The review pages: what comes first and why, decisions with their reasons, edits, merging, conflicts and undo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from consoles import RING, Console, Page, Visitor

from pipeline.records import Decision, RiskPointCandidate

QUEUE = f"/projects/{RING}/review"


def points(console: Console) -> list[RiskPointCandidate]:
    """Candidates that are shown, those with most texts first."""
    rows = console.office.store.risk_points(RING, sealed=False).rows
    found = [row.candidate for row in rows if row.candidate]
    return sorted(found, key=lambda one: -one.counts.origins)


def address(point: Any, tail: str = "") -> str:
    return f"/risk-points/{point.id}{tail}"


def decisions(console: Console, point: RiskPointCandidate) -> list[Decision]:
    return console.office.store.decisions_on(point.id)


def form(page: Page, path: str, action: str) -> dict[str, Any]:
    """Everything in the page's form for this decision; what can be chosen more than once as a list."""
    for one in page.doc.forms:
        values: dict[str, Any] = dict(one.form_values())
        if one.get("action") == path and values.get("action") == action:
            several = {"places", "groups", "units", "territorial"} & set(values)
            return values | {name: [v for n, v in one.form_values() if n == name] for name in several}
    raise AssertionError((path, action, [(one.get("action"), dict(one.form_values())) for one in page.doc.forms]))


def decide(visitor: Visitor, point: RiskPointCandidate, action: str, status: int = 303, **fields: Any) -> Page:
    """Opens the risk point, fills in the form for a decision and sends it."""
    page = visitor.page(address(point))
    tail = {"undo": "/undo"}.get(action, "/confirm" if action in ("confirm", "close", "reopen") else "/decide")
    data = {**form(page, address(point, tail), action), "reason": "走访三户，情况属实", **fields}
    answer = visitor.post(address(point, tail), data=data)
    assert answer.status_code == status, (answer.status_code, Page(answer).text[:600])
    return Page(answer)


def test_what_a_judgement_tells_most_about_comes_first_with_its_reasons(console: Console):
    page = console.sign_in("assessor").page(QUEUE)
    cards = page.select("main article.card[data-href]")
    assert len(cards) == 10 and "研判进度 0 /" in page.text.replace("研判进度0", "研判进度 0")
    assert "card-verify_first" in cards[0].get("class") and "涉及人身安全或程序瑕疵" in cards[0].text_content()
    found = [one.get("class").split("card-")[-1] for one in cards]
    urgent = [at for at, one in enumerate(found) if one == "verify_first"]
    assert "watch" not in found[: urgent[-1]], "what is only watched never comes before what is to be verified first"
    further = console.page(page.select("a[rel=next]")[0].get("href"))
    assert further.status == 200 and {one.get("id") for one in cards}.isdisjoint(
        one.get("id") for one in further.select("article.card")
    )


def test_the_keys_of_review_have_something_to_reach(console: Console):
    page = console.sign_in("assessor").page(QUEUE)
    [first, *_] = page.select("[data-keys] article.card")
    assert [one.get("data-key") for one in first.cssselect("[data-key]")] == ["a", "e", "m", "r"]
    ids = [one.get("id") for one in page.select("[id]")]
    assert len(ids) == len(set(ids)), "every field has a label of its own"


def test_a_decision_goes_back_to_the_queue_and_is_counted(console: Console):
    visitor, point = console.sign_in("assessor"), points(console)[0]
    page = visitor.page(QUEUE, part="all", offset=0)
    card = next(one for one in page.select("article.card[data-href]"))
    path = f"/risk-points/{card.get('id')}/decide"
    data = {**form(page, path, "accept"), "reason": "走访三户，情况属实"}
    answer = visitor.post(path, data=data)
    assert (answer.status_code, answer.headers["location"]) == (
        303, f"{QUEUE}?part=all&done={card.get('id')}")  # fmt: skip
    after = visitor.page(answer.headers["location"])
    assert "已记录：采纳" in after.html and "查看或撤销刚才的决定" in after.text
    [made] = console.office.store.decisions_on(card.get("id"))
    assert (made.action, made.who, made.reason) == ("accept", "assessor", "走访三户，情况属实")
    assert visitor.page(QUEUE, part="to_confirm").select(f"#{card.get('id')}")
    assert not visitor.page(QUEUE).select(f"article[id='{card.get('id')}']") and point


@pytest.mark.parametrize("reason", ["", " ", "对", "长" * 501])
def test_nobody_decides_without_a_reason_and_what_was_filled_in_stays(console: Console, reason: str):
    """P-23 on the page."""
    visitor, point = console.sign_in("assessor"), points(console)[0]
    for action in ("accept", "reject"):
        page = decide(visitor, point, action, 422, reason=reason)
        assert "没有理由的决定不予记录" in page.text
        [box] = page.select(f"#reason-{action}-{point.id}")
        assert box.text_content().strip() == reason.strip() and box.get("aria-invalid") == "true"
        assert page.select(f"details#{action}-{point.id}[open]")
    assert decisions(console, point) == []


def test_the_person_is_who_is_signed_in_whatever_the_form_says(console: Console):
    """P-23: nobody decides in another's name."""
    visitor, point = console.sign_in("assessor"), points(console)[0]
    decide(visitor, point, "accept", who="supervisor")
    assert [one.who for one in decisions(console, point)] == ["assessor"]


def test_a_form_that_is_sent_twice_has_one_effect(console: Console):
    visitor, point = console.sign_in("assessor"), points(console)[0]
    data = {**form(visitor.page(address(point)), address(point, "/decide"), "accept"), "reason": "走访三户"}
    for _ in range(3):
        assert visitor.post(address(point, "/decide"), data=data).status_code == 303
    assert len(decisions(console, point)) == 1
    again = Page(visitor.post(address(point, "/decide"), data={**data, "reason": "另一个理由"}))
    assert again.status == 409 and "已经提交过" in again.text and len(decisions(console, point)) == 1


def test_an_edit_chooses_a_title_among_the_passages_and_owns_its_fields(console: Console):
    visitor, point = console.sign_in("assessor"), points(console)[0]
    page = visitor.page(address(point), edit="true")
    titles = page.select("#edit[open] input[name=title]")
    chosen = next(one for one in titles if one.get("checked") is None)
    words = chosen.getparent().text_content().strip(" “”\n")
    decide(visitor, point, "edit", title=chosen.get("value"), attention="watch", groups=["land_lost_farmer"])
    [made] = decisions(console, point)
    assert {"title", "attention"} <= set(made.changes)
    after = visitor.page(address(point))
    assert after.select("h1")[0].text_content().strip() in words and "标题" in after.text
    stored = console.office.store.risk_point(point.id)
    assert stored and stored.candidate and stored.candidate.attention == "watch" and "title" in stored.human


@pytest.mark.parametrize("title", ["d" + "0" * 24 + ":0-5", "我自己想的标题"])
def test_a_title_of_ones_own_is_refused(console: Console, title: str):
    visitor, point = console.sign_in("assessor"), points(console)[0]
    assert decide(visitor, point, "edit", 422, title=title).status == 422
    assert decisions(console, point) == []


def test_a_place_has_to_stand_in_the_evidence(console: Console):
    visitor, point = console.sign_in("assessor"), points(console)[0]
    page = decide(visitor, point, "edit", 422, more_places="月亮湾小区")
    assert "证据原文中没有“月亮湾小区”" in page.text
    [box] = page.select("#f-more_places")
    assert box.get("value") == "月亮湾小区", "what was typed stays"
    assert "没有改动任何内容" in decide(visitor, point, "edit", 422).text


def test_a_cleared_value_stays_cleared(console: Console):
    visitor = console.sign_in("assessor")
    point = next(one for one in points(console) if one.stakeholder_groups)
    page = visitor.page(address(point))
    data = form(page, address(point, "/decide"), "edit")
    del data["groups"]
    answer = visitor.post(address(point, "/decide"), data={**data, "reason": "群体有误"})
    assert answer.status_code == 303
    assert decisions(console, point)[0].changes == {"stakeholder_groups": []}


def test_two_risk_points_stand_side_by_side_before_one_is_merged_into_the_other(console: Console):
    visitor = console.sign_in("assessor")
    one, other = points(console)[:2]
    linked = visitor.page(address(one)).links()
    assert address(one, f"/merge/{other.id}") in linked
    page = visitor.page(address(one, f"/merge/{other.id}"))
    assert len(page.select("blockquote.quote")) >= 4 and "独立声音" in page.text
    data = {**form(page, address(one, "/decide"), "merge"), "reason": "同一件事"}
    assert visitor.post(address(one, "/decide"), data=data).status_code == 303
    after = visitor.page(address(one))
    assert "已并入" in after.text and address(other) in after.links()
    decide(visitor, one, "undo")
    assert console.office.store.standing_of(one.id).state == "proposed"


def test_a_risk_point_of_another_project_is_not_beside_it(console: Console):
    one, elsewhere = points(console)[0], console.office.store.risk_points("luting-waste-to-energy").rows[0]
    assert console.sign_in("assessor").page(address(one, f"/merge/{elsewhere.id}"), 404)


def test_who_was_faster_is_named_with_both_decisions(console: Console):
    visitor, point = console.sign_in("assessor"), points(console)[0]
    data = form(visitor.page(address(point)), address(point, "/decide"), "accept")
    console.office.store.add_account("zhou", "周敏", "assessor")
    other = console.enter("zhou")
    other.post_form(f"/projects/{RING}/purpose", {"purpose": "risk_survey"})
    decide(other, point, "reject", reason="与规划图不符")
    page = Page(visitor.post(address(point, "/decide"), data={**data, "reason": "走访三户，情况属实"}))
    assert page.status == 409
    for said in ("zhou 已作出决定：不成立", "与规划图不符", "走访三户，情况属实", "您的决定尚未记录"):
        assert said in page.text, (said, page.select("[role=alert]")[0].text_content())
    assert len(decisions(console, point)) == 1
    again = {**form(page, address(point, "/decide"), "accept")}
    assert again["reason"].strip() == "走访三户，情况属实" and again["known"] == "1"
    assert visitor.post(address(point, "/decide"), data=again).status_code == 303
    assert [one.action for one in decisions(console, point)] == ["reject", "accept"]


def test_undo_has_its_reason_too_and_both_stay_in_the_history(console: Console):
    visitor, point = console.sign_in("assessor"), points(console)[0]
    decide(visitor, point, "accept")
    assert decide(visitor, point, "undo", 422, reason="")
    decide(visitor, point, "undo", reason="录入有误")
    page = visitor.page(address(point))
    assert "采纳（已撤销）" in page.text and "录入有误" in page.text
    assert not page.select(f"#undo-{point.id}"), "there is nothing left to undo"


def test_an_undo_that_is_sent_twice_takes_back_one_decision(console: Console):
    """Also for a supervisor, who may undo the confirmation and not the acceptance before it."""
    console.stage("after_assessment")
    point = points(console)[0]
    decide(console.sign_in("assessor"), point, "accept")
    visitor = console.sign_in("supervisor")
    decide(visitor, point, "confirm")
    data = {**form(visitor.page(address(point)), address(point, "/undo"), "undo"), "reason": "录入有误"}
    for _ in range(2):
        assert visitor.post(address(point, "/undo"), data=data).status_code == 303
    assert [one.action for one in decisions(console, point)] == ["accept", "confirm", "undo"]


def test_who_shaped_it_does_not_confirm_it_and_reads_who_may(console: Console):
    object.__setattr__(console.office.settings, "separate_reviewer", True)
    point = points(console)[0]
    visitor = console.sign_in("assessor")
    decide(visitor, point, "accept")
    console.office.store.add_account("zhou", "周敏", "assessor")
    page = visitor.page(address(point))
    assert "须由另一人确认" in page.text and "周敏" in page.text
    assert not page.select(f"#confirm-{point.id}")
    answer = visitor.post_form(address(point, "/confirm"), {"action": "confirm", "reason": "复核一致", "known": "1"})
    assert answer.status_code == 409 and "须由另一人" in Page(answer).text
    other = console.enter("zhou")
    other.post_form(f"/projects/{RING}/purpose", {"purpose": "risk_survey"})
    decide(other, point, "confirm", reason="复核一致")
    assert [one.who for one in decisions(console, point)] == ["assessor", "zhou"]


def test_who_may_not_decide_sees_no_form_and_is_refused(console: Console):
    point = points(console)[0]
    visitor = console.sign_in("local_government")
    assert not visitor.page(address(point)).select("main form[action$='/decide']")
    answer = visitor.post_form(address(point, "/decide"), {"action": "accept", "reason": "情况属实"})
    assert answer.status_code == 403 and decisions(console, point) == []
    assert "稳评机构" in Page(answer).text


def test_a_commissioning_unit_sees_what_people_confirmed_and_nothing_else(console: Console):
    point = points(console)[0]
    page = console.sign_in("commissioning_unit").page(QUEUE)
    assert not page.select("article.card") and "已确认" in page.text and "研判进度" not in page.text
    assert console.page(address(point), 404)


def test_what_changed_since_the_last_look_is_told(console: Console):
    visitor, point = console.sign_in("assessor"), points(console)[0]
    visitor.page(address(point))
    assert not visitor.page(address(point)).select("#since")
    began = console.office.store.clock()
    console.office.store.clock = lambda: began + timedelta(days=1)
    decide(console.sign_in("platform"), point, "accept")
    console.office.store.clock = lambda: began + timedelta(days=2)
    page = console.sign_in("assessor").page(address(point))
    assert page.select("#since") and "待研判 → 已采纳" in page.text


def test_the_bundle_is_taken_away_by_who_may_open_evidence(console: Console):
    point = points(console)[0]
    answer = console.sign_in("assessor").get(address(point, "/bundle"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert point.id in answer.headers["content-disposition"]
    assert console.sign_in("platform").get(address(point, "/bundle")).status_code == 403


def test_a_closed_risk_point_that_recurs_is_shown_and_reopened(console: Console):
    console.stage("post_assessment")
    store, point, visitor = console.office.store, points(console)[0], console.sign_in("assessor")
    now = store.clock()
    first = min(one.published_at for one in store.documents_by_id({e.document_id for e in point.evidence}).values()
                if one.published_at)  # fmt: skip
    store.clock = lambda: first - timedelta(days=1)
    for number, action in enumerate(("accept", "confirm", "close")):
        store.add_decision(Decision(id=f"{number}" * 8, risk_point_id=point.id, who="assessor", when=store.clock(),
                                    action=action, reason="核实无误"))  # type: ignore[arg-type]  # fmt: skip
    store.clock = lambda: now
    page = visitor.page(QUEUE)
    assert "办结后又有反映" in page.text and address(point, "#recurrence") in page.links()
    assert "维持办结" in visitor.page(address(point)).text
    decide(visitor, point, "reopen", reason="又有新的反映")
    assert store.standing_of(point.id).round == 1
    assert "办结后又有反映" not in visitor.page(QUEUE).text


def test_sealed_ones_show_category_and_time_to_who_may_see_them(console: Console):
    rows = console.office.store.risk_points(RING, sealed=True).rows
    for row in rows:
        assert console.sign_in("assessor").page(address(row), 404)
        page = console.sign_in("discipline_inspection").page(address(row))
        assert "只显示类别和时间" in page.text and not page.select("main form")
