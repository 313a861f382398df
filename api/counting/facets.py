"""Facets: documents by what they are, what they are about and where, as far as k voices stand behind each number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from api.counting.cells import cell_of
from api.policy.suppression import Cell, Figure, figure, suppress
from models.taxonomy import taxonomy
from pipeline.store import Hearing

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
Members = Callable[[str], Iterable[tuple[str, str]]]
"""Field → every (value, document id) among what was found."""


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


def facet(name: FacetName, members: Members, hearing: Hearing, k: int, limit: int) -> Facet:
    """One facet over the documents of the hearing.

    Factors are hidden together with their category and places with what lies around them, whichever is asked, so
    that no answer can be subtracted from another. Groups that are too small are not named (BRIEF §5.2).
    """
    ids = _by_value(members(FIELDS[name]), hearing)
    if name in LEVELS:
        cells = [cell_of(hearing, code, ids[code], _around(code, ids)) for code in sorted(ids) if len(code) <= 9]
        wanted = {cell.key: cell.key for cell in cells if len(cell.key) == LEVELS[name]}
    elif name in ("category", "factor"):
        cells, wanted = _factors(name, ids, members, hearing)
    else:
        cells = [cell_of(hearing, value, ids[value]) for value in sorted(ids) if value]
        wanted = {cell.key: cell.key for cell in cells}
    shown = suppress(cell_of(hearing, "", hearing.ids), cells, k, unnamed=name == "stakeholder")
    return _listed(wanted, shown.cells, shown.others if wanted.keys() - shown.cells.keys() else None, limit)


def relation(about: Cell, mentions: Cell, k: int) -> Facet:
    """Texts about the project, and texts that only mention it: no text is both, and no sum of them is shown."""
    cells = [cell for cell in (about, mentions) if cell.documents]
    shown = {cell.key: figure(cell, k) for cell in cells}
    return _listed({key: key for key in shown}, shown, None, len(shown))


def _by_value(members: Iterable[tuple[str, str]], hearing: Hearing) -> dict[str, set[str]]:
    ids: dict[str, set[str]] = defaultdict(set)
    for value, document_id in members:
        if document_id in hearing:
            ids[value].add(document_id)
    return ids


def _around(code: str, known: Collection[str]) -> str | None:
    """The nearest region around this one that has documents."""
    return next((code[:digits] for digits in (6, 4, 2) if digits < len(code) and code[:digits] in known), None)


def _factors(
    name: FacetName, ids: Mapping[str, set[str]], members: Members, hearing: Hearing
) -> tuple[list[Cell], dict[str, str]]:
    """Categories and, below them, their factors, with the keys of those that were asked for."""
    categories = ids if name == "category" else _by_value(members(FIELDS["category"]), hearing)
    factors = ids if name == "factor" else _by_value(members(FIELDS["factor"]), hearing)
    known = taxonomy().factors
    keys = {f"{known[code].category}/{code}": code for code in factors if code in known}
    cells = [cell_of(hearing, category, found) for category, found in sorted(categories.items())]
    cells += [cell_of(hearing, key, factors[code], key.split("/", 1)[0]) for key, code in sorted(keys.items())]
    return cells, keys if name == "factor" else {category: category for category in categories}


def _listed(wanted: Mapping[str, str], shown: Mapping[str, Figure], others: Figure | None, limit: int) -> Facet:
    rows = [Row(value, shown[key]) for key, value in wanted.items() if key in shown]
    rows.sort(key=lambda row: (row.count.form != "exact", _frequency(row.count), row.value))
    return Facet(tuple(rows[:limit]), others, max(0, len(rows) - limit))


def _frequency(count: Figure) -> int:
    """Hidden counts say nothing about their order."""
    return -count.number if count.form == "exact" else 0
