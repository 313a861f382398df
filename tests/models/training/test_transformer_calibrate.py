"""Calibration keeps its word on texts it was not fitted on, and the linear model is heard only where it helps."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from hypothesis import given, settings
from hypothesis import strategies as st

from models.calibration import sigmoid, softmax
from models.training.transformer.calibrate import Calibration, known
from models.training.transformer.card import Evidence, model_card
from models.training.transformer.fuse import Known, calibrated, cost, fit, probabilities, unseen
from models.training.transformer.heads import fields
from models.training.transformer.linear_opinion import aligned
from models.transformer.card import Blend, Card
from models.transformer.fusion import fused

HEADS = {head.name: head for head in fields()}
ROWS = 400


def single(seed: int, too_sure: float, labels: int = 3) -> Known:
    """Truth drawn from the softmax of the logits, which are then stated ``too_sure`` times as large."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.5, (ROWS, labels))
    truth = np.array([rng.multinomial(1, p) for p in softmax(logits)], float)
    return Known(logits * too_sure, truth, True, np.arange(ROWS) % 5)


def independent(seed: int, shift: float) -> Known:
    rng = np.random.default_rng(seed)
    logits = rng.normal(-1, 1.5, (ROWS, 4))
    truth = (rng.random((ROWS, 4)) < sigmoid(logits)).astype(float)
    return Known(logits + shift, truth, False, np.arange(ROWS) % 5)


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 999), st.floats(0.5, 3))
def test_a_temperature_takes_back_what_a_head_is_too_sure_by(seed: int, too_sure: float) -> None:
    assert 1 / fit(single(seed, too_sure)).transformer == pytest.approx(too_sure, rel=0.3)


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 999), st.floats(-2, 2))
def test_a_bias_takes_back_a_shift_of_independent_labels(seed: int, shift: float) -> None:
    rows = independent(seed, shift)
    assert calibrated(rows).figures["ece after"] < 0.06
    assert cost(unseen(rows), rows.truth, False) < cost(probabilities(rows, Blend()), rows.truth, False) + 0.01


def test_a_linear_model_that_knows_something_is_fused_and_noise_is_not() -> None:
    rows = single(4, 1.0)
    rng = np.random.default_rng(8)
    knows = Known(
        rows.logits, rows.truth, True, rows.fold, np.log(0.6 * rows.truth + 0.13 + 0.01 * rng.random((ROWS, 3)))
    )
    noise = Known(rows.logits, rows.truth, True, rows.fold, rng.normal(0, 1, (ROWS, 3)))
    assert calibrated(knows).blend.linear > 0.3
    assert calibrated(noise).blend.linear == 0


def test_serving_gives_the_probabilities_that_were_fitted() -> None:
    """What calibration writes into a card means to the classifier what it meant here."""
    rng = np.random.default_rng(2)
    for name in ("attitude", "factors", "repeated_unresolved"):
        head = HEADS[name]
        width = len(head.labels)
        linear = rng.uniform(0.01, 0.9, (ROWS, width))
        if head.kind == "single":
            linear /= linear.sum(axis=1, keepdims=True)
            truth = np.array([rng.multinomial(1, p) for p in linear], float)
        else:
            truth = (rng.random((ROWS, width)) < linear).astype(float)
        odds = np.log(linear) if head.kind == "single" else np.log(linear) - np.log1p(-linear)
        rows = Known(rng.normal(0, 1, (ROWS, width)), truth, head.kind == "single", np.arange(ROWS) % 5, odds)
        fitted, found = calibrated(rows), Calibration()
        assert fitted.blend.linear > 0.5
        found.put(name, head, fitted)
        card = Card.model_validate(
            {
                "name": "t", "hidden": 8, "max_tokens": 64, "tokens": [], "pair": [],
                "fields": [{"head": name, "kind": head.kind, "labels": head.labels, "start": 0, "end": width}],
                "temperature": found.temperature, "fusion": found.fusion,
            }
        )  # fmt: skip
        served = fused(card, rows.logits[0], card.fields[0], list(linear[0]))
        np.testing.assert_allclose(served, probabilities(rows, fitted.blend)[0], atol=1e-3)


def test_the_linear_models_primary_factor_is_shared_with_none() -> None:
    codes = HEADS["factors"].labels[:2]
    found = aligned(
        {"grievance": np.array([0.8]), "primary": np.array([[0.25, 0.75]])},
        {"grievance": ("grievance",), "primary": codes},
    )
    row = dict(zip(HEADS["primary"].labels, found["primary"][0], strict=True))
    assert row[codes[1]] == pytest.approx(0.6) and row["none"] == pytest.approx(0.2)
    assert sum(row.values()) == pytest.approx(1)


def test_a_label_that_a_head_does_not_have_is_left_out() -> None:
    from models.training.transformer.rows import Example

    width = sum(len(head.labels) for head in fields())
    outputs = [(np.zeros(width, np.float32), np.zeros((3, 1), np.float32), np.zeros(6, np.float32))] * 2
    examples = [Example("甲", {"stakeholder": "unstated"}), Example("乙", {"stakeholder": "no such group"})]
    assert len(known(HEADS["stakeholder"], examples, outputs).logits) == 1


def test_the_model_card_names_every_head_and_says_who_labelled() -> None:
    heads = [{"head": h.name, "kind": h.kind, "labels": h.labels, "start": 0, "end": len(h.labels)} for h in fields()]
    card = {
        "name": "t", "layers": 2, "hidden": 32, "window": 64, "stride": 48, "sentence": {"max_tokens": 64},
        "fields": heads, "tokens": [], "pair": [], "temperature": {"domain": 1.5}, "fusion": {},
        "thresholds": {"grievance": 0.5}, "calibration": {
            "domain": {"rows": 10, "nll alone": 0.5, "ece before": 0.1, "ece after": 0.05}},
    }  # fmt: skip
    text = model_card(card, Evidence({"letters": [7, 3]}, {"gold": {"attitude.accuracy": 0.9}}, []))
    assert all(f"| {head.name} |" in text for head in fields())
    assert "AI annotators" in text and "MIT" in text and "| gold | attitude.accuracy | 0.900 |" in text
