"""k-anonymity of what is counted (P-06): the one function that every facet, histogram and total passes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

FLOOR: Final = 3
"""Smallest k there is (P-06); no setting goes below it."""
OTHERS: Final = "其他"
"""What cells are called together whose names would say too much."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of documents as it may be shown.

    ``less_than`` speaks of distinct voices and hides how many documents these wrote; ``at_least`` is a lower bound.
    """

    form: Literal["exact", "less_than", "at_least"]
    number: int

    def as_json(self) -> dict[str, Any]:
        """``{"value": 12, "exact": true}``, ``{"less_than": 5}`` or ``{"at_least": 12}``."""
        return {"value": self.number, "exact": True} if self.form == "exact" else {self.form: self.number}

    def __str__(self) -> str:
        return {"exact": "", "less_than": "<", "at_least": "≥"}[self.form] + f"{self.number:,}"


@dataclass(frozen=True, slots=True)
class Cell:
    """Documents with one value: how many, of how many origins, by how many distinct voices (at least, at most).

    ``parent`` is the key of the cell whose documents these are a part of; None for the total.
    """

    key: str
    documents: int
    low: int
    high: int
    origins: int
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be seen of a table: its total, cells by key, and whether some go unnamed as :data:`OTHERS`."""

    total: Figure
    cells: Mapping[str, Figure]
    others: Figure | None


def enough(low: int, high: int, origins: int, k: int) -> bool:
    """Whether k distinct voices are known, or, where voices cannot be told apart, k texts of different origin."""
    return low >= k or (origins >= k and high >= k)


def figure(cell: Cell, k: int) -> Figure:
    """A count that is part of no table. Nothing is nobody's secret: zero is shown."""
    if not cell.documents or enough(cell.low, cell.high, cell.origins, k):
        return Figure("exact", cell.documents)
    return Figure("less_than", k)


def withheld(cell: Cell, k: int) -> Figure:
    """A count whose number would tell that of few people, set off against the count of a wider question."""
    shown = figure(cell, k)
    return Figure("at_least", k) if shown.form == "exact" and cell.documents else shown


def suppress(total: Cell, cells: Iterable[Cell], k: int, *, unnamed: bool = False, told: bool = True) -> Shown:
    """A table without the numbers that fewer than ``k`` voices stand behind, and without any that give them away.

    Beside the small cells of a parent, its smallest others are hidden until subtracting what is shown leaves at least
    two cells, one of them with k voices, and room for every small one to be 1 to k - 1 (complementary suppression).
    What lies under a hidden cell is hidden and not named. Names go too where the hidden cells of a parent cannot be
    given that room, and always with ``unnamed``. The steps are taken for every k from the floor up, so that a
    stricter k hides whatever a laxer one does. With ``told`` false the total may not be known (:func:`withheld`), and
    no number below it either. Raises ValueError for a k below 3.
    """
    if k < FLOOR:
        raise ValueError(f"E361: k-anonymity needs k ≥ {FLOOR}, not {k} (P-06)")
    families = _families(cells)
    hidden: set[str | None] = set()
    nameless: set[str | None] = set(families) if unnamed else set()
    for step in range(FLOOR, k + 1):
        if not told or figure(total, step).form != "exact":
            hidden.add(None)
        for parent, children in families.items():
            if parent in hidden:
                hidden.update(child.key for child in children)
            else:
                _hide(children, hidden, step)
            if parent in hidden or not _has_room([child for child in children if child.key in hidden], step):
                nameless.add(parent)
    named: dict[str, Figure] = {}
    folded: list[Cell] = []
    for parent, children in families.items():
        for child in children:
            if child.key not in hidden:
                named[child.key] = Figure("exact", child.documents)
            elif parent in nameless:
                folded.append(child)
            else:
                named[child.key] = Figure("at_least" if _many(child, k) else "less_than", k)
    return Shown(figure(total, k) if told else withheld(total, k), named, _others(folded, k))


def _families(cells: Iterable[Cell]) -> dict[str | None, list[Cell]]:
    """Cells by parent, parents before what lies under them; a parent that is not there is the total."""
    by_key = {cell.key: cell for cell in cells if cell.documents}
    below: dict[str | None, list[Cell]] = defaultdict(list)
    for cell in by_key.values():
        below[cell.parent if cell.parent in by_key else None].append(cell)
    ordered: dict[str | None, list[Cell]] = {}
    waiting: list[str | None] = [None]
    for parent in waiting:
        children = sorted(below.get(parent, ()), key=lambda cell: (cell.documents, cell.key))
        if children:
            ordered[parent] = children
            waiting += [child.key for child in children]
    return ordered


def _hide(children: Sequence[Cell], hidden: set[str | None], k: int) -> None:
    few = {child.key for child in children if not _many(child, k)}
    hidden.update(few)
    out = [child for child in children if child.key in hidden]
    if not out:
        return
    some_many = any(child.key not in few for child in out)
    least = sum(1 if child.key in few else k for child in out)
    documents, count = sum(child.documents for child in out), len(out)
    for child in children:
        if some_many and count > 1 and documents - least >= k - 2:
            return
        if child.key not in hidden:
            hidden.add(child.key)
            some_many, least, documents, count = True, least + k, documents + child.documents, count + 1


def _has_room(out: Sequence[Cell], k: int) -> bool:
    """Whether each of these cells could be 1 to k - 1 (one with k voices: k or more) and their sum what it is."""
    least = sum(k if _many(one, k) else 1 for one in out)
    return not out or (len(out) > 1 and sum(one.documents for one in out) - least >= k - 2)


def _many(cell: Cell, k: int) -> bool:
    return enough(cell.low, cell.high, cell.origins, k)


def _others(folded: Sequence[Cell], k: int) -> Figure | None:
    if not folded:
        return None
    return Figure("at_least", k if any(_many(cell, k) for cell in folded) else 1)
