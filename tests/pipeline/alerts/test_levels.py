"""Levels by how rarely a quiet series reaches them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.alerts.nab_score import Labelled, normalised, raw_score
from pipeline.alerts import DetectorSettings, LevelRules, shipped_recurrence
from pipeline.alerts.tail import quantile, upper_tail


def test_rarer_levels_ask_for_higher_scores() -> None:
    thresholds = LevelRules.of(shipped_recurrence()).thresholds
    assert list(thresholds) == sorted(set(thresholds))


@given(score=st.floats(0, 30), more=st.floats(0.01, 5))
def test_a_higher_score_is_never_more_frequent(score: float, more: float) -> None:
    recurrence = shipped_recurrence()
    months = recurrence.months(np.array([score, score + more]))
    chances = recurrence.news_p(np.array([score, score + more]))
    assert months[0] <= months[1]
    assert 0 < chances[1] <= chances[0] <= 1


@pytest.mark.parametrize("per_month", [0.25, 0.05, 0.01, 0.001])
def test_a_threshold_is_reached_as_often_as_was_asked(per_month: float) -> None:
    recurrence = shipped_recurrence()
    months = recurrence.months(np.array([recurrence.threshold(per_month)]))
    assert months[0] == pytest.approx(1 / per_month, rel=0.01)


def test_the_table_was_made_with_the_settings_that_ship() -> None:
    assert shipped_recurrence().settings == DetectorSettings().version()


@given(
    mean=st.floats(0.01, 500),
    dispersion=st.floats(1.0, 5.0),
    count=st.integers(1, 400),
    p=st.sampled_from([0.05, 0.95]),
)
def test_tail_and_quantile_are_of_one_distribution(mean: float, dispersion: float, count: int, p: float) -> None:
    means, dispersions = np.array([mean]), np.array([dispersion])
    tails = [float(upper_tail(np.array([float(c)]), means, dispersions)[0]) for c in (count, count + 1)]
    assert 0 < tails[1] <= tails[0] <= 1
    bound = float(quantile(p, means, np.array([max(dispersion, 1.001)]))[0])
    above = float(upper_tail(np.array([bound + 1]), means, np.array([max(dispersion, 1.001)]))[0])
    assert above <= 1 - p + 1e-3


def labelled() -> Labelled:
    return Labelled("counts", np.arange(1000), np.zeros(1000), ((300, 399), (700, 799)))


def test_a_perfect_detector_has_a_hundred_and_a_silent_one_nothing() -> None:
    series = labelled()
    perfect, silent = np.zeros(1000, dtype=bool), np.zeros(1000, dtype=bool)
    perfect[[300, 700]] = True
    assert normalised(raw_score(series, perfect), 2) == pytest.approx(100, abs=0.5)
    assert normalised(raw_score(series, silent), 2) == pytest.approx(0)


def test_a_false_alarm_costs_and_a_late_hit_is_worth_less() -> None:
    series = labelled()

    def score(*rows: int) -> float:
        detected = np.zeros(1000, dtype=bool)
        detected[list(rows)] = True
        return normalised(raw_score(series, detected), 2)

    assert score(300, 700) > score(390, 700) > score(700)
    assert score(300, 700, 600) < score(300, 700)
    assert score(300, 700, 100) == score(300, 700)
