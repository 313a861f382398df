"""What fell into each trailing window, whenever it is asked."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.incident_cards import recurrence_zh
from pipeline.alerts import State, States, windows
from pipeline.alerts.detector import Detector
from pipeline.alerts.observation import Observation, moment_of
from pipeline.alerts.settings import BLOCK, WINDOWS


@given(st.integers(0, 40), st.integers(170, 200))
def test_between_ticks_no_hour_is_counted_twice(begin: int, many: int) -> None:
    """One origin an hour: a window holds as many as it is long, or less by the part of a block that it leaves out."""
    states = States.new(1)
    one = np.ones(1)
    for tick in range(begin, begin + many):
        windows.push(states, one, one, one)
        windows.close_blocks(states, np.array([tick]))
    observed, exposure = windows.sums(states, np.array([tick]), closed=True)
    left_out = (BLOCK - 1 - tick % BLOCK) % BLOCK
    assert observed[0].tolist() == [length - (left_out if length > 24 else 0) for length in WINDOWS]
    assert (observed == exposure).all()


def test_two_days_are_not_two_and_a_quarter() -> None:
    """24 origins in two days of one each second hour, as a state between two ticks has them."""
    detector, state = Detector(), State.new()
    begin = moment_of(6 * 1000)
    for hour in range(240):
        state, _ = detector.step(state, Observation(begin + timedelta(hours=hour), float(hour % 2)))
    states = States.unpack([state])
    assert states.columns["tick"][0] % BLOCK == BLOCK - 1
    observed, _ = windows.sums(states, states.columns["tick"], closed=True)
    assert observed[0][WINDOWS.index(48)] == 24


@pytest.mark.parametrize(
    ("months", "said"), [(1200.0, "约百年以上一次"), (12000.0, "约百年以上一次"), (240.0, "约每 20 年一次")]
)
def test_a_simulated_tail_claims_no_more_than_it_can(months: float, said: str) -> None:
    assert recurrence_zh(months) == said
