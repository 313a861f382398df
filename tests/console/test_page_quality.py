"""The quality page: what is measured, and that little is said where little is known."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from consoles import RING, Console, Page
from hypothesis import given
from hypothesis import strategies as st

from api.quality_desk import decisions
from index import IndexEntry
from index.days import day_start
from pipeline.drift import drift, shift, silent

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
    assert "无法判断" in row(page, "有诉求的文本占比") and "无法判断" in row(page, "突然没有文本")
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
    shares = {one.kind: (one.before, one.now, one.moved) for one in found.shifts}
    assert shares == {"grievance": (1.0, 0.0, True), "no_project": (1.0, 1.0, False)}
