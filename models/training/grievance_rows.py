"""Labelled petitions as targets: one column a label, ±1."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.linear.ngrams import Floats, windows
from models.linear.raw import Heads

Row = dict[str, Any]
FOLDS = 5


def read(path: Path) -> list[Row]:
    """The rows of a JSON-lines file, gzip or plain."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def text_of(row: Row) -> str:
    """Title, line feed, body: what offsets count in."""
    return f"{row.get('title') or ''}\n{row['text']}"


def fold_of(row: Row) -> int:
    """Fold 0–4 by the text, so that a copy of a text never sits on both sides."""
    return zlib.crc32(row["text"][:80].encode()) % FOLDS


def heads_of(rows: Sequence[Row], factors: Sequence[str]) -> Heads:
    """The heads: factors that have training rows, and the labels of the other fields."""
    seen = {found["code"] for row in rows for found in row["factors"]}
    groups = sorted({row["stakeholder"] for row in rows})
    return Heads(
        tuple(code for code in factors if code in seen),
        {
            "genre": ("complaint", "help_request", "inquiry", "suggestion", "misconduct_report", "praise", "other"),
            "attitude": ("negative", "neutral", "positive"),
            "intensity": ("0", "1", "2", "3"),
            "grievance": ("grievance",),
            "stakeholder": tuple(groups),
            "escalation": ("0", "1", "2", "3", "4", "5"),
            "repeated_unresolved": ("repeated_unresolved",),
        },
    )


def label_of(row: Row, head: str) -> str:
    """The label a row has in a head; for a yes-or-no head its name or ``""``."""
    if head in ("grievance", "repeated_unresolved"):
        return head if row["is_grievance" if head == "grievance" else head] else ""
    return str(row[head])


def targets(rows: Sequence[Row], heads: Heads) -> Floats:
    """Rows × (factors, primary factors, other labels), 1 where it holds, -1 elsewhere."""
    count = len(heads.factors)
    width = 2 * count + sum(len(labels) for labels in heads.others.values())
    found = np.full((len(rows), width), -1, dtype=np.float32)
    for number, row in enumerate(rows):
        for factor in row["factors"]:
            column = heads.factor_rows.get(factor["code"])
            if column is not None:
                found[number, column] = 1
                found[number, count + column] = 1 if factor["primary"] else -1
        column = 2 * count
        for head, labels in heads.others.items():
            label = label_of(row, head)
            if label in labels:
                found[number, column + labels.index(label)] = 1
            column += len(labels)
    return found


@dataclass(frozen=True)
class Passage:
    """A quoted passage with its factor, or a clause that nobody quoted (``factor`` None); ``row`` it stands in."""

    text: str
    factor: str | None
    row: int


def passages(rows: Sequence[Row], seed: int) -> list[Passage]:
    """Every quote, and from each text one clause without a quote, drawn at random."""
    rng = np.random.default_rng(seed)
    found = []
    for number, row in enumerate(rows):
        text = text_of(row)
        quoted = np.zeros(len(text), dtype=bool)
        for factor in row["factors"]:
            found.append(Passage(factor["quote"], factor["code"], number))
            start = text.find(factor["quote"])
            if start >= 0:
                quoted[start : start + len(factor["quote"])] = True
        rest = [(a, b) for a, b in windows(text) if b - a > 5 and not quoted[a:b].any()]
        if rest:
            a, b = rest[int(rng.integers(len(rest)))]
            found.append(Passage(text[a:b], None, number))
    return found


def background_passages(posts: Sequence[str], row: int, seed: int) -> list[Passage]:
    """One clause of each post, as a passage about no factor: what chatter sounds like."""
    rng = np.random.default_rng(seed)
    found = []
    for post in posts:
        spans = [(a, b) for a, b in windows(post) if b - a > 5]
        if spans:
            a, b = spans[int(rng.integers(len(spans)))]
            found.append(Passage(post[a:b], None, row))
    return found
