"""Factor × kind of source × stage (覆盖矩阵): numbers that cannot be set off against each other or the facets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from api.counting.cells import cells, whole
from api.policy.suppression import Cell, Figure, Shown, enough, suppress
from models.taxonomy import taxonomy
from pipeline.ledger import UNDATED as NO_DAY
from pipeline.ledger import Crowd

UNDATED: Final = "undated"
"""The column of texts without a date, beside those of the stages."""
NOTHING: Final = Figure("exact", 0)
HELD_BACK: Final = Figure("at_least", 1)
"""A number of many that is hidden so that a small one beside it cannot be found by subtracting."""


class Place(NamedTuple):
    """A cell of the matrix."""

    factor: str
    kind: str
    stage: str


class Matrix:
    """Every number passes :func:`suppress` twice: among what its kind of source brought in its stage, and among what
    was said of its factor. The upper levels are those of the facets ``source_kind``, ``category`` and ``factor``.

    What one of the two hides, the other one hides too, until nothing more has to be hidden. That a project has texts
    on a factor its cards say as well (P-07); from which kind of source and stage they are is told where k voices allow.
    """

    def __init__(self, crowd: Crowd, k: int, stage_of: Callable[[date], str]) -> None:
        self._k, self._total = k, whole(crowd)
        self._plan = _Plan(crowd, stage_of)
        also_by_kind: set[Place] = set()
        also_by_factor: set[Place] = set()
        while True:
            self._by_kind = _Tree(self._total, self._plan.by_kind(also_by_kind), k)
            self._by_factor = _Tree(self._total, self._plan.by_factor(also_by_factor), k)
            by_kind = self._hidden(0)
            by_factor = self._hidden(1)
            if by_kind == by_factor:
                break
            also_by_kind |= by_factor - by_kind
            also_by_factor |= by_kind - by_factor

    def texts(self, factor: str) -> Figure | None:
        """The texts that carry the factor; None where there are some, and their number would tell another one."""
        if factor not in self._plan.factors:
            return NOTHING
        return self._by_factor.figure(self._plan.factor_path(factor))

    def column(self, kind: str, stage: str) -> Figure | None:
        """The texts of a kind of source in a stage, whatever they carry."""
        return self._by_kind.figure(_path(kind, stage))

    def cell(self, place: Place) -> Figure | None:
        """The texts of a cell; None where not even whether there are any may be told."""
        if place.factor not in self._plan.factors:
            return NOTHING
        figures = self._both(place)
        if NOTHING in figures:
            return NOTHING
        if None in figures:
            return None
        if _all_exact(figures):
            return figures[0]
        leaf = self._plan.leaves[place]
        return HELD_BACK if enough(leaf.low, leaf.high, leaf.origins, self._k) else Figure("less_than", self._k)

    def _hidden(self, tree: int) -> set[Place]:
        """The cells with texts whose number one of the two trees does not show."""
        figures = {place: self._both(place)[tree] for place in self._plan.leaves}
        return {place for place, figure in figures.items() if figure is None or figure.form != "exact"}

    def _both(self, place: Place) -> tuple[Figure | None, Figure | None]:
        column = (*_path(place.kind, place.stage), f"{place.kind}/{place.stage}/{place.factor}")
        row = self._plan.factor_path(place.factor)
        return (
            self._by_kind.figure(column),
            self._by_factor.figure((*row, f"{row[-1]}/{place.kind}/{place.stage}")),
        )


class _Plan:
    """The two trees of the same cells: kind → stage → factor, and category → factor → kind and stage."""

    def __init__(self, crowd: Crowd, stage_of: Callable[[date], str]) -> None:
        names = {
            ordinal: UNDATED if ordinal == NO_DAY else stage_of(date.fromordinal(ordinal))
            for ordinal in np.unique(crowd.days).tolist()
        }
        stages = [names[ordinal] for ordinal in crowd.days.tolist()]
        kinds = _single(crowd, "source_kind")
        codes, of_factor, at = crowd.field("factors")
        known = taxonomy().factors
        carried = [(codes[group], place) for group, place in zip(of_factor.tolist(), at.tolist(), strict=True)]
        carried = [(code, place) for code, place in carried if code in known]
        columns = [f"{kind}/{stage}" for kind, stage in zip(kinds, stages, strict=True)]
        categories, of_category, there = crowd.field("categories")
        filed = zip(of_category.tolist(), there.tolist(), strict=True)
        self.factors = {code for code, _ in carried}
        self._kinds = _cells(crowd, ((kind, place) for place, kind in enumerate(kinds)))
        self._columns = _cells(crowd, ((column, place) for place, column in enumerate(columns)), _above)
        self._categories = _cells(crowd, ((categories[group], place) for group, place in filed))
        self._factors = _cells(crowd, ((self.factor_path(code)[1], place) for code, place in carried), _above)
        leaves = _cells(crowd, ((f"{code}/{columns[place]}", place) for code, place in carried))
        self.leaves = {Place(*leaf.key.split("/")): leaf for leaf in leaves}

    def factor_path(self, factor: str) -> tuple[str, str]:
        category = taxonomy().factors[factor].category
        return category, f"{category}/{factor}"

    def by_kind(self, also: set[Place]) -> list[Cell]:
        below = [
            self._leaf(place, also, f"{place.kind}/{place.stage}/{place.factor}", f"{place.kind}/{place.stage}")
            for place in self.leaves
        ]
        return [*self._kinds, *self._columns, *below]

    def by_factor(self, also: set[Place]) -> list[Cell]:
        below = []
        for place in self.leaves:
            above = self.factor_path(place.factor)[1]
            below.append(self._leaf(place, also, f"{above}/{place.kind}/{place.stage}", above))
        return [*self._categories, *self._factors, *below]

    def _leaf(self, place: Place, also: set[Place], key: str, parent: str) -> Cell:
        """The cell under its key in a tree; one that is hidden in the other tree counts as one of few."""
        leaf = self.leaves[place]
        if place in also:
            return Cell(key, leaf.documents, 0, 0, 0, parent)
        return Cell(key, leaf.documents, leaf.low, leaf.high, leaf.origins, parent)


class _Tree:
    """A suppressed tree of cells, asked by the path from its root; like :class:`api.counting.calendar.Calendar`."""

    def __init__(self, total: Cell, table: Sequence[Cell], k: int) -> None:
        shown: Shown = suppress(total, table, k)
        self._shown = shown.cells
        self._unnamed = {cell.key for cell in table} - shown.cells.keys()
        self._around_unnamed = {cell.parent for cell in table if cell.key in self._unnamed}

    def figure(self, path: Sequence[str]) -> Figure | None:
        above: str | None = None
        for key in path:
            if key in self._unnamed:
                return None
            if key not in self._shown:
                return None if above in self._around_unnamed else NOTHING
            above = key
        return self._shown[path[-1]]


def _cells(crowd: Crowd, members: Iterable[tuple[str, int]], parent: Callable[[str], str] | None = None) -> list[Cell]:
    """Cells of groups of the crowd's documents, from pairs of a key and a document's place."""
    keys: dict[str, int] = {}
    pairs = [(keys.setdefault(key, len(keys)), place) for key, place in members]
    groups, places = np.array(pairs, np.int64).reshape(-1, 2).T
    names = list(keys)
    return cells(names, crowd.tally(groups, places, len(names)), [parent(name) for name in names] if parent else None)


def _all_exact(figures: Sequence[Figure | None]) -> bool:
    return all(figure is not None and figure.form == "exact" for figure in figures)


def _path(kind: str, stage: str) -> tuple[str, str]:
    return kind, f"{kind}/{stage}"


def _above(key: str) -> str:
    return key.partition("/")[0]


def _single(crowd: Crowd, field: str) -> list[str]:
    """The one value of a field that each document has."""
    names, groups, places = crowd.field(field)
    found = [""] * len(crowd)
    for group, place in zip(groups.tolist(), places.tolist(), strict=True):
        found[place] = names[group]
    return found
