"""From numbers to passages: whatever the model says, what comes out lies in the text and fits together."""

from __future__ import annotations

from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_transformer import LETTERS, card, tokenizer_in

from models.transformer.card import Card
from models.transformer.decode import best_path, evidence, expected_overlap, log_shares, passages
from models.transformer.reader import Reading, joined
from models.transformer.tokens import windows

CARD = Card.model_validate(card())
WIDTH = CARD.tokens[-1].end
numbers = st.floats(-6, 6, allow_nan=False, width=32)
texts = st.text(alphabet=LETTERS + "😀㊣Ａ１ \n　é\u200d", max_size=60)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory):
    return tokenizer_in(tmp_path_factory.mktemp("tokenizer"))


@settings(deadline=None)
@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=6))
def test_the_path_is_the_best_of_all_that_begin_with_a_first_token(rows) -> None:
    scores = log_shares(np.array(rows, np.float32))

    def total(path) -> float:
        return float(sum(scores[i, label] for i, label in enumerate(path)))

    def allowed(path) -> bool:
        return all(label != 2 or (i and path[i - 1] != 0) for i, label in enumerate(path))

    found = best_path(scores)
    assert allowed(found)
    assert total(found) == pytest.approx(
        max(total(p) for p in product(range(3), repeat=len(rows)) if allowed(p)), abs=1e-4
    )


@settings(deadline=None)
@given(texts, st.integers(0, 2**32 - 1))
def test_passages_lie_in_the_text_apart_from_each_other_and_begin_and_end_in_no_blank(tokenizer, text, seed) -> None:
    ((item,),) = windows(tokenizer, [text], 512, 300)
    logits = np.random.default_rng(seed).normal(scale=3, size=(len(item), WIDTH)).astype(np.float32)
    outputs = [{"fields": np.zeros(CARD.fields[-1].end, np.float32), "tokens": logits}]
    reading = joined(CARD, [item], outputs)
    for kind in ("place", "demand", "cluener.name"):
        found = passages(CARD, reading, kind, text)
        assert all(0 <= one.start < one.end <= len(text) and 0 <= one.p <= 1 for one in found)
        assert all(a.end <= b.start for a, b in pairwise(found))
        assert all(text[one.start : one.end].strip() == text[one.start : one.end] for one in found)


@settings(deadline=None)
@given(texts, st.integers(8, 30), st.data())
def test_windows_cover_every_token_once_in_order(tokenizer, text, size, data) -> None:
    stride = data.draw(st.integers(1, size - 2))
    ((whole,),) = windows(tokenizer, [text], 512, 300)
    (parts,) = windows(tokenizer, [text], size, stride)
    outputs = [
        {
            "fields": np.zeros(CARD.fields[-1].end, np.float32),
            "tokens": np.array(part.ids, np.float32)[:, None].repeat(WIDTH, axis=1),
        }
        for part in parts
    ]
    reading = joined(CARD, parts, outputs)
    assert reading.places.tolist() == [list(place) for place in whole.offsets[1:-1]]
    assert reading.tokens[:, 0].tolist() == whole.ids[1:-1]
    assert reading.whole


def test_a_factor_that_one_window_shows_counts_for_the_text_and_the_rest_is_a_mean(tokenizer) -> None:
    (parts,) = windows(tokenizer, ["停水" * 20], 22, 20)
    quiet, loud = (np.full(CARD.fields[-1].end, value, np.float32) for value in (-3.0, 5.0))
    tokens = [np.zeros((len(part), WIDTH), np.float32) for part in parts]
    outputs = [{"fields": f, "tokens": t} for f, t in zip((quiet, loud), tokens, strict=True)]
    pooled = joined(CARD, parts, outputs).fields
    factors, attitude = CARD.find("fields", "factors"), CARD.find("fields", "attitude")
    assert (pooled[factors.start : factors.end] == 5.0).all()
    assert pooled[attitude.start] == pytest.approx(1.0)


def test_evidence_stands_at_its_characters_and_reaches_over_blanks(tokenizer) -> None:
    text = "停 水😀好"
    ((item,),) = windows(tokenizer, [text], 64, 40)
    column = CARD.find("tokens", "evidence").labels.index("water_supply")
    logits = np.full((len(item), WIDTH), -9.0, np.float32)
    logits[1:3, column] = 9.0
    reading = Reading(np.zeros(1, np.float32), logits[1:-1], np.array(item.offsets[1:-1]))
    p = evidence(CARD, reading, "water_supply", len(text))
    assert (p > 0.5).tolist() == [True, True, True, False, False]
    assert not evidence(CARD, reading, "no_such_factor", len(text)).any()


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.data())
def test_no_span_overlaps_the_evidence_better_than_fully(p, data) -> None:
    start = data.draw(st.integers(0, len(p) - 1))
    end = data.draw(st.integers(start + 1, len(p)))
    (value,) = expected_overlap(np.array(p), [(start, end)])
    assert 0 <= value <= 1 + 1e-9


def test_the_span_of_all_evidence_is_the_best() -> None:
    p = np.array([0.0, 1.0, 1.0, 0.0])
    spans = [(0, 4), (1, 3), (1, 2), (2, 4)]
    assert int(expected_overlap(p, spans).argmax()) == 1


def test_a_text_without_a_token_has_no_passage(tokenizer: Path) -> None:
    reading = Reading(np.zeros(1, np.float32), np.zeros((0, WIDTH), np.float32), np.zeros((0, 2), np.int64))
    assert passages(CARD, reading, "place", " ") == []
    assert evidence(CARD, reading, "water_supply", 1).tolist() == [0.0]
