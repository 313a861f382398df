"""Facets: documents by what they are, what they are about and where, as far as k voices stand behind each number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Final, Literal, get_args

import numpy as np

from api.counting.apart import Apart, tables
from api.counting.cells import Grouped, counted, whole
from api.policy.suppression import Figure, Shown, suppress
from models.taxonomy import taxonomy
from pipeline.ledger import Crowd

FacetName = Literal[
    "source_kind", "genre", "attitude", "category", "factor", "stakeholder", "province", "city", "county", "township",
    "escalation", "relation",
]  # fmt: skip
FACETS: Final[tuple[FacetName, ...]] = get_args(FacetName)
LEVELS: Final[Mapping[FacetName, int]] = {"province": 2, "city": 4, "county": 6, "township": 9}
"""Digits of an administrative code; nothing finer than a township is ever counted (P-06)."""
FIELDS: Final[Mapping[FacetName, str]] = {
    "source_kind": "source_kind", "genre": "genre", "attitude": "attitude", "category": "categories",
    "factor": "factors", "stakeholder": "stakeholder_groups", "escalation": "escalation",
    **dict.fromkeys(LEVELS, "region_codes"),
}  # fmt: skip
"""Facet → field of the index. The relation to the project is counted by two questions instead."""
MATTERS: Final = "matters"
"""Categories and factors, which are hidden together."""


@dataclass(frozen=True, slots=True)
class Row:
    """A value with its count."""

    value: str
    count: Figure


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of a facet: those with numbers first, the most frequent before; then those that are hidden, by name.

    ``others`` stands for values that are not named at all; ``more`` is how many named ones the limit cut off.
    """

    rows: tuple[Row, ...]
    others: Figure | None = None
    more: int = 0


class Facets:
    """The facets of one crowd of documents.

    Factors are hidden together with their category and places with what lies around them, whichever is asked, so
    that no answer can be subtracted from another. Groups that are too small are not named (BRIEF §5.2).
    ``told`` is whether the total may be known; where it may not, no number of a facet may. ``apart`` are the documents
    by which the neighbouring questions differ from this one.
    """

    def __init__(self, crowd: Crowd, k: int, *, told: bool = True, apart: Sequence[Apart] = ()) -> None:
        self._crowd, self._k, self._told, self._apart = crowd, k, told, apart
        self._shown: Callable[[str], Shown] = cache(self._suppressed)

    def of(self, name: FacetName, limit: int) -> Facet:
        """One facet with at most so many values."""
        values = self._crowd.field(FIELDS[name]).names
        if name in LEVELS:
            shown, wanted = self._shown(FIELDS[name]), {code: code for code in values if len(code) == LEVELS[name]}
        elif name == "factor":
            shown, wanted = self._shown(MATTERS), _keys_of(values)
        elif name == "category":
            shown, wanted = self._shown(MATTERS), {value: value for value in values}
        else:
            shown, wanted = self._shown(FIELDS[name]), {value: value for value in values if value}
        return _listed(wanted, shown.cells, shown.others if wanted.keys() - shown.cells.keys() else None, limit)

    def _suppressed(self, table: str) -> Shown:
        """The suppressed table of a field, or of :data:`MATTERS`."""
        grouping = _matters if table == MATTERS else partial(_places if table == FIELDS["township"] else _plain, table)
        return suppress(
            whole(self._crowd), counted(self._crowd, grouping), self._k, told=self._told,
            unnamed=table == FIELDS["stakeholder"], apart=tables(self._apart, grouping, self._k),
        )  # fmt: skip


def _plain(field: str, crowd: Crowd) -> Grouped:
    names, groups, places = crowd.field(field)
    return Grouped(names, [None] * len(names), groups, places)


def _places(field: str, crowd: Crowd) -> Grouped:
    names, groups, places = crowd.field(field)
    known = set(names)
    parents = [_around(code, known) for code in names]
    return Grouped([code if len(code) <= LEVELS["township"] else "" for code in names], parents, groups, places)


def _matters(crowd: Crowd) -> Grouped:
    """Categories and, below them, their factors."""
    names, groups, places = crowd.field(FIELDS["category"])
    codes, of_factor, there = crowd.field(FIELDS["factor"])
    keys = {code: key for key, code in _keys_of(codes).items()}
    return Grouped(
        [*names, *(keys.get(code, "") for code in codes)],
        [*(None for _ in names), *(keys[code].split("/", 1)[0] if code in keys else None for code in codes)],
        np.concatenate([groups, of_factor + len(names)]), np.concatenate([places, there]),
    )  # fmt: skip


def relation(shown: Mapping[str, Figure]) -> Facet:
    """Texts about the project, and texts that only mention it: no text is both, and no sum of them is shown."""
    return _listed({key: key for key in shown}, shown, None, len(shown))


def _around(code: str, known: Collection[str]) -> str | None:
    """The nearest region around this one that has documents."""
    return next((code[:digits] for digits in (6, 4, 2) if digits < len(code) and code[:digits] in known), None)


def _keys_of(codes: Collection[str]) -> dict[str, str]:
    """Key of a factor's cell → its code, for factors that the taxonomy knows."""
    known = taxonomy().factors
    return {f"{known[code].category}/{code}": code for code in codes if code in known}


def _listed(wanted: Mapping[str, str], shown: Mapping[str, Figure], others: Figure | None, limit: int) -> Facet:
    rows = [Row(value, shown[key]) for key, value in wanted.items() if key in shown]
    rows.sort(key=lambda row: (row.count.form != "exact", _frequency(row.count), row.value))
    return Facet(tuple(rows[:limit]), others, max(0, len(rows) - limit))


def _frequency(count: Figure) -> int:
    """Hidden counts say nothing about their order."""
    return -count.number if count.form == "exact" else 0
