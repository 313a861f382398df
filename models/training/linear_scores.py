"""First stage: the linear heads, and the scores that each training text gets from models that never saw it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.linear.ngrams import Floats, hashes, points
from models.linear.raw import Heads, Raw
from models.linear.scorer import raw_scores
from models.linear.weights import Weights
from models.training.grievance_rows import FOLDS, Row, background_passages, fold_of, passages, targets, text_of
from models.training.ridge import fit, known_ngrams, passage_matrix, pruned, text_matrix

Say = Callable[[str], None]
WHOLE_PENALTY = 0.15
CLAUSE_PENALTY = 0.5
WHOLE_KEPT = 40_000
CLAUSE_KEPT = 40_000
LEAST = 3
"""An n-gram must stand in this many texts (passages) to be known."""
SEED = 20240501


@dataclass(frozen=True)
class Trained:
    """The weights learnt from all rows, and the raw scores of ``natural`` rows from models that did not see them."""

    whole: Weights
    clause: Weights
    unseen: list[Raw]


@dataclass(frozen=True)
class _Task:
    """One weight matrix to learn: features of its training items, their targets, and the row each belongs to."""

    ngrams: Any
    features: Any
    gram: Floats
    target: Floats
    row: npt.NDArray[np.int64]
    penalty: float
    kept: int

    def learn(self, rows: npt.NDArray[np.bool_]) -> Weights:
        chosen = np.flatnonzero(rows[self.row])
        weights, bias = fit(self.features, self.gram, self.target, chosen, self.penalty)
        return pruned(self.ngrams, self.features[chosen], weights, bias, self.kept)


def train_scores(
    natural: Sequence[Row], chosen: Sequence[Row], posts: Sequence[str], heads: Heads, say: Say
) -> Trained:
    """``chosen`` rows (active learning) and posts train every fold; only ``natural`` rows are scored and calibrate."""
    rows = [*natural, *chosen]
    whole = _whole_task(rows, heads)
    say(f"whole texts: {whole.features.shape[0]} × {whole.features.shape[1]} n-grams")
    clause = _clause_task(rows, posts, heads)
    say(f"passages: {clause.features.shape[0]} × {clause.features.shape[1]} n-grams")
    folds = np.array([fold_of(row) for row in natural] + [-1] * (len(chosen) + 1))
    unseen: dict[int, Raw] = {}
    for fold in range(FOLDS):
        learnt = whole.learn(folds != fold), clause.learn(folds != fold)
        for number in np.flatnonzero(folds == fold):
            unseen[int(number)] = raw_scores(text_of(rows[number]), *learnt)
        say(f"fold {fold + 1} of {FOLDS} scored")
    everything = np.ones(len(folds), dtype=np.bool_)
    return Trained(whole.learn(everything), clause.learn(everything), [unseen[n] for n in range(len(natural))])


def _whole_task(rows: Sequence[Row], heads: Heads) -> _Task:
    grams = [hashes(points(text_of(row))) for row in rows]
    ngrams = known_ngrams(grams, LEAST)
    features = text_matrix(grams, ngrams)
    gram = (features @ features.T).toarray()
    return _Task(ngrams, features, gram, targets(rows, heads), np.arange(len(rows)), WHOLE_PENALTY, WHOLE_KEPT)


def _clause_task(rows: Sequence[Row], posts: Sequence[str], heads: Heads) -> _Task:
    found = [*passages(rows, SEED), *background_passages(posts, len(rows), SEED)]
    texts = [passage.text for passage in found]
    ngrams = known_ngrams([hashes(points(text)) for text in texts], 2)
    features = passage_matrix(texts, ngrams)
    target = np.full((len(found), len(heads.factors)), -1, dtype=np.float32)
    for number, passage in enumerate(found):
        if passage.factor in heads.factor_rows:
            target[number, heads.factor_rows[passage.factor]] = 1
    gram = (features @ features.T).toarray()
    row = np.array([passage.row for passage in found])
    return _Task(ngrams, features, gram, target, row, CLAUSE_PENALTY, CLAUSE_KEPT)
