"""Calibration and late fusion (后期融合) of one head: few numbers, fitted on held-out rows, judged on rows they have
not seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from models.calibration import Array, expected_calibration_error, sigmoid, softmax
from models.transformer.card import Blend

FOLDS: Final = 5
PULL: Final = 0.5
"""Strength of the penalty, summed over rows, that draws the numbers to those of an untouched head: heads with few
held-out rows stay near them."""
LEAST_GAIN: Final = 0.002
"""Nats a label that fusing must gain on unseen rows to be kept: it costs the linear model's run."""


@dataclass(frozen=True)
class Known:
    """One head on held-out rows.

    ``logits`` and ``linear`` (log-shares or log-odds, None where the linear model has no such head): rows × labels.
    ``truth``: rows × labels, 1 where it holds. ``exclusive``: exactly one label holds. ``fold``: 0–4 of every row.
    ``shifted``: independent labels may all be moved by one bias.
    """

    logits: Array
    truth: Array
    exclusive: bool
    fold: npt.NDArray[np.int64]
    linear: Array | None = None
    shifted: bool = True

    def rows(self, chosen: npt.NDArray[np.bool_]) -> Known:
        """A part of the rows."""
        return replace(
            self,
            logits=self.logits[chosen],
            truth=self.truth[chosen],
            fold=self.fold[chosen],
            linear=None if self.linear is None else self.linear[chosen],
        )

    @property
    def alone(self) -> Known:
        """The same without the linear model."""
        return replace(self, linear=None)


def scores(known: Known, blend: Blend) -> Array:
    """Log-odds by a blend (log-shares up to a constant where labels exclude each other), as serving gives them."""
    found = blend.transformer * known.logits + np.asarray(blend.bias)
    return found if known.linear is None else found + blend.linear * known.linear


def probabilities(known: Known, blend: Blend) -> Array:
    """Probabilities of all labels by a blend."""
    found = scores(known, blend)
    return softmax(found) if known.exclusive else sigmoid(found)


def cost(p: Array, truth: Array, exclusive: bool) -> float:
    """Mean negative log-likelihood: a row where labels are exclusive, else a label."""
    kept = np.clip(p, 1e-9, 1 - 1e-9)
    if exclusive:
        return float(-(truth * np.log(kept)).sum(axis=-1).mean())
    return float(-(truth * np.log(kept) + (1 - truth) * np.log1p(-kept)).mean())


def fit(known: Known) -> Blend:
    """The weights of the model, of the linear model where it has the head, and of a bias where labels are independent,
    that make the truth likeliest."""
    shifted = known.shifted and not known.exclusive
    parts = [known.logits] if known.linear is None else [known.logits, known.linear]
    columns = np.stack([*parts, np.ones_like(known.logits)] if shifted else parts, axis=-1)
    start = np.zeros(columns.shape[-1])
    start[0] = 1.0

    def worth(weights: Array) -> tuple[float, Array]:
        found = columns @ weights
        p = softmax(found) if known.exclusive else sigmoid(found)
        away = weights - start
        total = cost(p, known.truth, known.exclusive) * (len(p) if known.exclusive else p.size)
        return total + 0.5 * PULL * float(away @ away), np.tensordot(p - known.truth, columns, 2) + PULL * away

    bounds = [(0.05, 5.0), *[(None, None)] * (len(start) - 1)]
    found: Any = minimize(worth, start, jac=True, method="L-BFGS-B", bounds=bounds)
    weights = [round(float(number), 4) for number in found.x]
    return Blend(
        transformer=weights[0],
        linear=weights[1] if known.linear is not None else 0.0,
        bias=weights[-1] if shifted else 0.0,
    )


def unseen(known: Known) -> Array:
    """Every row's probabilities by weights fitted on the other folds."""
    found = np.zeros_like(known.logits, dtype=np.float64)
    for fold in range(FOLDS):
        held = known.fold == fold
        if held.any():
            found[held] = probabilities(known.rows(held), fit(known.rows(~held)))
    return found


@dataclass(frozen=True)
class Fitted:
    """A head's blend, each row's probabilities by weights that have not seen it, and figures for the card."""

    blend: Blend
    unseen: Array
    figures: dict[str, float]


def calibrated(known: Known) -> Fitted:
    """The head alone or fused, whichever is likelier on rows that its weights have not seen."""
    raw = probabilities(known.alone, Blend())
    alone = unseen(known.alone)
    costs = {"raw": cost(raw, known.truth, known.exclusive), "alone": cost(alone, known.truth, known.exclusive)}
    best, p = known.alone, alone
    if known.linear is not None:
        fused = unseen(known)
        costs["fused"] = cost(fused, known.truth, known.exclusive)
        if costs["fused"] < costs["alone"] - LEAST_GAIN * (1 if known.exclusive else known.truth.mean()):
            best, p = known, fused
    figures = {f"nll {name}": round(value, 4) for name, value in costs.items()}
    figures |= {"rows": len(p), "ece before": round(ece(raw, known), 4), "ece after": round(ece(p, known), 4)}
    return Fitted(fit(best), p, figures)


def ece(p: Array, known: Known) -> float:
    """Expected calibration error: of the likeliest label where labels are exclusive, else of every label."""
    if not known.exclusive:
        return expected_calibration_error(p, known.truth)
    top = p.argmax(axis=1)
    rows = np.arange(len(p))
    return expected_calibration_error(p[rows, top], known.truth[rows, top])
