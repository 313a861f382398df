"""Figures of redaction: how much personal data was found, and how much else was taken with it."""

from __future__ import annotations

from collections.abc import Sequence

from models.evaluate import precision_recall
from pipeline.evaluation.figures import Figure, Pair, Row, figure


def _spans(row: Row) -> list[tuple[int, int, str]]:
    return [(span["start"], span["end"], span["class"]) for span in row["redactions"]]


def _characters(row: Row) -> set[int]:
    return {at for start, end, _ in _spans(row) for at in range(start, end)}


def redaction_figures(pairs: Sequence[Pair]) -> list[Figure]:
    """Over spans a gold span is found when any redaction of its class overlaps it; over characters by position."""
    figures = [figure("spans found (recall)", pairs, _recall), figure("characters F1", pairs, _character_f1)]
    for name in sorted({name for gold, _ in pairs for _, _, name in _spans(gold)}):
        wanted = [(span, said) for gold, said in pairs for span in _spans(gold) if span[2] == name]
        figures.append(Figure(f"{name} recall", sum(_met(*item) for item in wanted) / len(wanted), len(wanted)))
    return figures


def _met(span: tuple[int, int, str], said: Row) -> bool:
    return any(start < span[1] and span[0] < end and name == span[2] for start, end, name in _spans(said))


def _recall(some: Sequence[Pair]) -> float:
    wanted = [_met(span, said) for gold, said in some for span in _spans(gold)]
    return sum(wanted) / len(wanted) if wanted else 1.0


def _character_f1(some: Sequence[Pair]) -> float:
    sets = [(_characters(gold), _characters(said)) for gold, said in some]
    right = sum(len(g & s) for g, s in sets)
    return precision_recall(right, sum(len(s) for _, s in sets), sum(len(g) for g, _ in sets))[2]
