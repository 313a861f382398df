"""The tagger's decoding and the gradients it was trained with."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.tagger.chain import WINDOW, windows
from models.tagger.facility import best_passages, context_rows, passage_scores
from models.tagger.features import TEMPLATES, codes_of
from models.tagger.labels import ALLOWED, LABELS, MAY_BEGIN, MAY_END, best_labels, clauses, passages
from models.training.chain import gradient as chain_gradient
from models.training.examples import label

COUNT = len(LABELS)


def total(sequence, scores, transitions):
    steps = sum(transitions[a, b] for a, b in pairwise(sequence))
    return sum(scores[n, one] for n, one in enumerate(sequence)) + steps


def is_allowed(sequence):
    inner = all(ALLOWED[a, b] for a, b in pairwise(sequence))
    return bool(inner and MAY_BEGIN[sequence[0]] and MAY_END[sequence[-1]])


@pytest.mark.parametrize("seed", range(12))
def test_the_best_sequence_is_the_one_that_trying_all_of_them_finds(seed):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(7, COUNT)).astype(np.float32)
    transitions = rng.normal(size=(COUNT, COUNT)).astype(np.float32)
    found = best_labels(scores, transitions, [(0, 3), (4, 7)]).tolist()
    for start, end in ((0, 3), (4, 7)):
        options = [s for s in product(range(COUNT), repeat=end - start) if is_allowed(s)]
        best = max(options, key=lambda s, a=start, b=end: total(s, scores[a:b], transitions))
        assert tuple(found[start:end]) == best
    assert found[3] == 0


def test_labels_and_passages_say_the_same():
    text = "柳泉镇石桥村找过石桥村村委会，在柳泉镇没人管"
    labels = label(text, {"places": ["柳泉镇石桥村", "柳泉镇"], "organisations": ["石桥村村委会"]})
    found = {kind: [text[a:b] for a, b in spans] for kind, spans in passages(labels).items()}
    assert found == {"places": ["柳泉镇石桥村", "柳泉镇"], "organisations": ["石桥村村委会"]}


@given(st.text(st.sampled_from("柳泉，。\n镇a：1"), max_size=200))
def test_clauses_hold_every_character_but_the_punctuation_once(text):
    covered = [at for start, end in clauses(text) for at in range(start, end)]
    assert covered == [n for n, sign in enumerate(text) if sign not in "，。\n："]


@given(st.integers(0, 3 * WINDOW), st.integers(1, 500))
def test_windows_follow_each_other_without_gap(length, step):
    text = ("话" * step + "。") * (length // (step + 1))
    edges = list(windows(text))
    assert [start for start, _ in edges] == [0, *(end for _, end in edges)][: len(edges)]
    assert not text or edges[-1][1] == len(text)
    assert all(0 < end - start <= WINDOW for start, end in edges)


def test_the_same_context_gives_the_same_features_wherever_it_stands():
    first, second = (
        codes_of("甲乙丙丁戊己庚辛，柳泉镇，甲乙丙丁戊己庚辛"),
        codes_of("甲乙丙丁戊己庚辛，石桥村，甲乙丙丁戊己庚辛"),
    )
    assert first.shape == (TEMPLATES, 21)
    assert (first[:, 0] == second[:, 0]).mean() > 0.9
    assert (first[:, 10] == second[:, 10]).mean() < 0.5


def test_the_gradient_of_the_chain_is_the_slope_of_its_loss():
    rng = np.random.default_rng(5)
    scores, transitions = rng.normal(size=(6, COUNT)), rng.normal(size=(COUNT, COUNT))
    gold = np.array([1, 2, 3, 0, 5, 7], dtype=np.int8)
    grid = np.array([[0, 1, 2, 3], [4, 5, -1, -1]])
    by_scores, by_moves, _ = chain_gradient(scores, gold, grid, transitions)
    for row, column in ((0, 1), (2, 3), (4, 5), (5, 0)):
        moved = scores.copy()
        moved[row, column] += 1e-5
        slope = (
            chain_gradient(moved, gold, grid, transitions)[2] - chain_gradient(scores, gold, grid, transitions)[2]
        ) / 1e-5
        assert slope == pytest.approx(by_scores[row, column], abs=1e-3)
    for a, b in ((1, 2), (3, 0), (0, 0)):
        moved = transitions.copy()
        moved[a, b] += 1e-5
        slope = (
            chain_gradient(scores, gold, grid, moved)[2] - chain_gradient(scores, gold, grid, transitions)[2]
        ) / 1e-5
        assert slope == pytest.approx(by_moves[a, b], abs=1e-3)


def test_the_best_passages_do_not_overlap_and_beat_silence():
    scores = np.zeros((10, 3), dtype=np.float32)
    scores[2, 0] = scores[4, 2] = 5
    scores[7, 0] = scores[8, 2] = 3
    scores[:, 1] = -0.5
    totals = passage_scores(scores, np.zeros(6, dtype=np.float32))
    assert best_passages(totals.copy(), 2.0) == ((2, 5), (7, 9))
    assert best_passages(totals.copy(), 6.0) == ((2, 5),)
    assert best_passages(totals.copy(), 20.0) == ()


def test_a_name_said_twice_has_another_context_than_one_said_once():
    once, twice = "标题\n石桥村停水了", "石桥村\n石桥村停水了"
    named = {"places": ["石桥村"], "organisations": []}
    rows = [context_rows(text, label(text, named))[:, text.rindex("石桥村")] for text in (once, twice)]
    assert (rows[0] != rows[1]).any()
