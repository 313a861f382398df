"""k-anonymity of what is counted (P-06): the one function that every facet, histogram and total passes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from pipeline import meters

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


def suppress(
    total: Cell,
    cells: Iterable[Cell],
    k: int,
    *,
    unnamed: bool = False,
    told: bool = True,
    apart: Iterable[Iterable[Cell]] = (),
) -> Shown:
    """A table without the numbers that fewer than ``k`` voices stand behind, and without any that give them away.

    Beside the small cells of a parent, its smallest others are hidden until subtracting what is shown leaves at least
    two cells, one of them with k voices, and room for every small one to be 1 to k - 1 (complementary suppression).
    What lies under a hidden cell is hidden and not named. Names go too where the hidden cells of a parent cannot be
    given that room, and always with ``unnamed``. The steps are taken for every k from the floor up, so that a
    stricter k hides whatever a laxer one does. With ``told`` false the total may not be known (:func:`withheld`), and
    no number below it either. ``apart`` are the tables of the documents by which other questions differ from this
    one: a cell that is of few in one of them is hidden here, and beside it another of the same parent, so that what
    lies between cannot be worked out either. Raises ValueError for a k below 3.
    """
    if k < FLOOR:
        raise ValueError(f"E361: k-anonymity needs k ≥ {FLOOR}, not {k} (P-06)")
    families = _families(cells)
    between = _of_few(apart, k)
    own = {child.key for children in families.values() for child in children}
    least = {parent: min(map(_people, children)) for parent, children in families.items()}
    hidden: set[str | None] = set()
    nameless: set[str | None] = set(families) if unnamed else set()
    for step in range(FLOOR, k + 1):
        if not told or figure(total, step).form != "exact":
            hidden.add(None)
        for parent, children in families.items():
            if parent in hidden:
                hidden.update(child.key for child in children)
            elif parent not in between and least[parent] >= step:
                continue
            else:
                _hide_everywhere(children, between.get(parent, ()), hidden, own, step)
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
    meters.suppressed(sum(one.form != "exact" for one in named.values()) + len(folded))
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
        children = sorted(below.get(parent, ()), key=_by_size)
        if children:
            ordered[parent] = children
            waiting += [child.key for child in children]
    return ordered


def _of_few(tables: Iterable[Iterable[Cell]], k: int) -> dict[str | None, list[list[Cell]]]:
    """By parent the cells of each table that has any of few people below it."""
    found: dict[str | None, list[list[Cell]]] = defaultdict(list)
    for table in tables:
        for parent, children in _families(table).items():
            if _few(children, k):
                found[parent].append(children)
    return found


def _hide_everywhere(
    children: Sequence[Cell], between: Sequence[Sequence[Cell]], hidden: set[str | None], own: set[str], k: int
) -> None:
    """Hides cells of one parent until neither they nor what other questions have more or less of them is told."""
    few = _few(children, k)
    _hide(children, few, hidden, own, k)
    apart_by_few = [(apart, of_few) for apart in between if (of_few := _few(apart, k))]
    known = len(hidden) if not apart_by_few else -1
    while known != len(hidden):
        known = len(hidden)
        for apart, of_few in apart_by_few:
            _hide_between(children, apart, of_few, hidden, own, k)
        _hide(children, few, hidden, own, k)


def _hide_between(
    children: Sequence[Cell], apart: Sequence[Cell], few: set[str], hidden: set[str | None], own: set[str], k: int
) -> None:
    """Hides what differs by few from another question, and beside it the smallest other difference, one of many.

    Nobody is told which of the hidden ones differs by few. What the other question alone has, and of few, is hidden
    there with others; where these differ by too little, one of them is hidden here, too.
    """
    hidden.update(few & own)
    if few & own:
        out = [child for child in apart if child.key in few or child.key in hidden]
        covered = any(child.key not in few for child in out)
        for child in apart:
            if covered and len(out) > 1:
                break
            if child.key in own and child.key not in hidden:
                hidden.add(child.key)
                out.append(child)
                covered = True
    if alone := few - own:
        wider = _joined(children, apart)
        surely = {cell.key for cell in apart} ^ {cell.key for cell in children}
        documents = {cell.key: cell.documents for cell in apart}
        for of_few in (_few(wider, k), _few(wider, k) & surely):
            there: set[str | None] = set()
            _hide(wider, of_few, there, {cell.key for cell in wider}, k)
            if there & hidden or sum(documents.get(key or "", 0) for key in there) - len(alone) >= k - 2:
                continue
            hidden.update([cell.key for cell in wider if cell.key in there and cell.key in own][:1])


def _joined(children: Sequence[Cell], apart: Sequence[Cell]) -> list[Cell]:
    """The cells of a wider question: its voices are at least those of either part."""
    joined = {cell.key: cell for cell in children}
    for cell in apart:
        if (other := joined.get(cell.key)) is not None:
            low, high = max(cell.low, other.low), max(cell.high, other.high)
            origins = max(cell.origins, other.origins)
            cell = Cell(cell.key, cell.documents + other.documents, low, high, origins, cell.parent)
        joined[cell.key] = cell
    return sorted(joined.values(), key=_by_size)


def _hide(children: Sequence[Cell], few: set[str], hidden: set[str | None], own: set[str], k: int) -> None:
    """Beside those of few, the smallest others that the question has itself."""
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
        if child.key in own and child.key not in hidden:
            hidden.add(child.key)
            some_many, least, documents, count = True, least + k, documents + child.documents, count + 1


def _has_room(out: Sequence[Cell], k: int) -> bool:
    """Whether each of these cells could be 1 to k - 1 (one with k voices: k or more) and their sum what it is."""
    least = sum(k if _many(one, k) else 1 for one in out)
    return not out or (len(out) > 1 and sum(one.documents for one in out) - least >= k - 2)


def _few(cells: Sequence[Cell], k: int) -> set[str]:
    return {cell.key for cell in cells if _people(cell) < k}


def _people(cell: Cell) -> int:
    """The largest k for which there are enough."""
    return max(cell.low, min(cell.origins, cell.high))


def _by_size(cell: Cell) -> tuple[int, str]:
    return cell.documents, cell.key


def _many(cell: Cell, k: int) -> bool:
    return enough(cell.low, cell.high, cell.origins, k)


def _others(folded: Sequence[Cell], k: int) -> Figure | None:
    if not folded:
        return None
    return Figure("at_least", k if any(_many(cell, k) for cell in folded) else 1)
