"""Which label is taken for which (混淆), the commonest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, TypeAlias

from pipeline.evaluation.classes import written
from pipeline.evaluation.measures import Label

COMMONEST: Final = 20
Taken: TypeAlias = tuple[Label, Label]
"""Gold and said label; None where one side has nothing."""


@dataclass(frozen=True)
class Confusion:
    """``gold`` was taken for ``said`` so often; ∅ stands for nothing."""

    gold: str
    said: str
    count: int


def commonest(taken: Iterable[Taken]) -> list[Confusion]:
    """The commonest confusions; what is equal on both sides is none."""
    counted = Counter((written(gold), written(said)) for gold, said in taken if gold != said)
    order = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [Confusion(gold, said, count) for (gold, said), count in order[:COMMONEST]]


def of_sets(gold: Sequence[AbstractSet[Label]], said: Sequence[AbstractSet[Label]]) -> list[Taken]:
    """In every text each missed label with each wrong one; a label that has no counterpart, with nothing."""
    taken: list[Taken] = []
    for wanted, claimed in zip(gold, said, strict=True):
        missed, wrong = wanted - claimed, claimed - wanted
        taken += [(a, b) for a in missed or {None} for b in wrong or {None}]
    return taken
