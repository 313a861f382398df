"""Days that are not what their weekday says, and hours that not every source delivered."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from pipeline.alerts import SourceHour, growth, observe
from pipeline.alerts.calendar import HOLIDAY, MADE_UP_WORKDAY, covered, day_kind

HOUR = datetime(2026, 3, 2, 9)
LONG_AGO = HOUR - timedelta(days=400)


def test_spring_festival_is_a_holiday_and_is_paid_for_on_a_saturday() -> None:
    assert day_kind(date(2026, 2, 17)) == HOLIDAY
    assert day_kind(date(2026, 2, 14)) == MADE_UP_WORKDAY
    assert day_kind(date(2026, 3, 7)) == 5


def test_a_year_not_announced_keeps_weekdays_and_fixed_holidays() -> None:
    assert not covered(date(2039, 6, 1))
    assert day_kind(date(2039, 6, 1)) == date(2039, 6, 1).weekday()
    assert day_kind(date(2039, 10, 1)) == HOLIDAY


def test_a_source_that_failed_lowers_the_exposure_by_its_weight() -> None:
    seen = observe(
        HOUR,
        [SourceHour("board", LONG_AGO, 3, 9), SourceHour("weibo", LONG_AGO, missing=True)],
        {"board": 3.0, "weibo": 1.0},
    )
    assert (seen.count, seen.total, seen.exposure, seen.missing) == (3, 9, 0.75, False)


def test_no_source_is_a_missing_hour() -> None:
    assert observe(HOUR, [SourceHour("board", LONG_AGO, missing=True)], {"board": 1.0}).missing
    assert observe(HOUR, [], {}).missing


def test_a_new_source_is_watched_before_it_counts() -> None:
    young = SourceHour("weibo", HOUR - timedelta(days=13), 40, 80)
    seen = observe(HOUR, [SourceHour("board", LONG_AGO, 2, 5), young], {"board": 1.0})
    assert (seen.count, seen.total, seen.exposure) == (2, 5, 1.0)
    grown = observe(HOUR + timedelta(days=2), [SourceHour("board", LONG_AGO, 2, 5), young], {"board": 1.0})
    assert grown.count == 42


def test_one_capped_source_makes_the_hour_a_lower_bound() -> None:
    assert observe(HOUR, [SourceHour("a", LONG_AGO, 1), SourceHour("b", LONG_AGO, 9, capped=True)], {}).capped


def test_growth_is_the_new_source_beside_the_others() -> None:
    assert growth({"board": 30, "weibo": 15}, "weibo") == pytest.approx(1.5)
