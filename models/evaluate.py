"""Figures (指标): agreement of predictions with labels, macro-averages beside accuracies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet

Label = Hashable


def accuracy(gold: Sequence[Label], said: Sequence[Label]) -> float:
    """Share of rows with the gold label; 0 without rows. Raises ValueError when the lengths differ."""
    pairs = list(zip(gold, said, strict=True))
    return sum(a == b for a, b in pairs) / len(pairs) if pairs else 0.0


def macro_f1(gold: Sequence[Label], said: Sequence[Label]) -> float:
    """Unweighted mean of the F1 of every label that the gold has: rare labels count as much as common ones."""
    scores = [f1_of([g == label for g in gold], [s == label for s in said]) for label in dict.fromkeys(gold)]
    return sum(scores) / len(scores) if scores else 0.0


def f1_of(gold: Sequence[bool], said: Sequence[bool]) -> float:
    """F1 of one yes-or-no label; 0 when neither has a yes."""
    both = sum(a and b for a, b in zip(gold, said, strict=True))
    total = sum(gold) + sum(said)
    return 2 * both / total if total else 0.0


def precision_recall(found: int, said: int, wanted: int) -> tuple[float, float, float]:
    """Precision, recall and F1 from the numbers of right, said and wanted items; 0 where nothing is said or wanted."""
    return (
        found / said if said else 0.0,
        found / wanted if wanted else 0.0,
        2 * found / (said + wanted) if said + wanted else 0.0,
    )


def micro_f1(gold: Sequence[AbstractSet[Label]], said: Sequence[AbstractSet[Label]]) -> float:
    """F1 over all (row, label) pairs together."""
    found = sum(len(a & b) for a, b in zip(gold, said, strict=True))
    return precision_recall(found, sum(map(len, said)), sum(map(len, gold)))[2]


def label_macro_f1(gold: Sequence[AbstractSet[Label]], said: Sequence[AbstractSet[Label]]) -> float:
    """Unweighted mean over labels of the gold of each label's F1, for sets of labels."""
    labels = sorted({label for row in gold for label in row}, key=str)
    scores = [f1_of([label in row for row in gold], [label in row for row in said]) for label in labels]
    return sum(scores) / len(scores) if scores else 0.0


def character_f1(gold: str | None, said: str | None) -> float:
    """Overlap of two passages as bags of characters; 1 when both are absent, 0 when one is."""
    if not gold or not said:
        return float(not gold and not said)
    common = sum((Counter(gold) & Counter(said)).values())
    return 2 * common / (len(gold) + len(said))


def span_f1(gold: tuple[int, int], said: tuple[int, int]) -> float:
    """Overlap of two spans in code points: twice the shared length over the sum of both."""
    shared = max(0, min(gold[1], said[1]) - max(gold[0], said[0]))
    return 2 * shared / (gold[1] - gold[0] + said[1] - said[0])


def gram_overlap(gold: str, said: str, size: int = 4) -> tuple[float, float, float]:
    """Precision, recall and F1 of ``said`` by character n-grams of the letters that are no white space.

    A text shorter than ``size`` is one n-gram. Two empty texts agree fully, an empty and another not at all.
    """
    wanted, claimed = _grams(gold, size), _grams(said, size)
    if not wanted or not claimed:
        return (1.0, 1.0, 1.0) if not wanted and not claimed else (0.0, 0.0, 0.0)
    return precision_recall((wanted & claimed).total(), claimed.total(), wanted.total())


def _grams(text: str, size: int) -> Counter[str]:
    bare = "".join(text.split())
    return Counter(bare[at : at + size] for at in range(max(1, len(bare) - size + 1))) if bare else Counter()
