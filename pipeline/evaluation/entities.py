"""Figures of entities (实体): a span is right when start, end and type are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from pipeline.evaluation.confusions import Taken
from pipeline.evaluation.figures import Quantity
from pipeline.evaluation.measured import Measured
from pipeline.evaluation.measures import Counts, Label
from pipeline.evaluation.pairs import Pair, Row

Span: TypeAlias = tuple[int, int, str]


def entities(pairs: Sequence[Pair]) -> Measured:
    """Entity F1 over all types together and, macro, over types; F1 of the spans alone, whatever their type."""
    gold, said = [spans(row) for row, _ in pairs], [spans(row) for _, row in pairs]
    right = [g & s for g, s in zip(gold, said, strict=True)]
    counts = Counts.of_items([_types(row) for row in gold], [_types(row) for row in said], [_types(r) for r in right])
    bare = [[{(start, end, "any") for start, end, _ in row} for row in side] for side in (gold, said)]
    both = [g & s for g, s in zip(*bare, strict=True)]
    untyped = Counts.of_items(*([_types(row) for row in side] for side in (*bare, both)))
    texts = len(pairs)
    found = Measured(
        [
            Quantity.f1("entity F1", counts),
            Quantity.f1("entity macro-F1", counts, macro=True),
            Quantity.over("entity precision", counts.precision, texts),
            Quantity.over("entity recall", counts.recall, texts),
            Quantity.f1("entity F1, any type", untyped),
        ]
    )
    found.classes["entity"] = counts
    found.taken["entity"] = [item for g, s in zip(gold, said, strict=True) for item in _taken(g - s, s - g)]
    return found


def spans(row: Row) -> set[Span]:
    """Start, end and type of every entity of a row, in code points of its text."""
    return {(int(item["start"]), int(item["end"]), str(item["type"])) for item in row["entities"]}


def _types(items: Iterable[Span]) -> dict[Label, int]:
    return dict(Counter(kind for _, _, kind in items))


def _taken(missed: set[Span], wrong: set[Span]) -> list[Taken]:
    """Missed spans with the wrong ones that overlap them, and what has no counterpart."""
    met = [(a, b) for a in missed for b in wrong if a[0] < b[1] and b[0] < a[1]]
    alone = [(a[2], None) for a in missed - {a for a, _ in met}]
    return [*((a[2], b[2]) for a, b in met), *alone, *((None, b[2]) for b in wrong - {b for _, b in met})]
