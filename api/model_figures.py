"""What a model folder says of itself: its card's figures and the calibration of its heads."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from models.fingerprint import fingerprint
from models.transformer.card import CARD
from models.transformer.chosen import HOME, chosen

TEXT: Final = "MODEL_CARD.md"
_ROW: Final = re.compile(r"^\| ([\w ]+) \| ([\w.]+)\.(\w+) \| (\d\.\d+) \|$", re.MULTILINE)
_WANTED: Final = ("micro_f1", "macro_f1", "f1", "character_f1", "accuracy")
"""Measures, the most telling first."""


@dataclass(frozen=True)
class HeadFigure:
    """How well a head reads the texts of one set: ``measure`` is micro_f1, macro_f1, f1, character_f1 or accuracy."""

    texts: str
    head: str
    measure: str
    value: float


@dataclass(frozen=True)
class Calibrations:
    """How far the probabilities of a head keep their word after calibration, on so many rows it was not taught."""

    head: str
    rows: int
    error: float
    """Expected calibration error."""


@dataclass(frozen=True)
class ModelFigures:
    """The model that texts are read with. Without its folder lexicon and linear model read alone: no figures."""

    name: str | None
    fingerprint: str
    shipped: bool
    figures: tuple[HeadFigure, ...]
    calibration: tuple[Calibrations, ...]

    def measure(self, head: str) -> str | None:
        """The most telling measure that is stated of a head."""
        stated = {one.measure for one in self.figures if one.head == head}
        return next((name for name in _WANTED if name in stated), None)

    def value(self, texts: str, head: str, measure: str) -> float | None:
        """How well a head reads a set by a measure; None where that is not stated."""
        mine = (texts, head, measure)
        return next((one.value for one in self.figures if (one.texts, one.head, one.measure) == mine), None)


def model_figures() -> ModelFigures:
    """Of the model that this process reads with."""
    choice = chosen()
    shipped = choice.folder == HOME
    if choice.missing:
        return ModelFigures(None, fingerprint(), shipped, (), ())
    card: dict[str, Any] = json.loads((choice.folder / CARD).read_text("utf-8"))
    calibrated = [
        Calibrations(head, int(one["rows"]), float(one["ece after"]))
        for head, one in card.get("calibration", {}).items()
        if "rows" in one and "ece after" in one
    ]
    return ModelFigures(str(card.get("name", "")), fingerprint(), shipped, _stated(choice.folder), tuple(calibrated))


def _stated(folder: Path) -> tuple[HeadFigure, ...]:
    """The figures of the card that people read, none where a folder has no such card."""
    path = folder / TEXT
    rows = _ROW.findall(path.read_text("utf-8")) if path.is_file() else []
    return tuple(HeadFigure(texts, head, measure, float(value)) for texts, head, measure, value in rows)
