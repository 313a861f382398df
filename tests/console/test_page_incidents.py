"""The inbox and the page of an incident: what needs me, why now, and what people do about it by name."""

from __future__ import annotations

import csv
import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from alerting import NOW
from consoles import PLANT, RING, Console, Page, Visitor
from rises import cue, risen_incident

from api.incident_trials import TrialTooLong, within_limit
from pipeline.store import SealedPointer

NOWHERE = "i" + "0" * 24
URL = "https://weibo.example/9/geheim"


def told(risen: Console, role: str = "assessor") -> tuple[str, Visitor]:
    """An incident, and somebody who may see it."""
    return risen_incident(risen), risen.sign_in(role)


def done(visitor: Visitor, incident: str, action: str, **fields: Any) -> Page:
    """Answers through the form on the page, and the page afterwards."""
    page = visitor.page(f"/incidents/{incident}")
    forms = [form for form in page.doc.forms if dict(form.form_values()).get("action") == action]
    assert forms, f"no form to {action}"
    answer = visitor.post(forms[0].get("action"), data={**dict(forms[0].form_values()), **fields})
    assert answer.status_code == 303, Page(answer).text[:300]
    return visitor.page(answer.headers["location"])


def test_the_inbox_says_level_state_and_numbers_and_leads_with_what_needs_me(risen: Console):
    found, visitor = told(risen)
    page = visitor.page("/incidents")
    [card] = page.select(".cards article")
    assert card.get("data-href") == f"/incidents/{found}"
    text = " ".join(card.text_content().split())
    assert "待处理" in text and "需要我处理" in text and "小时内负面诉求" in text and "平静项目上" in text
    assert card.cssselect(".badge-strong svg use"), "a level has a shape beside colour and word"
    assert "没有可看" not in page.text
    done(visitor, found, "acknowledge")
    [card] = visitor.page("/incidents").select(".cards article")
    assert "已受理" in card.text_content() and "需要我处理" not in card.text_content()


def test_the_inbox_is_filtered_by_links_and_says_what_to_do_when_it_is_empty(risen: Console):
    found, visitor = told(risen)
    level = risen.office.store.incident(found).level
    for link, shown in (
        (f"/incidents?level={level}", 1), ("/incidents?pile=closed", 0), (f"/incidents?project={PLANT}", 0),
        ("/incidents?mine=1", 1), ("/incidents?pile=all", 1), ("/incidents?pile=silenced", 0), ("/incidents?page=2", 0),
    ):  # fmt: skip
        page = visitor.page(link)
        assert len(page.select(".cards article")) == shown, link
        assert shown or page.select(".empty a.button")
    visitor.page("/incidents?level=pink", 400)
    assert f"/incidents?level={level}" in visitor.page("/incidents").links()
    assert not risen.sign_in("assessor", projects=[PLANT]).page("/incidents").select(".cards article")


def test_an_incident_says_why_now_what_was_not_seen_and_what_may_be_behind_it(risen: Console):
    found, visitor = told(risen)
    incident = risen.office.store.incident(found)
    page = visitor.page(f"/incidents/{found}")
    for words in ("为什么现在预警", "往常约", "90% 区间", "多久一次", "独立声音", "近几周的数量与常态", "由什么带动",
                  "会不会是假象", "节假日", "没有看到的", "办理过程", "预警准确率"):  # fmt: skip
        assert words in page.text, words
    assert f"{incident.observed}" in page.select(".tile-value")[0].text_content()
    assert page.select("figure.chart svg") and page.select("figure.chart table"), "picture and table"
    assert "补偿标准" in page.select("blockquote.quote")[0].text_content()
    answer = visitor.get(f"/incidents/{found}/weeks.csv")
    lines = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(lines) == 9 and lines[-1][1] and answer.headers["content-type"].startswith("text/csv")
    assert not page.select("[style]") and not page.select("main script")


def test_silence_is_not_consent_and_gaps_are_lower_bounds(risen: Console):
    """P-24."""
    found, visitor = told(risen)
    store = risen.office.store
    assert "没有声音不等于没有意见" in visitor.page(f"/incidents/{found}").text
    store.save_incident(store.incident(found).model_copy(update={"lower_bound": True}))
    page = visitor.page(f"/incidents/{found}")
    assert "是下限" in page.text and page.select(".tile-value")[0].text_content().strip().startswith("≥")
    assert "≥" in visitor.page("/incidents").select(".cards article")[0].text_content()
    assert f"/projects/{RING}/coverage" in page.links()


