"""The layouts (数据格式) of labelled sets: what a row must have, and one shape for each task.

Every reader gives a row with ``uid`` and ``text`` and the labels under the names that the figures use.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pipeline.evaluation.errors import LayoutError
from pipeline.evaluation.pairs import Row, identified

POLARITIES: Final = {"0": "negative", "1": "positive"}
_POST: Final = (
    "text", "genre", "attitude", "is_grievance", "factors", "demand", "facility", "places", "organisations",
    "escalation",
)  # fmt: skip
REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "grievance": (*_POST, "intensity", "affected", "since", "stakeholder", "repeated_unresolved"),
    "weibo_grievance": _POST,
    "bias": ("text", "is_grievance", "factors"),
    "domain": ("text", "label_level1"),
    "emotion": ("text", "label"),
    "polarity": ("text", "label"),
    "stance": ("text", "label"),
    "ner": ("text", "entities"),
    "linking": ("text", "links"),
    "redaction": ("text", "redactions"),
    "extraction": ("html_file", "gold_text"),
    "similarity": ("text1", "text2", "label"),
}
"""Fields without which a row cannot be measured, by task."""


def labelled(task: str, rows: Iterable[Row]) -> list[Row]:
    """The rows of a set in the shape of the task. Raises LayoutError (E221) naming row and field."""
    found = []
    for row in identified(rows):
        missing = [name for name in REQUIRED[task] if name not in row]
        if missing:
            raise LayoutError(f"E221: row {row['uid']!r} has no field {missing[0]!r}; see docs/EVALUATION.md, {task}")
        found.append(_shaped(task, row))
    if not found:
        raise LayoutError("E221: there is no row to measure")
    return found


def _shaped(task: str, row: Row) -> Row:
    match task:
        case "weibo_grievance":
            return {**row, "source_kind": "weibo", "time": row.get("time") or row.get("date")}
        case "domain":
            return {**row, "label": str(row["label_level1"])}
        case "emotion":
            return {**row, "label": str(row["label"])}
        case "polarity":
            return {**row, "label": polarity(row["label"])}
        case "stance":
            return _stance(row)
        case "extraction":
            return {**row, "text": str(row["gold_text"])}
        case "similarity":
            return {**row, "text": f"{row['text1']}\n{row['text2']}", "label": _yes_or_no(row)}
    return row


def polarity(label: Any) -> str:
    """``positive`` or ``negative`` for 1 or 0; another label as it is."""
    return POLARITIES.get(str(int(label) if isinstance(label, bool) else label), str(label))


def stance(label: Any) -> str:
    """FAVOR, AGAINST or NONE: a strong stance counts as a stance."""
    return str(label).removeprefix("STRONG_")


def _stance(row: Row) -> Row:
    target = row.get("target") or row.get("event")
    if not target:
        raise LayoutError(f"E221: row {row['uid']!r} has neither 'target' nor 'event'; see docs/EVALUATION.md, stance")
    return {**row, "target": str(target), "label": stance(row["label"])}


def _yes_or_no(row: Row) -> str:
    label = str(int(row["label"]) if isinstance(row["label"], bool) else row["label"])
    if label not in POLARITIES:
        raise LayoutError(f"E221: row {row['uid']!r}: the label of a pair is 0 or 1, found {row['label']!r}")
    return label
