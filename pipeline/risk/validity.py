"""How likely a candidate is real (p_valid): calibrated on what assessors decided, before that on labelled texts.

Two figures of a candidate go in: the best passage's probability, and that at least one of its independent passages is
right. ``validity.json`` holds the model fitted on labelled texts, with its covariance (benchmarks/validity.py); where a
deployment has enough decisions, a second step learnt on these is laid over it. Below the floor the evidence is said to
be insufficient.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal

import numpy as np

from models.calibration import Array, sigmoid
from pipeline.records import Interval

ENOUGH: Final = 100
"""Decisions from which on a deployment's own count; at least a tenth of them of each kind."""
FLOOR: Final = 0.5
"""Below it, a candidate is more likely wrong than right: its evidence is insufficient."""
PRIOR: Final = 10.0
"""How firmly the second step holds to what labelled texts say, in imagined decisions."""
_NEAR: Final = 0.99


@dataclass(frozen=True)
class Bounds:
    """What the passages say: the best alone (all errors the same), and any of them (all errors independent)."""

    best: float
    any: float

    @property
    def middle(self) -> float:
        """Half-way: what a candidate needs to stand at all."""
        return (self.best + self.any) / 2


def bounds_of(passages: Iterable[float]) -> Bounds:
    """Bounds of the probability that at least one of the independent passages is right."""
    best, none_right = 0.0, 1.0
    for p in passages:
        best, none_right = max(best, p), none_right * (1 - p)
    return Bounds(round(best, 4), round(max(best, 1 - none_right), 4))


@dataclass(frozen=True)
class Calibration:
    """A logistic model of (1, logit best, logit any) with its covariance, and how many cases it rests on."""

    weights: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    cases: int
    basis: Literal["labelled_texts", "decisions"] = "labelled_texts"
    shift: float = 0.0
    slope: float = 1.0
    """What decisions add: log-odds become ``shift`` + ``slope`` · log-odds."""

    def interval(self, bounds: Bounds) -> Interval:
        """p_valid with a 95 % interval: how well the calibration itself is known."""
        row = features(bounds)
        log_odds = float(row @ np.array(self.weights))
        spread = 1.96 * math.sqrt(max(float(row @ np.array(self.covariance) @ row), 0.0))
        low, p, high = (
            round(float(sigmoid(np.array(self.shift + self.slope * value))), 4)
            for value in (log_odds - spread, log_odds, log_odds + spread)
        )
        return Interval(low=min(low, p), p=p, high=max(high, p))


@cache
def shipped() -> Calibration:
    """The calibration on labelled texts."""
    stored = json.loads((resources.files("pipeline.risk") / "validity.json").read_text("utf-8"))
    return Calibration(tuple(stored["weights"]), tuple(map(tuple, stored["covariance"])), stored["cases"])


def features(bounds: Bounds) -> Array:
    """One row: 1, log-odds of the best passage, log-odds of any."""
    return np.array([1.0, _logit(bounds.best), _logit(bounds.any)])


def on_decisions(decided: Sequence[tuple[Bounds, bool]], usual: Calibration | None = None) -> Calibration:
    """The calibration with a deployment's decisions laid over it; as it was while these are too few or all alike."""
    usual = usual or shipped()
    accepted = sum(real for _, real in decided)
    if len(decided) < ENOUGH or not len(decided) / 10 <= accepted <= len(decided) * 9 / 10:
        return usual
    given = np.array([float(features(b) @ np.array(usual.weights)) for b, _ in decided])
    truth = np.array([float(real) for _, real in decided])
    shift, slope = 0.0, 1.0
    for _ in range(
        100
    ):  # Newton's steps on the penalised likelihood, which is concave; short ones, so that none overshoots
        p = sigmoid(shift + slope * given)
        weight = p * (1 - p)
        gradient = np.array([(truth - p).sum() - PRIOR / 10 * shift, ((truth - p) * given).sum() - PRIOR * (slope - 1)])
        hessian = np.array(
            [
                [weight.sum() + PRIOR / 10, (weight * given).sum()],
                [(weight * given).sum(), (weight * given**2).sum() + PRIOR],
            ]
        )
        step = np.clip(np.linalg.solve(hessian, gradient), -0.5, 0.5)
        shift, slope = shift + float(step[0]), slope + float(step[1])
        if float(np.abs(step).max()) < 1e-10:
            break
    return Calibration(
        usual.weights, usual.covariance, len(decided), "decisions", round(shift, 6), round(max(slope, 0.0), 6)
    )


def _logit(p: float) -> float:
    inside = min(max(p, 1 - _NEAR), _NEAR)
    return math.log(inside / (1 - inside))
