"""Factor × kind of source × stage (覆盖矩阵): numbers that cannot be set off against each other or the facets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from api.counting.cells import cells, whole
from api.policy.suppression import Cell, Figure, Shown, enough, suppress
from models.taxonomy import taxonomy
from pipeline.ledger import UNDATED as NO_DAY
from pipeline.ledger import Crowd, Numbers

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
        stages, stage = _stages(crowd, stage_of)
        kinds, kind = _kinds(crowd)
        columns = [f"{one}/{other}" for one in kinds for other in stages]
        column = kind * len(stages) + stage
        codes, of_factor, at = crowd.field("factors")
        known = np.array([code in taxonomy().factors for code in codes], np.bool_)
        of_factor, at = of_factor[known[of_factor]], at[known[of_factor]]
        categories, of_category, there = crowd.field("categories")
        self.factors = {codes[group] for group in np.unique(of_factor).tolist()}
        everybody = np.arange(len(crowd))
        self._kinds = _cells(crowd, kinds, kind, everybody)
        self._columns = _cells(crowd, columns, column, everybody, _above)
        self._categories = _cells(crowd, categories, of_category, there)
        paths = [self.factor_path(code)[1] if code in self.factors else "" for code in codes]
        self._factors = _cells(crowd, paths, of_factor, at, _above)
        leaves = [f"{code}/{one}" for code in codes for one in columns]
        found = _cells(crowd, leaves, of_factor * len(columns) + column[at], at)
        self.leaves = {Place(*leaf.key.split("/")): leaf for leaf in found}

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


def _cells(
    crowd: Crowd, names: Sequence[str], groups: Numbers, places: Numbers, parent: Callable[[str], str] | None = None
) -> list[Cell]:
    """Cells of those groups that have documents, in the order in which they come; groups are numbers of names."""
    there = np.flatnonzero(np.bincount(groups, minlength=len(names)))
    first = np.zeros(len(names), np.int64)
    first[groups[::-1]] = np.arange(len(groups))[::-1]  # of several the last one stays: the first that comes
    order = there[np.argsort(first[there])]
    place = np.zeros(len(names), np.int64)
    place[order] = np.arange(len(order))
    keys = [names[group] for group in order.tolist()]
    return cells(keys, crowd.tally(place[groups], places, len(keys)), [parent(key) for key in keys] if parent else None)


def _all_exact(figures: Sequence[Figure | None]) -> bool:
    return all(figure is not None and figure.form == "exact" for figure in figures)


def _path(kind: str, stage: str) -> tuple[str, str]:
    return kind, f"{kind}/{stage}"


def _above(key: str) -> str:
    return key.partition("/")[0]


def _stages(crowd: Crowd, stage_of: Callable[[date], str]) -> tuple[list[str], Numbers]:
    """The stages in which texts were published, and that of each document."""
    ordinals, day = np.unique(crowd.days, return_inverse=True)
    names: dict[str, int] = {}
    numbers = [
        names.setdefault(UNDATED if one == NO_DAY else stage_of(date.fromordinal(one)), len(names))
        for one in ordinals.tolist()
    ]
    return list(names), np.array(numbers, np.int64)[day]


def _kinds(crowd: Crowd) -> tuple[list[str], Numbers]:
    """The kinds of source, and that of each document."""
    names, groups, places = crowd.field("source_kind")
    found = np.full(len(crowd), len(names), np.int64)
    found[places] = groups
    return [*names, ""], found
