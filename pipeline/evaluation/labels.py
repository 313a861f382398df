"""Figures of one label a text: domain (领域), emotion (情绪), polarity (褒贬), stance (立场)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipeline.evaluation.figures import Quantity
from pipeline.evaluation.measured import Measured
from pipeline.evaluation.measures import roc_auc
from pipeline.evaluation.pairs import Pair, Row

POSITIVE: Final = "positive"
TAKING_SIDES: Final = frozenset({"FAVOR", "AGAINST"})


def domains(pairs: Sequence[Pair]) -> Measured:
    """Domain of a petition."""
    return _one("domain", pairs)


def emotions(pairs: Sequence[Pair]) -> Measured:
    """Emotion of a post."""
    return _one("emotion", pairs)


def polarities(pairs: Sequence[Pair]) -> Measured:
    """Positive or negative; with a probability in every prediction also how well it ranks."""
    found = _one("polarity", pairs)
    scores = [_of_positive(said) for _, said in pairs if said.get("p") is not None]
    if scores and len(scores) == len(pairs):
        ranking = roc_auc(scores, [gold["label"] == POSITIVE for gold, _ in pairs])
        found.quantities.append(Quantity.over("polarity ROC-AUC", ranking, len(pairs)))
    return found


def stances(pairs: Sequence[Pair]) -> Measured:
    """Stance toward a target; beside macro-F1 over all labels the mean F1 of FAVOR and AGAINST (NLPCC 2016 task 4)."""
    found = _one("stance", pairs)
    sides = found.classes["stance"].only(TAKING_SIDES)
    found.quantities.append(Quantity.f1("stance F1 over FAVOR and AGAINST", sides, macro=True))
    return found


def _one(name: str, pairs: Sequence[Pair]) -> Measured:
    found = Measured()
    found.label(name, pairs, lambda gold: gold["label"], lambda said: said["label"], lambda said: said.get("p"))
    found.taken[name] = [(gold["label"], said["label"]) for gold, said in pairs]
    return found


def _of_positive(said: Row) -> float:
    return float(said["p"]) if said["label"] == POSITIVE else 1 - float(said["p"])
