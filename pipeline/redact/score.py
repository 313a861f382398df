"""How well predicted spans agree with a labelled set: precision, recall and F1 of every class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

Span = tuple[int, int, str]
"""Start, end, class."""


@dataclass(frozen=True, slots=True)
class SpanScore:
    """Agreement of one class: right spans, spans that should not be there, and spans that are missing."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of predicted spans that are right; 1 when nothing was predicted."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of labelled spans that were found; 1 when there are none."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def span_scores(
    gold: Iterable[Iterable[Span]], predicted: Iterable[Iterable[Span]], *, exact: bool = True
) -> dict[str, SpanScore]:
    """Scores by class over parallel texts; without ``exact`` an overlap with the same class is enough, one to one."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for wanted, found in zip(gold, predicted, strict=True):
        left = sorted(set(wanted))
        for span in sorted(set(found)):
            match = next((each for each in left if _agrees(each, span, exact=exact)), None)
            if match is None:
                wrong[span[2]] += 1
            else:
                left.remove(match)
                right[span[2]] += 1
        missed.update(span[2] for span in left)
    return {name: SpanScore(right[name], wrong[name], missed[name]) for name in sorted(right | wrong | missed)}


def _agrees(gold: Span, found: Span, *, exact: bool) -> bool:
    if exact:
        return gold == found
    return gold[2] == found[2] and gold[0] < found[1] and found[0] < gold[1]
