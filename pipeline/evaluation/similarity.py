"""Figures of similarity (语义相似): how well the score of two texts tells paraphrases from the rest."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.evaluation.figures import Quantity
from pipeline.evaluation.measured import Measured
from pipeline.evaluation.measures import average_precision, roc_auc
from pipeline.evaluation.pairs import Pair


def similarities(pairs: Sequence[Pair]) -> Measured:
    """No threshold is chosen: both figures are those of the ranking."""
    scores, truth = [float(said["score"]) for _, said in pairs], [gold["label"] == "1" for gold, _ in pairs]
    return Measured(
        [
            Quantity.over("similarity ROC-AUC", roc_auc(scores, truth), len(pairs)),
            Quantity.over("similarity average precision", average_precision(scores, truth), len(pairs)),
        ]
    )
