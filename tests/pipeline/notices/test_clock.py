"""Statutory clocks: working days with holidays and shifted days, and announced periods beside them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.notices.clock import clock_of, days_in, end_of, holidays_known
from pipeline.notices.kinds import kind_of
from pipeline.notices.periods import announced_period, issuing_unit, signed_on
from pipeline.records import Document
from pipeline.redacted import seal

PUBLISHED = date(2026, 2, 10)


def notice(title: str, body: str) -> Document:
    return Document(
        id="d" + "0" * 24, source_kind="notice", source=seal("青檀县人民政府"), genre="notice", title=seal(title),
        body=seal(body), collected_at=datetime(2026, 2, 10, tzinfo=UTC), redactor_version="t", origin_id="d" + "0" * 24,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("青檀县人民政府征收土地预公告", "expropriation_pre_notice"),
        ("关于柘坪镇桐子湾村的征地预公告", "expropriation_pre_notice"),
        ("青檀县东外环公路征地补偿安置方案公告", "compensation_plan"),
        ("老机厂片区国有土地上房屋征收补偿方案（征求意见稿）公开征求意见的公告", "house_compensation_plan"),
        ("青檀县人民政府关于老机厂片区房屋征收决定的公告", "expropriation_decision"),
        ("征收土地公告", "expropriation_decision"),
        ("碾子坡项目环境影响报告书（征求意见稿）公示", "eia_draft"),
        ("碾子坡项目环评第二次信息公示", "eia_draft"),
        ("碾子坡项目环境影响评价第一次信息公示", "eia"),
        ("柘坪镇国土空间总体规划（草案）公示", "planning_draft"),
        ("锦禾家园二期规划设计方案公示", "planning"),
        ("关于公开征求《犬只管理办法》意见的公告", "solicitation"),
        ("关于征求公交线路调整意见的通告", "solicitation"),
        ("青檀县2026年事业单位招聘公告", None),
    ],
)  # fmt: skip
def test_the_kind_is_told_by_the_words_of_the_title(title: str, code: str | None) -> None:
    document = notice(title, "现将有关事项公告如下。")
    found = kind_of(document)
    assert (found and found[0].code) == code
    if found:
        assert found[1].quote(document) in title


def test_a_title_that_says_nothing_leaves_it_to_the_first_lines() -> None:
    document = notice("公告", "青檀县征收土地预公告\n根据土地管理法，现公告如下。")
    found = kind_of(document)
    assert found and found[0].code == "expropriation_pre_notice" and found[1].start >= 3


def test_the_spring_festival_is_no_working_day_and_shifted_days_are() -> None:
    assert end_of(date(2026, 2, 10), 10, "working_day") == date(2026, 3, 2)
    assert days_in(date(2026, 2, 14), date(2026, 2, 14), "working_day") == 1  # a Saturday that is worked
    assert days_in(date(2026, 2, 16), date(2026, 2, 20), "working_day") == 0
    assert end_of(date(2026, 2, 10), 30, "day") == date(2026, 3, 12)


def test_a_year_whose_holidays_are_not_announced_counts_weekdays_and_says_so() -> None:
    assert not holidays_known(date(2050, 1, 3))
    assert days_in(date(2050, 1, 3), date(2050, 1, 9), "working_day") == 5
    document = notice("征收土地预公告", "公告期10个工作日。")
    kind = kind_of(document)
    assert kind
    clock = clock_of(kind[0], document, date(2050, 1, 3))
    assert clock and not clock.holidays_known


@given(st.dates(date(2020, 1, 1), date(2026, 6, 1)), st.integers(1, 60), st.sampled_from(["day", "working_day"]))
def test_a_period_that_ends_on_the_statutory_day_has_the_statutory_length(published: date, days: int, unit) -> None:
    from datetime import timedelta

    last = end_of(published, days, unit)
    assert days_in(published + timedelta(days=1), last, unit) == days
    assert days_in(published + timedelta(days=1), last - timedelta(days=1), unit) < days


@pytest.mark.parametrize(
    ("text", "first", "last", "number", "unit"),
    [
        ("公告期限：自2026年3月2日起至2026年3月13日止。", "2026-03-02", "2026-03-13", None, "day"),
        ("公示时间为2026-03-02至2026-03-13", "2026-03-02", "2026-03-13", None, "day"),
        ("公示期：2026年12月28日—1月8日", "2026-12-28", "2027-01-08", None, "day"),
        ("征求意见时间：3月2日至13日", "2026-03-02", "2026-03-13", None, "day"),
        ("征求意见期限为30日。", None, None, 30, "day"),
        ("公示期为七个工作日", None, None, 7, "working_day"),
        ("自公告之日起10个工作日内书面提出意见", None, None, 10, "working_day"),
    ],
)
def test_announced_periods_are_read_where_they_stand(text: str, first, last, number, unit: str) -> None:
    whole = f"各村民：现将有关事项公告。{text}\n联系电话见附件。"
    found = announced_period(whole, PUBLISHED)
    assert found
    assert (found.first and found.first.isoformat(), found.last and found.last.isoformat()) == (first, last)
    assert (found.number, found.unit) == (number, unit)
    assert whole[found.start : found.end].strip("。") in text


@pytest.mark.parametrize(
    "text",
    ["请于2026年3月2日前办理登记。", "自公告之日起15日内办理补偿登记。", "公示期间请到村部查看。", "公告期限：自2月30日起至3月2日止", ""],
)  # fmt: skip
def test_other_dates_are_no_announced_period(text: str) -> None:
    assert announced_period(text, PUBLISHED) is None


def clock(title: str, body: str, published: date | None = PUBLISHED):
    document = notice(title, body)
    kind = kind_of(document)
    assert kind
    return clock_of(kind[0], document, published), document


def test_fewer_days_than_the_statute_are_a_fact_with_both_numbers_and_the_words() -> None:
    found, document = clock("征收土地预公告", "预公告时间：2026年2月10日至2026年2月24日。")
    assert found and (found.required, found.unit, found.announced, found.shorter) == (10, "working_day", 6, True)
    assert found.evidence and "2026年2月10日至2026年2月24日" in found.evidence.quote(document)
    assert found.basis == "土地管理法实施条例第二十六条" and found.earliest_end == date(2026, 3, 2)


def test_calendar_days_are_counted_as_working_days_where_the_statute_counts_those() -> None:
    found, _ = clock("征收土地预公告", "公告期为15日。")
    assert found and (found.announced, found.shorter) == (6, True)
    undated, _ = clock("征收土地预公告", "公告期为15日。", None)
    assert undated and undated.announced is None and undated.shorter is None


def test_a_notice_without_a_period_or_with_a_lawful_one_is_not_called_short() -> None:
    assert clock("征地补偿安置方案公告", "现予公告。")[0].shorter is None
    assert clock("征地补偿安置方案公告", "公告期限为30日。")[0].shorter is False
    assert clock("房屋征收决定公告", "公告期限为3日。")[0] is None


def test_the_issuing_unit_and_the_date_stand_at_the_foot() -> None:
    text = "征收土地预公告\n有关事项如下。\n青檀县人民政府\n2026年2月10日"
    start, end = issuing_unit(text)
    assert text[start:end] == "青檀县人民政府" and signed_on(text) == date(2026, 2, 10)
    labelled = "发布机构：青檀县自然资源局\n有关事项如下。"
    start, end = issuing_unit(labelled)
    assert labelled[start:end] == "青檀县自然资源局"
    assert issuing_unit("没有落款。") is None
