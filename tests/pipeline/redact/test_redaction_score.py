"""Agreement of spans."""

import pytest

from pipeline.redact.score import SpanScore, span_scores


def test_a_found_a_missing_and_a_wrong_span_are_counted_by_class():
    scores = span_scores([[(0, 2, "name"), (5, 9, "phone")]], [[(0, 2, "name"), (3, 4, "name")]])
    assert scores == {"name": SpanScore(1, 1, 0), "phone": SpanScore(0, 0, 1)}
    assert (scores["name"].precision, scores["name"].recall, scores["phone"].f1) == (0.5, 1.0, 0.0)
    assert scores["name"].f1 == pytest.approx(2 / 3)


def test_an_overlap_counts_only_when_asked_for_and_only_once():
    gold, found = [[(0, 4, "name")]], [[(0, 2, "name"), (2, 4, "name")]]
    assert span_scores(gold, found)["name"] == SpanScore(0, 2, 1)
    assert span_scores(gold, found, exact=False)["name"] == SpanScore(1, 1, 0)


def test_texts_that_do_not_pair_are_refused():
    with pytest.raises(ValueError, match="zip"):
        span_scores([[]], [])