def test_a_late_answer_is_told_of_the_unit(risen: Console):
    """P-25: the matters of the window show whether they were answered; who is late is the unit."""
    found, visitor = told(risen)
    risen.office.store.clock = lambda: NOW + timedelta(days=90)
    visitor = risen.sign_in("assessor")
    page = visitor.page(f"/incidents/{found}")
    assert "这些事项答复了没有" in page.text and "逾期" in page.text and "已超" in page.text
    assert any(link.startswith(f"/projects/{RING}/matters/m") for link in page.links())


def test_below_k_voices_nothing_is_counted_and_nobody_is_quoted(risen: Console):
    """P-06, P-07."""
    found, visitor = told(risen)
    store = risen.office.store
    store.save_incident(store.incident(found).model_copy(update={"voices_low": 1, "voices_high": 2, "observed": 2}))
    page = visitor.page(f"/incidents/{found}")
    assert "<3" in page.select(".tile-value")[0].text_content() and "平静项目上约" not in page.text


def test_each_answer_is_somebodys_by_name(risen: Console):
    found, visitor = told(risen)
    store = risen.office.store
    page = done(visitor, found, "acknowledge", hours="8", comment="已联系指挥部核对。")
    assert "已受理" in page.text and "已联系指挥部核对。" in page.text and "8 小时" in page.text
    assert "责任单位" in page.text
    page = done(visitor, found, "assign", to="natural_resources")
    assert store.incident(found).assigned_to == "natural_resources" and "自然资源" in page.text
    page = done(visitor, found, "silence", hours="24", comment="等待公示结束。")
    assert store.incident(found).state == "silenced" and "已静默" in page.text
    assert "已重新打开" in done(visitor, found, "reopen", comment="仍有新增。").text
    assert "核对过了" in done(visitor, found, "comment", comment="核对过了").text
    assert "已关闭" in done(visitor, found, "close", comment="已答复。").text
    notes = store.notes_on(found)
    assert [note.action for note in notes] == ["acknowledge", "assign", "silence", "reopen", "comment", "close"]
    assert {note.who for note in notes} == {"assessor"}
    assert risen.actions().count("alerts.answer") == len(notes)


@pytest.mark.parametrize("action", ["silence", "close"])
def test_what_ends_an_alert_needs_a_reason(risen: Console, action: str):
    found, visitor = told(risen)
    page = Page(visitor.post_form(f"/incidents/{found}/answers", {"action": action, "comment": " "}))
    assert page.status == 422 and "请写明理由" in page.text
    assert risen.office.store.incident(found).state == "open"


def test_a_comment_is_redacted_and_one_that_does_not_go_with_its_answer_is_explained(risen: Console):
    found, visitor = told(risen)
    page = done(visitor, found, "comment", comment="请回电 13800138000 核实")
    assert "13800138000" not in page.html
    for fields, says in (
        ({"action": "assign"}, "请选择单位"), ({"action": "comment"}, "请填写备注"),
        ({"action": "verdict"}, "请选择判定结果"), ({"action": "acknowledge", "hours": "700"}, "时限超出"),
        ({"action": "verdict", "verdict": "duplicate"}, "请选择判定结果"),
        ({"action": "verdict", "verdict": "false"}, "请写明理由"),
    ):  # fmt: skip
        answer = visitor.post_form(f"/incidents/{found}/answers", fields)
        assert answer.status_code == 422 and says in Page(answer).text, fields
    conflict = {"action": "verdict", "verdict": "duplicate", "duplicate_of": found}
    assert visitor.post_form(f"/incidents/{found}/answers", conflict).status_code == 409


def test_a_verdict_counts_in_the_precision_that_the_page_shows(risen: Console):
    found, visitor = told(risen)
    assert "未判定 1" in visitor.page(f"/incidents/{found}").text
    page = done(visitor, found, "verdict", verdict="true")
    [row] = page.select("#precision tbody tr")
    assert "属实 1" in row.text_content() and "100%" in row.text_content() and "1/1" in row.text_content()
    page = done(visitor, found, "verdict", verdict="false", comment="节后补录。")
    assert "0%" in page.select("#precision tbody tr")[0].text_content()
    assert "误报 1" in visitor.page("/incidents").text


def test_who_may_only_read_gets_no_forms_and_no_answer(risen: Console):
    found = risen_incident(risen)
    risen.stage("after_assessment")
    visitor = risen.sign_in("expert")
    page = visitor.page(f"/incidents/{found}")
    assert "只能查看" in page.text and not [form for form in page.doc.forms if "/answers" in str(form.get("action"))]
    assert visitor.post_form(f"/incidents/{found}/answers", {"action": "close", "comment": "x"}).status_code == 403
    assert risen.office.store.incident(found).state == "open"


