"""The quality page: what is measured, and that little is said where little is known."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from consoles import RING, Console, Page
from hypothesis import given
from hypothesis import strategies as st

from api.quality_desk import decisions
from index import IndexEntry
from index.days import BEIJING, day_start
from pipeline.drift import drift, shift, silent
from pipeline.evaluation.bias import Missed
from pipeline.evaluation.bias_kept import measured

PATH = "/quality"


def row(page: Page, name: str) -> str:
    [found] = [one for one in page.select("main tbody tr") if name in one.cssselect("th")[0].text_content()]
    return " ".join(found.text_content().split())


def test_the_page_says_how_the_model_reads_and_where_it_was_measured(console: Console) -> None:
    page = console.sign_in("supervisor").page(PATH)
    assert "minyi-bge-small" in page.text and "信访件" in page.text and "人工核定件" in page.text
    assert "F1" in row(page, "主要风险因素") or "准确率" in row(page, "主要风险因素")
    assert "这些不是本单位文本上的结果" in page.text


def test_with_few_texts_and_no_decisions_nothing_is_claimed(console: Console) -> None:
    page = console.sign_in("auditor").page(PATH)
    assert "还没有研判结果" in page.text and "满 100 件研判才画校准曲线" in page.text
    assert "无法判断" in row(page, "有诉求的文本占比") and "无法判断" in row(page, "突然没有文本的风险因素")
    assert not page.select("main figure.chart")


def test_what_people_decided_is_counted(console: Console) -> None:
    assessor = console.sign_in("assessor")
    store = console.office.store
    point = next(p for p in store.risk_points(RING, None, 100, sealed=False).rows if p.candidate)
    from pipeline.records import Decision

    store.add_decision(Decision(id="d1", risk_point_id=point.id, who="assessor", when=store.clock(),
                                action="accept", reason="多封来信证实"))  # fmt: skip
    page = assessor.page(PATH)
    assert "采纳比例" in page.text and "100%" in page.text and "还没有研判结果" not in page.text


def test_the_redactor_is_tried_at_a_button(console: Console) -> None:
    admin = console.sign_in("admin")
    page = Page(admin.submit(PATH, "/quality/redaction", 200))
    assert "条样例全部通过" in page.text and "刚在本机运行" in page.text


@pytest.mark.parametrize("role", ["commissioning_unit", "response_unit", "local_government", "discipline_inspection"])
def test_units_that_answer_do_not_read_the_figures(console: Console, role: str) -> None:
    console.sign_in(role).page(PATH, 403)


def test_a_curve_is_drawn_from_a_hundred_decisions_on(monkeypatch: pytest.MonkeyPatch, console: Console) -> None:
    rolled = random.Random(4)
    cases = [(p, rolled.random() < p) for p in (rolled.random() for _ in range(400))]
    monkeypatch.setattr("api.quality_desk.decisions", lambda _: decisions(cases))
    page = console.sign_in("supervisor").page(PATH)
    assert page.select("main figure.chart svg") and "给出的可能性与实际采纳比例" in page.text


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=300))
def test_bins_hold_every_decision_once_and_twenty_at_least(cases: list[tuple[float, bool]]) -> None:
    found = decisions(cases)
    assert found.accepted + found.rejected == len(cases)
    if len(cases) < found.needed:
        assert not found.bins
    else:
        assert sum(one.cases for one in found.bins) == len(cases) and min(one.cases for one in found.bins) >= 20
        assert [one.stated for one in found.bins] == sorted(one.stated for one in found.bins)


@given(st.integers(0, 2000), st.integers(0, 2000), st.floats(0, 1), st.floats(0, 1))
def test_a_share_moves_only_where_both_months_have_enough_texts(n: int, m: int, p: float, q: float) -> None:
    found = shift("grievance", (int(n * p), n), (int(m * q), m))
    assert (found.moved is None) == (min(n, m) < 100)
    if found.moved:
        assert abs(found.before - found.now) >= 0.05


def test_a_large_change_of_a_share_is_seen_and_chance_is_not() -> None:
    assert shift("grievance", (300, 500), (200, 500)).moved is True
    assert shift("grievance", (60, 100), (54, 100)).moved is False


def test_a_factor_is_silent_where_five_texts_were_due() -> None:
    before = {"noise_vibration": 50, "parking": 2, "official_misconduct_report": 90}
    assert silent(before, 1000, {}, 100) == ("noise_vibration",)
    assert silent(before, 1000, {"noise_vibration": 1}, 100) == ()
    assert silent(before, 1000, {}, 99) is None


def test_the_page_says_who_is_missed_more_often_and_on_which_texts_that_was_measured(console: Console) -> None:
    page = console.sign_in("supervisor").page(PATH)
    assert "180 条编写的文本" in page.text and "不是本单位的文本" in page.text and "现用模型没有测过" not in page.text
    complaints, factors = page.select("#missed table")
    stored = measured().groups
    for table, figure in ((complaints, "complaints missed"), (factors, "factors missed")):
        lines = [[cell.text_content().strip() for cell in one.iterchildren()] for one in table.cssselect("tbody tr")]
        of = stored[f"{figure}, length: short"]
        low, high = (round(100 * bound) for bound in of.bounds())
        share = f"{round(100 * of.rate)}%"
        [short] = [line for line in lines if line[0].startswith("短")]
        assert short[1:-1] == [str(of.of), share, f"{low}–{high}%", share] and short[-1].endswith("在基线区间内")
        assert ("高于总体" in short[-1]) == (of.bounds()[0] > stored[figure].rate)
        assert len([one for one in lines if len(one) > 1]) == len([name for name in stored if name.startswith(figure)])


def test_of_models_that_were_not_measured_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch, console: Console) -> None:
    visitor = console.sign_in("admin")
    monkeypatch.setattr("api.missed_shown.fingerprint", lambda: "0f0f0f0f0f0f")
    page = visitor.page(PATH)
    assert "现用模型没有测过，无法判断" in page.text and "0f0f0f0f0f0f" in page.text
    assert "在基线区间内" not in page.text

    def away() -> None:
        raise FileNotFoundError

    monkeypatch.setattr("api.missed_shown.measured", away)
    page = visitor.page(PATH)
    assert "没有测量不等于没有偏差" in page.text and not page.select("#missed table")


def test_a_group_that_is_missed_more_than_its_baseline_is_marked(
    monkeypatch: pytest.MonkeyPatch, console: Console
) -> None:
    visitor = console.sign_in("assessor")
    name, kept = "factors missed, place: rural", measured()
    monkeypatch.setattr(
        "api.missed_shown.measured", lambda: replace(kept, groups={**kept.groups, name: Missed(60, 90)})
    )
    page = visitor.page(PATH)
    marked = [one for one in page.select("#missed tbody tr") if "漏得更多" in one.text_content()]
    assert [one.cssselect("th")[0].text_content().strip() for one in marked] == ["农村"]


def test_kinds_of_source_with_too_few_texts_say_how_many_there_are(console: Console) -> None:
    index, today = console.office.index, console.office.store.clock().astimezone(BEIJING).date()
    last = today.replace(day=1) - timedelta(days=1)
    index.write(
        IndexEntry(
            id=f"drift-{day}-{number}", sequence=20_000 + number, title="题", body="文", published_at=day_start(day),
            is_grievance=day == today, source_kind="survey" if number else "notice", genre="notice", factors=(),
        )
        for day in (today, last)
        for number in range(130)
    )  # fmt: skip
    index.commit()
    page = console.sign_in("supervisor").page(PATH)
    survey = row(page, "问卷")
    assert "0% → 100%" in survey and "有明显变化" in survey
    [notice] = [
        one
        for one in page.select("main tbody tr")
        if "无法判断" in one.text_content() and "<3 条" in one.text_content()
    ]
    assert "公告" in notice.text_content() and not notice.cssselect("td:not([colspan])")


def test_drift_is_told_from_the_index(console: Console) -> None:
    now, index = day_start(date(2031, 3, 20)), console.office.index
    days = [(date(2031, 3, 10), 120, False), (date(2031, 2, 10), 120, True), (date(2030, 11, 10), 120, True)]
    index.write(
        IndexEntry(
            id=f"{day}-{number}", sequence=10_000 + number, title="题", body="文", published_at=day_start(day),
            is_grievance=grieved, factors=("noise_vibration",) if day.month == 11 else ("parking",),
        )
        for day, many, grieved in days
        for number in range(many)
    )  # fmt: skip
    index.commit()
    found = drift(index, (RING,), now + timedelta(hours=5))
    assert found.months == (date(2031, 2, 1), date(2031, 3, 1)) and found.silent == ("noise_vibration",)
    shares = {one.head: (one.before, one.now, one.moved) for one in found.shifts}
    assert shares == {
        "grievance": (1.0, 0.0, True), "negative": (0.0, 0.0, False), "escalated": (0.0, 0.0, False),
        "no_project": (1.0, 1.0, False),
    }  # fmt: skip
