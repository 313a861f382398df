"""Figures that reports rest on, checked on cases small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calibration import Logistic, brier, expected_calibration_error, sigmoid, softmax
from models.evaluate import (
    accuracy,
    character_f1,
    f1_of,
    gram_overlap,
    label_macro_f1,
    macro_f1,
    micro_f1,
    precision_recall,
    span_f1,
)


def test_a_model_that_always_says_the_common_label_looks_good_only_by_accuracy():
    gold, said = ["a"] * 9 + ["b"], ["a"] * 10
    assert accuracy(gold, said) == 0.9
    assert macro_f1(gold, said) == pytest.approx((18 / 19) / 2)


def test_micro_f1_counts_pairs_and_macro_f1_counts_labels():
    gold, said = [{"a", "b"}, {"a"}], [{"a"}, {"a", "c"}]
    assert micro_f1(gold, said) == pytest.approx(4 / 6)
    assert label_macro_f1(gold, said) == pytest.approx(0.5)


def test_nothing_said_and_nothing_wanted_is_no_success():
    assert f1_of([False], [False]) == 0
    assert precision_recall(0, 0, 0) == (0, 0, 0)


def test_both_absent_agree_and_one_absent_does_not():
    assert character_f1(None, None) == 1
    assert character_f1("停水", None) == 0
    assert character_f1("停水三天", "停水") == pytest.approx(2 * 2 / 6)


def test_overlap_of_spans_is_symmetric():
    assert span_f1((0, 4), (2, 6)) == span_f1((2, 6), (0, 4)) == 0.5
    assert span_f1((0, 2), (2, 4)) == 0


def test_n_grams_leave_white_space_out_and_count_repetitions():
    assert gram_overlap("停水三天了", "停水\n三天 了") == (1, 1, 1)
    assert gram_overlap("停水三天了", "停水三天") == pytest.approx((1, 1 / 2, 2 / 3))
    assert gram_overlap("停水停水停水", "停水停水") == pytest.approx((1, 1 / 3, 1 / 2))
    assert gram_overlap("", "") == (1, 1, 1)
    assert gram_overlap("停水", "") == (0, 0, 0)


def test_honest_probabilities_have_no_calibration_error():
    p = np.array([0.25] * 4 + [0.75] * 4)
    truth = np.array([1, 0, 0, 0, 1, 1, 1, 0])
    assert expected_calibration_error(p, truth) == pytest.approx(0)
    assert expected_calibration_error(1 - p, truth) == pytest.approx(0.5)
    assert brier(truth, truth) == 0


@given(st.lists(st.floats(-800, 800), min_size=1, max_size=8))
def test_shares_sum_to_one_however_large_the_scores(scores):
    assert softmax(np.array(scores)).sum() == pytest.approx(1)
    assert ((sigmoid(np.array(scores)) >= 0) & (sigmoid(np.array(scores)) <= 1)).all()


def test_one_column_is_a_probability_and_several_are_shares():
    yes = Logistic(np.zeros(1), np.ones(1), np.ones((1, 1)), np.zeros(1))
    choice = Logistic(np.zeros(1), np.ones(1), np.array([[1.0, -1.0]]), np.zeros(2))
    assert yes.probabilities(np.array([0.0])) == 0.5
    assert choice.probabilities(np.array([3.0])).argmax() == 0
