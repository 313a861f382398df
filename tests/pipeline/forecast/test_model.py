"""The forecast: what a habit says about days ahead, and that it says nothing it cannot know."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.alerts import Detector, Observations, State, States, tick_of
from pipeline.forecast import forecast

BEGIN = datetime(2025, 3, 3)
DETECTOR = Detector()


def habit(per_day: list[float]) -> State:
    """The state after so many days with these counts, spread over the hours from 8 to 20."""
    states = States.new(1)
    for number, count in enumerate(per_day):
        for hour in range(24):
            share = count / 12 if 8 <= hour < 20 else 0.0
            moment = BEGIN + timedelta(days=number, hours=hour)
            DETECTOR.step_many(states, Observations.at(tick_of(moment), np.array([share])))
    return State(states.row_bytes(0))


@pytest.fixture(scope="module")
def steady() -> State:
    return habit([24.0] * 42)


def test_a_steady_series_is_expected_to_go_on(steady: State):
    days = forecast(steady, date(2025, 4, 14), 14)
    assert [day.day for day in days] == [date(2025, 4, 14) + timedelta(days=n) for n in range(14)]
    working = [day.expected for day in days if day.day.weekday() < 4]
    assert all(18 < expected < 32 for expected in working)


def test_intervals_nest_and_widen_with_the_horizon(steady: State):
    days = forecast(steady, date(2025, 4, 14), 21)
    for day in days:
        assert day.ninety[0] <= day.half[0] <= day.median <= day.half[1] <= day.ninety[1]
    assert days[14].ninety[1] - days[14].ninety[0] >= days[0].ninety[1] - days[0].ninety[0]


def test_a_rise_of_the_last_days_is_carried_on_and_fades():
    risen = habit([12.0] * 40 + [48.0] * 2)
    days = forecast(risen, date(2025, 4, 14), 28)
    same_weekday = [days[0].expected, days[7].expected, days[21].expected]
    assert same_weekday == sorted(same_weekday, reverse=True) and same_weekday[0] > 1.2 * same_weekday[2]


def test_a_public_holiday_is_expected_to_be_quieter(steady: State):
    by_day = {day.day: day.expected for day in forecast(steady, date(2025, 4, 28), 14)}
    assert by_day[date(2025, 5, 2)] < by_day[date(2025, 5, 9)]  # labour day and an ordinary Friday


def test_what_was_never_observed_has_no_forecast(steady: State):
    with pytest.raises(ValueError, match="E830"):
        forecast(State.new(), date(2025, 4, 14), 14)
    with pytest.raises(ValueError, match="E830"):
        forecast(steady, date(2025, 4, 13), 14)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=3, max_size=5))
def test_any_history_gives_finite_ordered_counts(counts: list[int]):
    state = habit([float(count) for count in counts])
    for day in forecast(state, (BEGIN + timedelta(days=len(counts))).date(), 14):
        assert 0 <= day.ninety[0] <= day.half[0] <= day.median <= day.half[1] <= day.ninety[1] < 10**6
        assert np.isfinite(day.expected) and day.expected > 0
