"""What is kept of who is heard less (P-26): the baseline, and how the models that ship fare today. Numbers alone."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import models
from models.fingerprint import fingerprint
from pipeline.evaluation.bias import Missed


@dataclass(frozen=True)
class Kept:
    """What some models missed of some texts, and of which texts, how many, and which models these figures are."""

    file: str
    texts: str
    rows: int
    models: str
    groups: Mapping[str, Missed]


def baseline() -> Kept:
    """What no release may miss more of. Raises FileNotFoundError where models came without it."""
    return _read("bias_baseline")


def measured() -> Kept:
    """What the models that ship miss. Raises FileNotFoundError where models came without it."""
    return _read("bias_measured")


def keep_measured(texts: str, rows: int, found: Mapping[str, Missed]) -> None:
    """Stores how the models of this moment fare, whenever they are other ones; a test compares it with them."""
    _write("bias_measured", texts, rows, found)


def take_baseline(texts: str, rows: int, found: Mapping[str, Missed]) -> None:
    """Stores figures as the baseline of the next releases; a person decides that, when models are trained anew."""
    keep_measured(texts, rows, found)
    _write("bias_baseline", texts, rows, found)


def _read(name: str) -> Kept:
    file = _file(name)
    data = tomllib.loads(file.read_text("utf-8"))
    groups = {group: Missed(*figures) for group, figures in data["groups"].items()}
    return Kept(str(file), data["texts"], data["rows"], data["models"], groups)


def _write(name: str, texts: str, rows: int, found: Mapping[str, Missed]) -> None:
    lines = [
        "# Missed, and how many there are, by group of the texts that are named; see pipeline/evaluation/bias.py.",
        f"texts = {json.dumps(texts)}", f"rows = {rows}", f"models = {json.dumps(fingerprint())}", "", "[groups]",
        *(f"{json.dumps(group, ensure_ascii=False)} = [{one.missed}, {one.of}]" for group, one in found.items()),
    ]  # fmt: skip
    _file(name).write_text("\n".join(lines) + "\n", "utf-8")


def _file(name: str) -> Path:
    """It lies beside the models and is none of their data: figures about them do not change what they are."""
    return Path(models.__path__[0]) / f"{name}.toml"
