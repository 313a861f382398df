"""Measures and their intervals: bounds, order, perfection, and agreement with the plain figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from models import evaluate as plain
from pipeline.evaluation.figures import Quantity, interval
from pipeline.evaluation.figures import value_of as value
from pipeline.evaluation.measures import Counts, accuracy, average_precision, mean, roc_auc

LABELS = st.sampled_from(["traffic", "noise", "water", None])
PAIRS = st.lists(st.tuples(LABELS, LABELS), min_size=1, max_size=30)
SETS = st.lists(st.tuples(st.sets(LABELS), st.sets(LABELS)), min_size=1, max_size=20)
steady = settings(deadline=None)
"""On a busy machine an example may take long."""
RANKED = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=40)


def label_measures(pairs):
    gold, said = map(list, zip(*pairs, strict=True))
    counts = Counts.of_labels(gold, said)
    return [accuracy(gold, said), counts.micro_f1, counts.macro_f1, counts.precision, counts.recall]


def set_measures(pairs):
    counts = Counts.of_sets(*map(list, zip(*pairs, strict=True)))
    return [counts.micro_f1, counts.macro_f1, counts.precision, counts.recall]


def ranking_measures(rows):
    return [roc_auc(*zip(*rows, strict=True)), average_precision(*zip(*rows, strict=True))]


@steady
@given(PAIRS, SETS, RANKED)
def test_every_measure_lies_between_nothing_and_all(pairs, sets, ranked):
    for measures, rows in (
        (label_measures(pairs), pairs),
        (set_measures(sets), sets),
        (ranking_measures(ranked), ranked),
    ):
        assert all(0 <= value(measure, len(rows)) <= 1 + 1e-12 for measure in measures)


@steady
@given(PAIRS, SETS, RANKED, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(pairs, sets, ranked, random):
    for make, rows in ((label_measures, pairs), (set_measures, sets), (ranking_measures, ranked)):
        shuffled = random.sample(rows, len(rows))
        before, after = ([value(measure, len(rows)) for measure in make(some)] for some in (rows, shuffled))
        assert before == pytest.approx(after)


@steady
@given(st.lists(LABELS, min_size=1, max_size=30))
def test_predictions_equal_to_the_gold_are_perfect(gold):
    for measure in label_measures(list(zip(gold, gold, strict=True))):
        assert value(measure, len(gold)) == 1


@steady
@given(st.lists(st.booleans(), min_size=2, max_size=30).filter(lambda truth: 0 < sum(truth) < len(truth)))
def test_scores_that_separate_are_perfect_and_reversed_ones_are_worst(truth):
    scores = [float(value) for value in truth]
    assert value(roc_auc(scores, truth), len(truth)) == value(average_precision(scores, truth), len(truth)) == 1
    assert value(roc_auc([-score for score in scores], truth), len(truth)) == 0


@steady
@given(PAIRS, SETS)
def test_with_every_row_once_they_are_the_plain_figures(pairs, sets):
    gold, said = map(list, zip(*pairs, strict=True))
    counts = Counts.of_labels(gold, said)
    assert value(accuracy(gold, said), len(gold)) == pytest.approx(plain.accuracy(gold, said))
    assert value(counts.macro_f1, len(gold)) == pytest.approx(plain.macro_f1(gold, said))
    gold_sets, said_sets = map(list, zip(*sets, strict=True))
    counts = Counts.of_sets(gold_sets, said_sets)
    assert value(counts.micro_f1, len(sets)) == pytest.approx(plain.micro_f1(gold_sets, said_sets))
    assert value(counts.macro_f1, len(sets)) == pytest.approx(plain.label_macro_f1(gold_sets, said_sets))


@steady
@given(RANKED.filter(lambda rows: 0 < sum(true for _, true in rows) < len(rows)))
def test_rankings_agree_with_scikit_learn(rows):
    scores, truth = zip(*rows, strict=True)
    assert value(roc_auc(scores, truth), len(rows)) == pytest.approx(metrics.roc_auc_score(truth, scores))
    assert value(average_precision(scores, truth), len(rows)) == pytest.approx(
        metrics.average_precision_score(truth, scores)
    )


@steady
@given(PAIRS, st.data())
def test_a_row_that_counts_twice_is_a_row_that_stands_twice(pairs, data):
    times = data.draw(st.lists(st.integers(0, 3), min_size=len(pairs), max_size=len(pairs)).filter(any))
    repeated = [pair for pair, count in zip(pairs, times, strict=True) for _ in range(count)]
    weights = np.array([times], dtype=float)
    for weighted, counted in zip(label_measures(pairs), label_measures(repeated), strict=True):
        assert float(np.nan_to_num(weighted(weights)[0])) == pytest.approx(value(counted, len(repeated)))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_an_interval_holds_its_figure_lies_in_bounds_and_is_the_same_every_time(right):
    measure = mean([float(one) for one in right])
    low, high = interval(measure, len(right))
    assert 0 <= low <= value(measure, len(right)) <= high <= 1
    assert (low, high) == interval(measure, len(right))


def test_more_texts_make_a_figure_surer():
    few, many = ([float(n % 10 < 7) for n in range(size)] for size in (30, 3000))
    (low, high), (lower, upper) = interval(mean(few), 30), interval(mean(many), 3000)
    assert upper - lower < (high - low) / 5
    assert upper - lower == pytest.approx(2 * 1.96 * (0.7 * 0.3 / 3000) ** 0.5, rel=0.15)


def test_where_the_gold_has_nothing_there_is_no_case_and_no_interval():
    figure = Quantity.f1("places F1", Counts.of_sets([set(), set()], [set(), {"青石坳"}])).figure()
    assert (figure.value, figure.rows, figure.low, figure.high) == (0, 0, None, None)


def test_draws_without_a_true_row_do_not_pull_the_interval_down():
    figure = Quantity.over("ranking", roc_auc([0.1, 0.9], [False, True]), 2).figure()
    assert (figure.value, figure.low, figure.high) == (1, 1, 1)
