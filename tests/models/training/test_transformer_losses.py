"""Soft labels cost what a distribution costs; hard ones what they always did."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from torch.nn import functional as F  # noqa: E402, N812

from models.training.transformer.losses import FIELDS, SMOOTHING, _head_loss  # noqa: E402

HEADS = {head.name: head for head in FIELDS}


def logits(count: int, seed: int, rows: int = 1) -> torch.Tensor:
    return torch.randn(rows, count, generator=torch.Generator().manual_seed(seed))


@settings(deadline=None)
@given(st.lists(st.floats(0.01, 1), min_size=3, max_size=3), st.integers(0, 99))
def test_a_soft_label_costs_its_cross_entropy(given_: list[float], seed: int) -> None:
    shares = [share / sum(given_) for share in given_]
    values = logits(3, seed)
    found = _head_loss(HEADS["attitude"], values, [dict(zip(HEADS["attitude"].labels, shares, strict=True))])
    wanted = -sum(share * float(log) for share, log in zip(shares, values.log_softmax(1)[0], strict=True))
    assert math.isclose(float(found), wanted, rel_tol=1e-4, abs_tol=1e-5)


def test_a_hard_label_is_smoothed_and_an_unknown_one_costs_nothing() -> None:
    values = logits(3, 1, rows=2)
    found = _head_loss(HEADS["attitude"], values, ["neutral", "no such label"])
    wanted = F.cross_entropy(values[:1], torch.tensor([1]), label_smoothing=SMOOTHING)
    assert torch.allclose(found, torch.stack([wanted, torch.tensor(0.0)]))


def test_factors_between_yes_and_no_cost_less_where_the_network_is_as_unsure() -> None:
    head = HEADS["factors"]
    values = torch.full((1, len(head.labels)), -8.0)
    values[0, 0] = 0.0
    code = head.labels[0]
    half, yes = (float(_head_loss(head, values, [{code: share}])) for share in (0.5, 1.0))
    assert math.isclose(half, yes, rel_tol=1e-5)  # at one half any share costs a bit
    values[0, 0] = 2.0
    near, far = (float(_head_loss(head, values, [{code: share}])) for share in (0.88, 0.1))
    assert near < far


def test_a_set_of_factors_is_a_soft_label_of_ones() -> None:
    head = HEADS["factors"]
    values, codes = logits(len(head.labels), 3), head.labels[:2]
    assert torch.equal(_head_loss(head, values, [set(codes)]), _head_loss(head, values, [dict.fromkeys(codes, 1.0)]))
