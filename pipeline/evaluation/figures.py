"""A figure with its interval, and gold and prediction brought together by uid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from models.evaluate import accuracy, interval, macro_f1

Row = dict[str, Any]
Pair = tuple[Row, Row]
"""A gold row and the prediction for it."""


@dataclass(frozen=True)
class Figure:
    """A named value between 0 and 1 over ``rows`` texts; ``low`` and ``high`` bound it with 95 % confidence."""

    name: str
    value: float
    rows: int
    low: float | None = None
    high: float | None = None


def paired(gold: Iterable[Row], said: Iterable[Row]) -> list[Pair]:
    """Each gold row with its prediction. Raises ValueError for a missing, failed or doubled prediction."""
    by_uid: dict[Any, Row] = {}
    for row in said:
        if row.get("uid") in by_uid:
            raise ValueError(f"two predictions for uid {row.get('uid')!r}")
        by_uid[row.get("uid")] = row
    pairs = []
    for row in gold:
        found = by_uid.get(row.get("uid"))
        if found is None:
            raise ValueError(f"no prediction for uid {row.get('uid')!r}")
        if "error" in found:
            raise ValueError(f"the prediction for uid {row.get('uid')!r} is an error: {found['error']}")
        pairs.append((row, found))
    return pairs


def figure(name: str, pairs: Sequence[Pair], measure: Callable[[Sequence[Pair]], float]) -> Figure:
    """The measure over all pairs with its bootstrap interval over texts."""
    low, high = interval(lambda rows: measure([pairs[n] for n in rows]), len(pairs))
    return Figure(name, measure(pairs), len(pairs), low, high)


def label_figures(
    name: str, pairs: Sequence[Pair], gold: Callable[[Row], Any], said: Callable[[Row], Any]
) -> list[Figure]:
    """Accuracy with its interval, and macro-F1 beside it."""
    given, found = [gold(row) for row, _ in pairs], [said(row) for _, row in pairs]
    return [
        figure(
            f"{name} accuracy", pairs, lambda some: accuracy([gold(g) for g, _ in some], [said(s) for _, s in some])
        ),
        Figure(f"{name} macro-F1", macro_f1(given, found), len(pairs)),
    ]
