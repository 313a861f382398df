"""Labelled rows and predictions brought together by their identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from pipeline.evaluation.errors import PredictionError

Row: TypeAlias = dict[str, Any]
Pair: TypeAlias = tuple[Row, Row]
"""A labelled row and the prediction for it."""


def identified(rows: Iterable[Row]) -> list[Row]:
    """The rows with ``uid`` as a string: their uid, else their id, else the number of their line from 1."""
    return [{**row, "uid": str(row.get("uid", row.get("id", number)))} for number, row in enumerate(rows, 1)]


def paired(gold: Iterable[Row], said: Iterable[Row]) -> list[Pair]:
    """Each labelled row with its prediction.

    Predictions for other rows are left out. Raises PredictionError (E222) for a missing, failed or doubled prediction.
    """
    by_uid: dict[str, Row] = {}
    for row in identified(said):
        if row["uid"] in by_uid:
            raise PredictionError(f"E222: two predictions for uid {row['uid']!r}")
        by_uid[row["uid"]] = row
    pairs = []
    for row in gold:
        found = by_uid.get(row["uid"])
        if found is None:
            raise PredictionError(f"E222: no prediction for uid {row['uid']!r}")
        if "error" in found:
            raise PredictionError(f"E222: the prediction for uid {row['uid']!r} is an error: {found['error']}")
        pairs.append((row, found))
    return pairs


def once_a_group(pairs: Sequence[Pair]) -> list[Pair]:
    """The first of every group of copies (``dup_group``), and all rows without a group."""
    kept: dict[Any, Pair] = {}
    for pair in pairs:
        kept.setdefault(pair[0].get("dup_group") or ("uid", pair[0]["uid"]), pair)
    return list(kept.values())
