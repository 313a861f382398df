"""Second stage: the calibrated models that read scores and lexicon signals, fitted on scores of unseen texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.optimize
from sklearn.linear_model import LogisticRegression

from models.calibration import Array, Logistic, softmax
from models.linear.ngrams import Floats
from models.training.grievance_rows import FOLDS

HEAD_STRENGTH = 0.01
"""Inverse L2 strength of the other heads' models: many features, few texts."""


@dataclass(frozen=True)
class Fitted:
    """The model fitted on all rows, and the probabilities that each row gets from a model that did not see it."""

    model: Logistic
    unseen: Array


def fit_binary(features: Floats, truth: Floats, folds: Array, strength: float = 1.0) -> Fitted:
    """Features: rows × labels × features, one shared model; or rows × features for one label."""
    unseen = np.zeros(truth.shape)
    for fold in range(FOLDS):
        held = folds == fold
        unseen[held] = _binary(features[~held], truth[~held], strength).probabilities(features[held])
    return Fitted(_binary(features, truth, strength), unseen)


def _binary(features: Floats, truth: Floats, strength: float) -> Logistic:
    mean, spread, flat = _standard(features)
    learnt = LogisticRegression(C=strength, max_iter=500).fit((flat - mean) / spread, truth.ravel() > 0)
    return Logistic(mean, spread, learnt.coef_.T, learnt.intercept_)


def fit_choice(features: Floats, chosen: npt.NDArray[np.int64], folds: Array) -> Fitted:
    """One of the labels is chosen in each row (conditional logit, McFadden 1974); rows × labels × features."""
    unseen = np.zeros(features.shape[:2])
    for fold in range(FOLDS):
        held = folds == fold
        unseen[held] = softmax(_choice(features[~held], chosen[~held]).logits(features[held])[..., 0])
    return Fitted(_choice(features, chosen), unseen)


def _choice(features: Floats, chosen: npt.NDArray[np.int64]) -> Logistic:
    known = chosen >= 0
    mean, spread, _ = _standard(features[known])
    scaled = ((features[known] - mean) / spread).astype(np.float64)
    index, count = chosen[known].astype(int), int(known.sum())
    picked = scaled[np.arange(count), index]

    def loss(weights: Array) -> tuple[float, Array]:
        share = softmax(scaled @ weights)
        value = -np.log(np.maximum(share[np.arange(count), index], 1e-12)).sum() + 0.5 * float(weights @ weights)
        return value, np.einsum("nl,nlf->f", share, scaled) - picked.sum(axis=0) + weights

    found = scipy.optimize.minimize(
        loss, np.zeros(features.shape[-1]), jac=True, method="L-BFGS-B", options={"maxiter": 200}
    )
    return Logistic(mean, spread, found.x[:, None], np.zeros(1))


def fit_labels(features: Floats, labels: Sequence[str], names: Sequence[str], folds: Array) -> Fitted:
    """One label a row (multinomial logit), in the order of ``names``; a label never seen has probability 0."""
    wanted = np.array([names.index(label) for label in labels])
    unseen = np.zeros((len(labels), len(names)))
    for fold in range(FOLDS):
        held = folds == fold
        unseen[held] = _labels(features[~held], wanted[~held], len(names)).probabilities(features[held])
    return Fitted(_labels(features, wanted, len(names)), unseen)


def _labels(features: Floats, wanted: Array, count: int) -> Logistic:
    mean, spread, flat = _standard(features)
    learnt = LogisticRegression(C=HEAD_STRENGTH, max_iter=500).fit((flat - mean) / spread, wanted)
    coef = np.zeros((features.shape[-1], count))
    bias = np.full(count, -40.0)
    coef[:, learnt.classes_] = learnt.coef_.T
    bias[learnt.classes_] = learnt.intercept_
    return Logistic(mean, spread, coef, bias)


def _standard(features: Floats) -> tuple[Array, Array, Floats]:
    flat = features.reshape(-1, features.shape[-1])
    spread = flat.std(axis=0)
    return flat.mean(axis=0), np.where(spread < 1e-6, 1.0, spread), flat
