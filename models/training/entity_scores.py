"""Figures for places, organisations and the facility: sets of strings, characters covered, characters shared."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from models.tagger.chain import Tagged, Tagger
from models.tagger.labels import KINDS
from models.training.examples import occurrences


def f1(shared: float, predicted: float, gold: float) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    precision, recall = shared / max(predicted, 1), shared / max(gold, 1)
    return precision, recall, 2 * shared / max(predicted + gold, 1)


def covered(text: str, names: Iterable[str]) -> set[int]:
    """Offsets of the characters that lie in an occurrence of one of the names."""
    return {at for name in names if name for start, end in occurrences(text, name) for at in range(start, end)}


def shared_characters(first: str | None, second: str | None) -> float:
    """Character F1 of two strings as bags; 1 when both are missing."""
    if not first or not second:
        return float(not first and not second)
    common = sum((Counter(first) & Counter(second)).values())
    return 2 * common / (len(first) + len(second))


def measure(rows: list[dict[str, Any]], found: list[Tagged]) -> dict[str, float]:
    """All figures by name."""
    figures: dict[str, float] = {}
    texts = [row["title"] + "\n" + row["text"] for row in rows]
    for kind in KINDS:
        gold = [set(row[kind] or []) for row in rows]
        mine = [{t[a:b] for a, b in getattr(tags, kind)} for t, tags in zip(texts, found, strict=True)]
        sizes = sum(map(len, mine)), sum(map(len, gold))
        exact = f1(sum(len(g & m) for g, m in zip(gold, mine, strict=True)), *sizes)
        grounds = [covered(t, g) for t, g in zip(texts, gold, strict=True)]
        covers = [covered(t, m) for t, m in zip(texts, mine, strict=True)]
        overlap = f1(
            sum(len(g & m) for g, m in zip(grounds, covers, strict=True)),
            sum(map(len, covers)),
            sum(map(len, grounds)),
        )
        for name, value in zip(("precision", "recall", "f1"), exact, strict=True):
            figures[f"{kind}_exact_{name}"] = value
        figures[f"{kind}_characters_f1"] = overlap[2]
    facility = [row["facility"] or None for row in rows]
    best = [t[slice(*tags.facilities[0])] if tags.facilities else None for t, tags in zip(texts, found, strict=True)]
    pairs = list(zip(facility, best, strict=True))
    figures["facility_characters_f1"] = float(np.mean([shared_characters(g, m) for g, m in pairs]))
    figures["facility_exact"] = float(np.mean([g == m for g, m in pairs]))
    named = [(g, m) for g, m in pairs if g]
    figures["facility_named_characters_f1"] = float(np.mean([shared_characters(g, m) for g, m in named]))
    return figures


def report(rows: list[dict[str, Any]], artifact: Path) -> None:
    """Writes the figures of an artifact on annotated rows to standard error."""
    tagger = Tagger(artifact.read_bytes())
    found = [tagger.tag(row["title"] + "\n" + row["text"]) for row in rows]
    for name, value in measure(rows, found).items():
        sys.stderr.write(f"{name} {value:.3f}\n")
