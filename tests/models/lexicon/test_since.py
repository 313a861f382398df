"""Since when: the words, and the day they mean on the day of publication."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lexicon.dates import resolve

PUBLISHED = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("words", "since"),
    [
        ("三年前", (date(2023, 3, 10), "year")),
        ("2018年5月以来", (date(2018, 5, 1), "month")),
        ("从去年10月", (date(2025, 10, 1), "month")),
        ("半年多了", (date(2025, 9, 10), "month")),
        ("快一个月了", (date(2026, 2, 10), "month")),
        ("昨天", (date(2026, 3, 9), "day")),
        ("自2018年8月3日至今", (date(2018, 8, 3), "day")),
        ("2019.3.4", (date(2019, 3, 4), "day")),
        ("5月份", (date(2025, 5, 1), "month")),
        ("2月", (date(2026, 2, 1), "month")),
        ("05年", (date(2005, 1, 1), "year")),
        ("98年", (date(1998, 1, 1), "year")),
        ("去年年底", (date(2025, 12, 1), "month")),
        ("两个星期", (date(2026, 2, 24), "day")),
        ("一年半", (date(2024, 9, 10), "month")),
        ("多年来", (None, "unknown")),
        ("长期", (None, "unknown")),
    ],
)
def test_words_resolve_to_a_day_with_its_precision(words: str, since: tuple[date | None, str]):
    assert resolve(words, PUBLISHED) == since


def test_without_a_publication_date_only_named_years_have_a_day():
    assert resolve("2018年5月以来", None) == (date(2018, 5, 1), "month")
    assert resolve("三年前", None) == (None, "unknown")
    assert resolve("去年10月", None) == (None, "unknown")


def test_the_end_of_february_is_met_in_any_year():
    assert resolve("三个月", date(2024, 5, 31)) == (date(2024, 2, 29), "month")


def test_the_passage_is_marked_with_its_day(read):
    doc = read("停水\n我们小区从去年10月开始一直停水，没人管。")
    (span,) = doc.spans["since"]
    assert "去年10月" in span.text
    assert span._.since == (date(2025, 10, 1), "month")


def test_an_unknown_publication_date_leaves_the_words_and_no_day(read):
    (span,) = read("停水\n我们小区从去年10月开始一直停水，没人管。", day=None).spans["since"]
    assert span._.since == (None, "unknown")


@given(st.text(alphabet="0123456789一二三十几半多去前今昨年月日天周个星期.号前后", max_size=12))
def test_no_words_break_the_calendar(words: str):
    day, precision = resolve(words, PUBLISHED)
    assert (day is None) == (precision == "unknown")
