"""Probabilities of the heads of whole texts and pairs, calibrated."""

from __future__ import annotations

from typing import Literal

import numpy as np

from models.calibration import sigmoid, softmax
from models.transformer.card import Card, Head
from models.transformer.session import Floats


def log_odds(card: Card, logits: Floats, head: Head, flavour: str = "") -> Floats:
    """A head's columns divided by its temperature; ``flavour`` (``.posts``) may have one of its own."""
    warmth = card.temperature.get(head.head + flavour, card.warmth(head.head))
    return np.asarray(logits[..., head.start : head.end] / warmth, np.float64)


def probabilities(card: Card, logits: Floats, name: str, output: Literal["fields", "pair"] = "fields") -> Floats:
    """Probabilities of a head's labels along the last axis, for one text or many.

    Raises ModelError (E212) for a head that the model does not have.
    """
    head = card.find(output, name)
    scores = log_odds(card, logits, head)
    return np.asarray(softmax(scores) if head.kind == "single" else sigmoid(scores))
