"""The documents by which neighbouring questions differ from one, cell by cell: whether few people stand behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from api.counting.cells import Grouped, Grouping, cells
from api.counting.differences import Neighbourhood
from api.policy.suppression import Cell, figure
from pipeline.ledger import Crowd, Numbers, Tally

MOST_KINDS: Final = 128
"""Sets of parts by which documents may differ; where there are more, no number is shown."""

ENOUGH: Final = 2_000
"""Documents whose voices are looked at before those of all are."""


class Apart:
    """Documents that some neighbours have more or less than a question, and for each the parts on which that hangs.

    Parts are the conditions that a document does not fulfil, or the alternatives by which alone it fulfils one. Who
    drops some parts asks for another question: it differs by the documents whose parts are all among these. Of the
    documents of one cell those with the smallest sets of parts can be had alone; every neighbour that differs by
    others of them differs by all of those, too. So it is enough to look at the sets that documents have.
    """

    def __init__(self, crowd: Crowd, parts: NDArray[np.bool_]) -> None:
        """``parts`` has a row a part and a column a document; documents without any are not apart."""
        bits = np.left_shift(1, np.arange(len(parts)))
        marks = bits @ parts if len(parts) else np.zeros(len(crowd), np.int64)
        apart = np.flatnonzero(marks)
        self._crowd = crowd.at(apart)
        sets, self._kind = np.unique(marks[apart], return_inverse=True)
        self.too_many = len(sets) > MOST_KINDS
        self._within: NDArray[np.bool_] = (sets[:, None] & sets[None, :]) == sets[:, None]

    @property
    def origins(self) -> Numbers:
        """The origins of these documents."""
        return np.unique(self._crowd.origins)

    def tables(self, by: Grouping, k: int) -> Iterator[list[Cell]]:
        """For each set of parts the documents by which a neighbour differs, in cells, where any is of few.

        Voices of cells of several sets are counted at least: where that says few, so does the table of a smaller set.
        """
        keys, parents, groups, places = by(self._crowd)
        kinds = len(self._within)
        pair = groups * kinds + self._kind[places]
        there = np.flatnonzero(np.bincount(pair, minlength=len(keys) * kinds))
        place = np.zeros(len(keys) * kinds, np.int64)
        place[there] = np.arange(len(there))
        tally = _as_far_as_needed(self._crowd, place[pair], places, len(there), k)
        if _many(tally, k).all():
            return
        columns = np.zeros((len(tally), len(keys), kinds), np.int64)
        columns[:, there // kinds, there % kinds] = tally
        for kind in range(kinds):
            some = columns[:, :, self._within[:, kind]]
            together = Tally(some[0].sum(axis=1), *some[1:].max(axis=2))
            if not (_many(together, k) | (together.documents == 0)).all():
                table = cells(keys, together, parents)
                yield [cell for cell in table if cell.documents and cell.key]


def tables(apart: Sequence[Apart], by: Grouping, k: int) -> list[list[Cell]]:
    """All tables of what lies apart."""
    return [table for one in apart for table in one.tables(by, k)]


def divided(around: Neighbourhood, crowd: Crowd, found_by: NDArray[np.bool_]) -> tuple[Crowd, list[Apart]]:
    """What a question finds, and what lies between it and its neighbours, from what its queries found together."""
    asked, without = found_by[0], found_by[1 : 1 + around.conditions]
    own = np.flatnonzero(asked)
    question = crowd if len(own) == len(crowd) else crowd.at(own)
    apart = [Apart(crowd, without & ~asked)] if around.conditions else []
    begin = 1 + around.conditions
    for count in around.alternatives:
        apart.append(Apart(crowd, found_by[begin : begin + count] & asked))
        begin += count
    return question, apart


def everything(crowd: Crowd) -> Grouped:
    """All documents as one cell."""
    return Grouped(["all"], [None], np.zeros(len(crowd), np.int64), np.arange(len(crowd)))


def copies_apart(apart: Sequence[Apart], origins: Numbers, k: int) -> set[int]:
    """Those of the origins by whose copies a neighbour differs, few people having written these."""
    wanted = np.unique(origins)

    def by(crowd: Crowd) -> Grouped:
        places = np.flatnonzero(np.isin(crowd.origins, wanted))
        groups = np.searchsorted(wanted, crowd.origins[places])
        return Grouped([str(one) for one in wanted], [None] * len(wanted), groups, places)

    return {int(cell.key) for table in tables(apart, by, k) for cell in table if figure(cell, k).form != "exact"}


def with_copies_apart(apart: Sequence[Apart], origins: Numbers) -> set[int]:
    """Those of the origins of which a neighbour finds more or fewer copies, however many people wrote these."""
    return {int(origin) for one in apart for origin in np.intersect1d(one.origins, origins)}


def _as_far_as_needed(crowd: Crowd, groups: Numbers, places: Numbers, count: int, k: int) -> Tally:
    """Of each group all documents, and so many of its voices and origins that it is of many, or all there are."""
    step = len(crowd) // ENOUGH + 1
    some = places % step == 0
    tally = crowd.tally(groups[some], places[some], count)
    if step == 1:
        return tally
    many = _many(tally, k)
    rest = ~many[groups]
    exact = crowd.tally(groups[rest], places[rest], count)
    known = Tally(*(np.where(many, first, then) for first, then in zip(tally, exact, strict=True)))
    return known._replace(documents=np.bincount(groups, minlength=count))


def _many(tally: Tally, k: int) -> NDArray[np.bool_]:
    """:func:`api.policy.suppression.enough` for every group at once."""
    return (tally.low >= k) | ((tally.origins >= k) & (tally.high >= k))
