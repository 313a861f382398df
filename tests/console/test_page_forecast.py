"""The coming days of a project: numbers with their intervals, or why there are none, and never a word about people."""

from __future__ import annotations

import csv
import io

from consoles import PLANT, RING, Console
from rises import rise


def test_the_coming_days_with_intervals_and_limits(console: Console):
    rise(console)
    visitor = console.sign_in("assessor")
    page = visitor.page(f"/projects/{RING}/forecast", days=7)
    assert page.select("figure.chart svg") and len(page.select("figure.chart tbody tr")) == 7
    assert "预警持续中" in page.text and "不预测人" in page.text and "这些数字的限度" in page.text
    assert "数字低不等于没有意见" in page.text, "P-24"
    answer = visitor.get(f"/projects/{RING}/forecast/days.csv", params={"days": 28})
    assert len(list(csv.reader(io.StringIO(answer.text)))) == 29


def test_without_enough_to_go_by_there_is_no_number_but_a_reason(console: Console):
    console.office.store.forget_alert_series([PLANT])
    page = console.sign_in("assessor").page(f"/projects/{PLANT}/forecast")
    assert "暂不给出数字" in page.text and not page.select("figure.chart")
    assert f"/projects/{PLANT}/coverage" in page.links()


def test_milestones_near_the_days_are_listed_with_what_they_brought_elsewhere(console: Console):
    rise(console)
    store = console.office.store
    project = store.project(RING)
    milestone = {"name": "征地补偿安置公示", "date": "2026-05-10"}
    kept = type(project).model_validate({**project.model_dump(), "milestones": [milestone]})
    console.office.register([kept])
    page = console.sign_in("assessor").page(f"/projects/{RING}/forecast")
    assert "公示 · 2026年5月10日" in page.text and "可比的项目不足五个" in page.text


def test_days_beyond_four_weeks_are_not_asked_for(console: Console):
    console.sign_in("assessor").page(f"/projects/{RING}/forecast", 400, days=60)
