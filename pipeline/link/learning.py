"""How the linker's scores are learnt: boosted trees that only rise with evidence, and a linear score beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

Rows = np.ndarray[Any, np.dtype[np.float64]]
PER_PROJECT: Final = 12
"""Links of one project beyond which each counts less: the largest has a quarter of all."""
SEEDS: Final = (0,)
MADE_UP: Final = 0.1
"""What a made-up pair counts beside a labelled one, in the trees; the linear score learns from labelled ones alone."""
FALLING: Final = {"other_division", "conflict", "elsewhere", "before", "after", "length", "first", "units"}
"""Features that can only speak against a link; every one that is not here or in FREE can only speak for it."""
FREE: Final = {"sentences", "unit_anchor_share", "region_place"}


class Learner:
    """Trees of several seeds and a linear score; ``linear_share`` is the weight of the latter in their mean."""

    def __init__(self, names: Sequence[str], linear_share: float) -> None:
        self.names = tuple(names)
        self.linear_share = linear_share
        signs = [0 if name in FREE else -1 if name in FALLING else 1 for name in names]
        self._trees = [
            HistGradientBoostingClassifier(
                max_depth=3, learning_rate=0.09, max_iter=80, min_samples_leaf=15, l2_regularization=1.0,
                max_features=0.5, monotonic_cst=signs, random_state=seed,
            )
            for seed in SEEDS
        ]  # fmt: skip
        self._scaler = StandardScaler()
        self._linear = LogisticRegression(C=1.0, max_iter=1000)

    def fit(self, x: Rows, target: Rows, owners: Sequence[str], made_up: Rows, of: Sequence[str]) -> Learner:
        """Learns from pairs and from made-up ones that are all no links; ``owners`` and ``of`` are their projects."""
        weights = _weights(target, owners)
        rows, truth = np.vstack([x, made_up]), np.concatenate([target, np.zeros(len(made_up))])
        both = np.concatenate([weights, MADE_UP * _weights(np.ones(len(made_up)), of)])
        for trees in self._trees:
            trees.fit(rows, truth, sample_weight=both)
        self._linear.fit(self._scaler.fit_transform(x), target, sample_weight=weights)
        return self

    def score(self, x: Rows) -> Rows:
        """Log-odds of each pair, not yet calibrated."""
        grown = np.mean([trees.decision_function(x) for trees in self._trees], axis=0)
        linear = self._linear.decision_function(self._scaler.transform(x))
        return np.asarray((1 - self.linear_share) * grown + self.linear_share * linear)

    def exported(self, calibration: tuple[float, float]) -> dict[str, Any]:
        """What :class:`pipeline.link.trees.Trees` reads."""
        share = (1 - self.linear_share) / len(self._trees)
        weights = self.linear_share * self._linear.coef_[0] / self._scaler.scale_
        intercept = self.linear_share * self._linear.intercept_[0] - weights @ self._scaler.mean_
        return {
            "names": list(self.names),
            "baseline": float(sum(share * np.ravel(trees._baseline_prediction)[0] for trees in self._trees)),
            "trees": [_nodes(tree, share) for trees in self._trees for (tree,) in trees._predictors],
            "weights": [round(float(weight), 8) for weight in weights],
            "intercept": round(float(intercept), 8),
            "scale": calibration[0],
            "offset": calibration[1],
        }


def _nodes(tree: Any, share: float) -> list[tuple[int, float, int, int]]:
    return [
        (-1, round(share * float(n["value"]), 6), 0, 0)
        if n["is_leaf"]
        else (int(n["feature_idx"]), round(float(n["num_threshold"]), 8), int(n["left"]), int(n["right"]))
        for n in tree.nodes
    ]


def platt(scores: Rows, target: Rows) -> tuple[float, float]:
    """Scale and offset that make scores log-odds (Platt 1999)."""
    fitted = LogisticRegression(C=1e6).fit(scores.reshape(-1, 1), target)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def calibrated(scores: Rows, calibration: tuple[float, float]) -> Rows:
    """Probabilities of scores."""
    return np.asarray(1 / (1 + np.exp(-(calibration[0] * scores + calibration[1]))))


def out_of_fold(
    learner: Callable[[], Learner],
    x: Rows,
    target: Rows,
    owners: Sequence[str],
    made_up: Rows,
    of: Sequence[str],
    folds: Iterable[set[str]],
) -> tuple[Rows, Rows]:
    """Score and probability of each pair by learners that never saw its project.

    The calibration of a fold is fitted on the scores of the other folds.
    """
    owner, scores, probabilities = np.array(owners), np.zeros(len(target)), np.zeros(len(target))
    parts = []
    for fold in folds:
        own, invented = np.isin(owner, sorted(fold)), ~np.isin(of, sorted(fold))
        fitted = learner().fit(
            x[~own], target[~own], owner[~own].tolist(), made_up[invented], np.array(of)[invented].tolist()
        )
        scores[own] = fitted.score(x[own])
        parts.append(own)
    for own in parts:
        probabilities[own] = calibrated(scores[own], platt(scores[~own], target[~own]))
    return scores, probabilities


def _weights(target: Rows, owners: Sequence[str]) -> Rows:
    """Damps the links of projects that have many."""
    counts = Counter(owner for owner, positive in zip(owners, target, strict=True) if positive)
    damped = [
        min(1.0, PER_PROJECT / counts[owner]) ** 0.5 if positive else 1.0
        for owner, positive in zip(owners, target, strict=True)
    ]
    return np.array(damped)
