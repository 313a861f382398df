"""Attitude of posts: learnt from posts labelled with an emotion, since petitions are all alike in tone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.linear_model import LogisticRegression

from models.linear.ngrams import hashes, points
from models.linear.weights import Weights
from models.training.grievance_rows import Row, read
from models.training.ridge import known_ngrams, pruned, text_matrix

ATTITUDES: Final = ("negative", "neutral", "positive")
_OF_EMOTION: Final = {
    "happy": "positive", "neutral": "neutral", "surprise": "neutral",
    "angry": "negative", "sad": "negative", "fear": "negative",
}  # fmt: skip
_KEPT: Final = 25_000
_STRENGTH: Final = 4.0


def read_emotions(folder: Path) -> list[Row]:
    """Labelled posts of SMP2020-EWECT: all on the epidemic, and as many everyday ones."""
    epidemic = read(folder / "smp2020_ewect_virus" / "train.jsonl.gz")
    everyday = read(folder / "smp2020_ewect_usual" / "train.jsonl.gz")
    return [row for row in (*epidemic, *everyday[:: max(len(everyday) // len(epidemic), 1)]) if len(row["text"]) > 3]


def attitude_of_posts(rows: Sequence[Row]) -> Weights:
    """One column an attitude; their softmax is its probability."""
    grams = [hashes(points(f"\n{row['text']}")) for row in rows]
    ngrams = known_ngrams(grams, 3)
    features = text_matrix(grams, ngrams)
    wanted = [ATTITUDES.index(_OF_EMOTION[row["label"]]) for row in rows]
    learnt: Any = LogisticRegression(C=_STRENGTH, max_iter=150).fit(features, wanted)
    return pruned(ngrams, features, learnt.coef_.T.astype(np.float32), learnt.intercept_.astype(np.float32), _KEPT)
