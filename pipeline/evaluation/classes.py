"""Precision, recall and F1 of every label (分类别指标)."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.evaluation.measures import Counts, Label


@dataclass(frozen=True)
class ClassRow:
    """One label: how often it is right where it is said, how often it is found, and how often it is wanted.

    ``support``: how often the gold has it. ``said``: how often the prediction has it.
    """

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    said: int


def class_rows(counts: Counts) -> list[ClassRow]:
    """The labels that gold or prediction has, the commonest of the gold first."""
    rows = []
    for label, found, said, wanted in zip(
        counts.labels, counts.found.sum(axis=0), counts.said.sum(axis=0), counts.wanted.sum(axis=0), strict=True
    ):
        precision, recall = (float(found / total) if total else 0.0 for total in (said, wanted))
        f1 = float(2 * found / (said + wanted)) if said + wanted else 0.0
        rows.append(ClassRow(written(label), precision, recall, f1, int(wanted), int(said)))
    return sorted(rows, key=lambda row: (-row.support, -row.said, row.label))


def written(label: Label) -> str:
    """A label as tables write it: true and false as in JSON, nothing as an empty-set sign."""
    return "∅" if label is None else str(label).lower() if isinstance(label, bool) else str(label)
