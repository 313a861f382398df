"""Facets: documents by what they are, what they are about and where, as far as k voices stand behind each number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, get_args

from api.counting.cells import cells, whole
from api.policy.suppression import Cell, Figure, Shown, suppress
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
    ``told`` is whether the total may be known; where it may not, no number of a facet may.
    """

    def __init__(self, crowd: Crowd, k: int, *, told: bool = True) -> None:
        self._crowd, self._k, self._told = crowd, k, told
        self._plain: Callable[[str], Shown] = cache(self._suppressed_plain)
        self._places: Callable[[], Shown] = cache(self._suppressed_places)
        self._matters: Callable[[], Shown] = cache(self._suppressed_matters)

    def of(self, name: FacetName, limit: int) -> Facet:
        """One facet with at most so many values."""
        values = self._crowd.field(FIELDS[name]).names
        if name in LEVELS:
            shown, wanted = self._places(), {code: code for code in values if len(code) == LEVELS[name]}
        elif name == "factor":
            shown, wanted = self._matters(), _keys_of(values)
        elif name == "category":
            shown, wanted = self._matters(), {value: value for value in values}
        else:
            shown, wanted = self._plain(FIELDS[name]), {value: value for value in values if value}
        return _listed(wanted, shown.cells, shown.others if wanted.keys() - shown.cells.keys() else None, limit)

    def _suppressed(self, table: list[Cell], *, unnamed: bool = False) -> Shown:
        return suppress(whole(self._crowd), table, self._k, unnamed=unnamed, told=self._told)

    def _suppressed_plain(self, field: str) -> Shown:
        names, groups, places = self._crowd.field(field)
        table = [cell for cell in cells(names, self._crowd.tally(groups, places, len(names))) if cell.key]
        return self._suppressed(table, unnamed=field == FIELDS["stakeholder"])

    def _suppressed_places(self) -> Shown:
        names, groups, places = self._crowd.field(FIELDS["township"])
        known = set(names)
        parents = [_around(code, known) for code in names]
        table = cells(names, self._crowd.tally(groups, places, len(names)), parents)
        return self._suppressed([cell for cell in table if len(cell.key) <= LEVELS["township"]])

    def _suppressed_matters(self) -> Shown:
        """Categories and, below them, their factors."""
        names, groups, places = self._crowd.field(FIELDS["category"])
        codes, of_factor, there = self._crowd.field(FIELDS["factor"])
        keys = {code: key for key, code in _keys_of(codes).items()}
        table = cells(names, self._crowd.tally(groups, places, len(names)))
        factors = self._crowd.tally(of_factor, there, len(codes))
        parents = [keys[code].split("/", 1)[0] if code in keys else None for code in codes]
        below = cells([keys.get(code, "") for code in codes], factors, parents)
        return self._suppressed([*table, *(cell for cell in below if cell.key)])


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
