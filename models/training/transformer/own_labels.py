"""Labelled rows of the user's own (自有标注): checked field by field, then examples like all others.

A row has the layout of petitions or, where it has ``about_grievance``, that of posts (``docs/TRAINING.md``). A field
that is not there is not learnt, so a row may carry a single judgement. No message holds a text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from models.training.transformer.heads import NONE, fields
from models.training.transformer.rows import Example, Row, Span, first, named, occurrences, text_of

MOST_WEIGHT: Final = 20
PASSAGES: Final = ("demand", "facility", "affected", "since")
NAMES: Final = ("places", "organisations", "persons")
SINGLE: Final = ("attitude", "intensity", "stakeholder", "escalation", "emotion", "domain")
BINARY: Final = {
    "is_grievance": "grievance",
    "about_grievance": "about_grievance",
    "irony": "irony",
    "repeated_unresolved": "repeated_unresolved",
}
"""Field → head."""
_LABELS: Final = {head.name: head.labels for head in fields()}


@dataclass(frozen=True)
class Reject:
    """Why a row is not learnt from: line of the file (from 1), field, reason."""

    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"row {self.line}, {self.field}: {self.reason}"


class _Wrong(ValueError):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def read(path: Path) -> tuple[list[Example], list[Reject]]:
    """The examples of a JSON-lines file, and every row that is none with its reason."""
    examples, rejects = [], []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            examples.append(example(json.loads(line)))
        except _Wrong as wrong:
            rejects.append(Reject(number, wrong.field, str(wrong)))
        except ValueError:
            rejects.append(Reject(number, "row", "is not JSON"))
    return examples, rejects


def example(row: Row) -> Example:
    """A row as an example. Raises ValueError, with the attribute ``field``, for the first field that is wrong."""
    if not isinstance(row, dict):
        raise _Wrong("row", "is not an object")
    for name in ("text", "title"):
        if not isinstance(row.get(name) or "", str):
            raise _Wrong(name, "is not a text")
    if not str(row.get("text") or "").strip():
        raise _Wrong("text", "is missing or empty")
    text = text_of(row)
    labels: dict[str, Any] = {"form": _one_of(row.get("form", "petition"), _LABELS["form"], "form")}
    if "about_grievance" in row:
        labels["form"] = _one_of(row.get("genre", "post"), _LABELS["form"], "genre")
    elif "genre" in row:
        labels["genre"] = _one_of(row["genre"], _LABELS["genre"], "genre")
    for name in SINGLE:
        if name in row:
            labels[name] = _one_of(row[name], _LABELS[name], name)
    for name, head in BINARY.items():
        if name in row:
            labels[head] = _flag(row[name], name)
    found = Example(text, labels, _spans(text, row), weight=_weight(row.get("weight", 1)))
    return found if "factors" not in row else _with_factors(found, row)


def _with_factors(found: Example, row: Row) -> Example:
    items = row["factors"]
    if not isinstance(items, list):
        raise _Wrong("factors", "is not a list")
    shares: dict[str, float] = {}
    primary: list[str] = []
    evidence: dict[str, Span] = {}
    for number, item in enumerate(items):
        at = f"factors[{number}]"
        if not isinstance(item, dict) or not isinstance(item.get("code"), str):
            raise _Wrong(at, "is not an object with a code")
        code = _one_of(item["code"], _LABELS["factors"], f"{at}.code")
        if code in shares:
            raise _Wrong(f"{at}.code", f"{code} stands twice")
        shares[code] = _share(item.get("p", 1), f"{at}.p")
        if _flag(item.get("primary", False), f"{at}.primary"):
            primary.append(code)
        if item.get("quote") is not None:
            evidence[code] = _passage(found.text, item["quote"], f"{at}.quote")[0]
    if len(primary) > 1:
        raise _Wrong("factors", f"{len(primary)} are primary; one is")
    whole = all(share == 1 for share in shares.values())
    labels = {**found.labels, "factors": set(shares) if whole else shares}
    if primary or (not shares and found.labels.get("grievance") is False):
        labels["primary"] = primary[0] if primary else NONE
    complete = whole and len(evidence) == len(shares)  # else tokens without a passage would be learnt as no evidence
    return replace(found, labels=labels, evidence=evidence if complete else None)


def _spans(text: str, row: Row) -> dict[str, list[Span]]:
    spans: dict[str, list[Span]] = {}
    for name in PASSAGES:
        if name in row:
            passage = row[name]
            spans[name] = [] if passage is None else _passage(text, passage, name)
    if spans.get("facility"):
        spans["facility"] = occurrences(text, [row["facility"]])
    for name in NAMES:
        for number, item in enumerate(_list(row.get(name, []), name)):
            _passage(text, item, f"{name}[{number}]")
    if "places" in row and "organisations" in row:
        spans |= named(text, row)
    if "persons" in row:
        spans["person"] = occurrences(text, row["persons"])
    return spans


def _passage(text: str, passage: object, field: str) -> list[Span]:
    if not isinstance(passage, str) or not passage:
        raise _Wrong(field, "is not a text")
    found = first(text, passage)
    if not found:
        raise _Wrong(field, "does not stand word for word in title + line feed + text")
    return found


def _one_of(value: object, labels: Sequence[str], field: str) -> str:
    if isinstance(value, bool) or str(value) not in labels:
        shown = repr(value) if len(repr(value)) < 40 else "this"
        known = ", ".join(labels) if len(labels) < 20 else f"one of {len(labels)} codes of the taxonomy"
        raise _Wrong(field, f"{shown} is no label; there are: {known}")
    return str(value)


def _flag(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(field, "is not true or false")
    return value


def _list(value: object, field: str) -> list[Any]:
    if not isinstance(value, list):
        raise _Wrong(field, "is not a list")
    return value


def _share(value: object, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise _Wrong(field, "is not a probability between 0 and 1")
    return float(value)


def _weight(value: object) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number or not 0 < value <= MOST_WEIGHT:  # type: ignore[operator]
        raise _Wrong("weight", f"is not a number above 0 and at most {MOST_WEIGHT}")
    return float(value)  # type: ignore[arg-type]


def report(found: Mapping[Path, Iterable[Reject]]) -> list[str]:
    """Lines that say which rows of which file are left out, and why."""
    return [f"{path.name}, {reject}" for path, rejects in found.items() for reject in rejects]
