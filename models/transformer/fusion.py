"""Late fusion (后期融合): the model's log-odds and the linear model's, weighed as the card says, give a probability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from models.calibration import Array, sigmoid, softmax
from models.transformer.card import Blend, Card, Head
from models.transformer.labels import log_odds
from models.transformer.session import Floats

LEAST: Final = 1e-4
"""Probabilities of the linear model are taken to lie at least so far from none and from certain."""
POSTS: Final = ".posts"
"""Ends the names of temperatures, thresholds and blends that hold for posts and news alone."""


def fused(card: Card, fields: Floats, head: Head, linear: Sequence[float] | None, flavour: str = "") -> Array:
    """Probabilities of a head's labels.

    ``linear``: the linear model's probability of each label, None where it has no such head. Blends were fitted on
    petitions; where a ``flavour`` has none of its own the model alone decides.
    """
    blend = card.fusion.get(head.head + flavour, Blend())
    scores = blend.transformer * log_odds(card, fields, head, flavour) + np.asarray(blend.bias)
    if linear is not None and blend.linear:
        scores = scores + blend.linear * log_odds_of(np.asarray(linear, np.float64), head.kind == "single")
    return softmax(scores) if head.kind == "single" else sigmoid(scores)


def log_odds_of(p: Array, exclusive: bool) -> Array:
    """Logarithms of shares that exclude each other, log-odds of others."""
    kept = np.clip(p, LEAST, 1 - LEAST)
    return np.asarray(np.log(kept) if exclusive else np.log(kept) - np.log1p(-kept))


def threshold(card: Card, name: str, flavour: str, otherwise: float) -> float:
    """The least probability that counts as yes: that of the flavour, else the head's, else another model's."""
    found = card.thresholds.get(name + flavour, card.thresholds.get(name))
    return otherwise if found is None else found
