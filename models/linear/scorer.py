"""Scores one text: calibrated probabilities of every label, and the passage that speaks for a factor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.calibration import Array, Logistic, softmax
from models.linear import artifact
from models.linear.ngrams import Floats, Ngrams, hashes, points, windows
from models.linear.raw import Heads, Raw
from models.linear.signals import Signals
from models.linear.social import social_features
from models.linear.stack import factor_features
from models.linear.weights import Weights


def raw_scores(text: str, whole: Weights, clause: Weights) -> Raw:
    """Whole-text and clause scores; the title is what stands before the first line feed."""
    grams = hashes(points(text))
    spans = windows(text)
    title_end = text.find("\n")
    in_title = np.array([end <= title_end + 1 for _, end in spans], dtype=np.bool_)
    return Raw(whole.of_text(grams), spans, clause.of_windows(grams, spans), in_title)


def factor_rows(raw: Raw, heads: Heads, prior: Floats, found: Signals) -> Floats:
    """The stack's features of every factor of one text."""
    count = len(heads.factors)
    text, primary = raw.text[:count], raw.text[count : 2 * count]
    grievance = float(raw.text[heads.grievance])
    return factor_features(text, primary, raw.best_clause(), raw.best_title(), grievance, prior, found.factors)


def text_row(raw: Raw, heads: Heads, found: Signals) -> Floats:
    """The features of the other heads: their own scores, the factors' scores, and the lexicon signals."""
    count = len(heads.factors)
    return np.concatenate([raw.text[2 * count :], raw.text[:count], raw.best_clause(), found.text]).astype(np.float32)


class LinearModel:
    """The trained model. ``version`` names it in every analysis."""

    def __init__(self, arrays: dict[str, npt.NDArray[Any]], card: dict[str, Any]) -> None:
        self.card = card
        self.version: str = card["version"]
        self.heads = Heads(tuple(card["factors"]), {name: tuple(labels) for name, *labels in card["heads"]})
        self._whole = _weights(arrays, "whole")
        self._clause = _weights(arrays, "clause")
        self._prior: Floats = arrays["prior"]
        self._factor = _logistic(arrays, "factor")
        self._primary = _logistic(arrays, "primary")
        self._posts = _weights(arrays, "posts")
        self._social = _logistic(arrays, "grievance_social")
        self._others = {name: _logistic(arrays, name) for name in self.heads.others}

    @classmethod
    def read(cls, folder: Path = artifact.HOME) -> LinearModel:
        """The model in ``folder``. Raises ArtifactError (E210) when it is missing or altered."""
        return cls(*artifact.load(folder))

    def raw(self, text: str) -> Raw:
        """Uncalibrated scores of one text (title, line feed, body)."""
        return raw_scores(text, self._whole, self._clause)

    def factor_probabilities(self, raw: Raw, found: Signals) -> tuple[Array, Array]:
        """For every factor P(the text carries it), and P(it is the primary one | the text is a grievance)."""
        rows = factor_rows(raw, self.heads, self._prior, found)
        return self._factor.probabilities(rows), softmax(self._primary.logits(rows)[..., 0])

    def other_probabilities(self, raw: Raw, found: Signals) -> dict[str, Array]:
        """Probabilities of every other head's labels, in the order of ``heads.others``."""
        row = text_row(raw, self.heads, found)
        return {name: np.atleast_1d(model.probabilities(row)) for name, model in self._others.items()}

    def post_attitude(self, text: str) -> dict[str, float]:
        """Probabilities of the attitudes of a post."""
        share = softmax(self._posts.of_text(hashes(points(text))))
        labels = ("attitude:negative", "attitude:neutral", "attitude:positive")
        return {label: float(p) for label, p in zip(labels, share, strict=True)}

    def social_grievance(self, raw: Raw, found: Signals, text: str) -> float:
        """Probability that a post or report is itself a grievance, given how rare that is among posts."""
        row = social_features(raw, self.heads, found, text)
        return float(self._social.probabilities(row))


def _weights(arrays: dict[str, npt.NDArray[Any]], name: str) -> Weights:
    part = {key: arrays[f"{name}_{key}"] for key in ("keys", "idf", "levels", "scale", "bias")}
    idf = part["idf"].astype(np.float32)
    return Weights(Ngrams(part["keys"], idf), part["levels"], part["scale"], part["bias"])


def _logistic(arrays: dict[str, npt.NDArray[Any]], name: str) -> Logistic:
    return Logistic(*(arrays[f"stack_{name}_{key}"] for key in ("mean", "spread", "coef", "bias")))