def test_a_cue_is_there_for_its_duty_officer_alone(console: Console):
    """P-18: for everybody else it is as if it did not exist, in the inbox, on its page and in what is counted."""
    found = cue(console, "assessor")
    for role in ("supervisor", "platform", "local_government"):
        other = console.sign_in(role)
        assert found not in other.page("/incidents?pile=all").html
        hidden, nothing = other.get(f"/incidents/{found}"), other.get(f"/incidents/{NOWHERE}")
        assert hidden.status_code == nothing.status_code == 404
        assert Page(hidden).text.replace(found, NOWHERE) == Page(nothing).text
        assert other.post_form(f"/incidents/{found}/pointer").status_code == 404
        assert other.post_form(f"/incidents/{found}/cue", {"action": "close", "comment": "x"}).status_code == 404
    officer = console.sign_in("assessor")
    first = officer.page("/incidents").select(".cards article")[0]
    assert first.get("data-href") == f"/incidents/{found}" and "请立即核实" in first.text_content()
    assert console.office.store.incident(found).state == "open"


def test_the_officer_opens_the_pointer_once_and_acts_on_the_cue(console: Console):
    found = cue(console, "assessor")
    store, keys = console.office.store, console.office.keys
    document = store.incident(found).document_id
    store.keep_pointers([SealedPointer(document, keys.seal_pointer(document, URL), NOW + timedelta(hours=72))])
    officer = console.sign_in("assessor")
    page = officer.page(f"/incidents/{found}")
    assert "只有您能看到" in page.text and URL not in page.html and "自动关闭" in page.text
    assert "静默一段时间" not in page.text and not page.select("blockquote")
    opened = officer.post_form(f"/incidents/{found}/pointer")
    assert URL in opened.text and "no-store" in opened.headers["cache-control"]
    assert URL not in officer.page(f"/incidents/{found}").html and URL not in str(officer.cookies)
    assert "life_safety.read" in console.actions() and URL not in str(console.office.audit.events(0, 10_000))
    done(officer, found, "acknowledge")
    done(officer, found, "close", comment="已请热线联系。")
    assert store.incident(found).state == "closed"


def test_other_settings_are_tried_and_nothing_is_changed(risen: Console):
    found, visitor = told(risen)
    before = risen.office.settings.alert_false_alarms
    page = visitor.page("/incidents/backtest", project=RING, blue="0.25", yellow="0.05", orange="0.01", red="0.001")
    assert "试用设置与当时实际的对照" in page.text and f"/incidents/{found}" in page.links()
    assert "当时实际" in visitor.page("/incidents/backtest", project=RING, blue="", since="").text
    strict = visitor.page("/incidents/backtest", project=RING, blue="1e-9", yellow="1e-10", orange="1e-11", red="1e-12")
    assert "不会发出预警" in strict.text or "试用设置不会发出" in strict.text or "查看" in strict.text
    assert risen.office.settings.alert_false_alarms == before


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"blue": "0.01", "red": "0.5"}, "逐级递减"),
        ({"blue": "much"}, "大于 0"),
        ({"red": "0"}, "大于 0"),
        ({"blue": "nan"}, "大于 0"),
        ({"since": "2020-01-01"}, "最近 180 天"),
        ({"since": "yesterday"}, "最近 180 天"),
    ],
)
def test_settings_that_cannot_be_are_explained(console: Console, asked: dict[str, str], says: str):
    page = console.sign_in("assessor").page("/incidents/backtest", 422, project=RING, **asked)
    assert says in page.text


def test_a_project_that_was_never_watched_cannot_be_tried(console: Console):
    console.office.store.forget_alert_series([RING])
    page = console.sign_in("assessor").page("/incidents/backtest", 422, project=RING)
    assert "还没有开始监测" in page.text


def test_a_back_test_that_takes_too_long_is_given_up():
    with pytest.raises(TrialTooLong, match="E807"):
        within_limit(lambda: time.sleep(0.2), seconds=0.01)
    assert within_limit(lambda: 7) == 7


def test_a_second_back_test_that_would_wait_is_refused(console: Console):
    visitor, over = console.sign_in("assessor"), threading.Event()
    for _ in range(2):  # neither is over in time: the first runs on, and the second is dropped
        with pytest.raises(TrialTooLong):
            within_limit(lambda: over.wait(60), seconds=0.01)
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(within_limit, lambda: 7)
        try:
            page = visitor.page("/incidents/backtest", 503, project=RING)
            assert "已有一项回测在运行，请稍后再试" in page.text
        finally:
            over.set()
        assert waiting.result() == 7
    visitor.page("/incidents/backtest", project=RING)


def test_an_incident_of_another_region_is_not_shown(risen: Console):
    found = risen_incident(risen)
    risen.sign_in("assessor", region="3699").page(f"/incidents/{found}", 403)
