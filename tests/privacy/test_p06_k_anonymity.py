"""P-06: no number is shown behind which fewer than k people stand, and none can be worked out from what is shown."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from api.policy import Cell, Figure, Shown, enough, figure, suppress

K = st.integers(3, 9)


@st.composite
def people(draw: st.DrawFn, documents: int) -> tuple[int, int, int]:
    """Voices (at least, at most) and origins that so many documents can have."""
    low = draw(st.integers(1, documents))
    return low, draw(st.integers(low, documents)), draw(st.integers(1, documents))


@st.composite
def tables(draw: st.DrawFn) -> tuple[Cell, list[Cell]]:
    """A county's texts divided into townships and these into villages, every text in exactly one of each."""
    cells: list[Cell] = []
    for number, leaves in enumerate(draw(st.lists(st.lists(st.integers(1, 14), max_size=5), min_size=1, max_size=6))):
        inner = [Cell(f"t{number}.{n}", size, *draw(people(size)), f"t{number}") for n, size in enumerate(leaves)]
        cells += [*inner, together(f"t{number}", inner or [leaf(draw, number)], None)]
    return together("", [cell for cell in cells if cell.parent is None], None), cells


def leaf(draw: st.DrawFn, number: int) -> Cell:
    size = draw(st.integers(1, 30))
    return Cell(f"t{number}", size, *draw(people(size)))


def together(key: str, parts: list[Cell], parent: str | None) -> Cell:
    """The whole has the documents of its parts, and no fewer people than any of them."""
    return Cell(
        key, sum(part.documents for part in parts), max(part.low for part in parts), sum(part.high for part in parts),
        sum(part.origins for part in parts), parent,
    )  # fmt: skip


def few(cell: Cell, k: int) -> bool:
    return not enough(cell.low, cell.high, cell.origins, k)


def numbers(shown: Shown) -> dict[str, int]:
    """The cells whose number is shown."""
    return {key: count.number for key, count in shown.cells.items() if count.form == "exact"}


class Onlooker:
    """Somebody who knows how the table is divided, reads what is shown, and works out what he can."""

    def __init__(self, total: Cell, cells: list[Cell], shown: Shown, k: int) -> None:
        self._keys = ["", *(cell.key for cell in cells)]
        self._bounds = [(0.0, float("inf"))] * len(self._keys)
        for key, count in [("", shown.total), *shown.cells.items()]:
            low, high = {"exact": (count.number, count.number), "at_least": (k, np.inf), "less_than": (1, np.inf)}[
                count.form
            ]
            self._bounds[self._keys.index(key)] = (float(low), float(high))
        rows = []
        for parent, children in groupby(sorted(cells, key=lambda c: c.parent or ""), key=lambda c: c.parent or ""):
            row = np.zeros(len(self._keys))
            row[self._keys.index(parent)] = -1
            for child in children:
                row[self._keys.index(child.key)] = 1
            rows.append(row)
        self._sums = np.array(rows)

    def range_of(self, key: str) -> tuple[float, float]:
        """The least and the most that this cell can be."""
        aim = np.zeros(len(self._keys))
        aim[self._keys.index(key)] = 1
        least, most = (
            linprog(way * aim, A_eq=self._sums, b_eq=np.zeros(len(self._sums)), bounds=self._bounds) for way in (1, -1)
        )
        assert least.status == 0
        return float(least.fun), float("inf") if most.status == 3 else -float(most.fun)


@settings(max_examples=100, deadline=None)
@given(tables(), K)
def test_nobody_can_work_out_a_hidden_number_by_adding_and_subtracting(table: tuple[Cell, list[Cell]], k: int):
    total, cells = table
    shown = suppress(total, cells, k)
    onlooker = Onlooker(total, cells, shown, k)
    for cell in cells:
        if few(cell, k):
            assert cell.key not in numbers(shown)
        if cell.key not in numbers(shown):
            least, most = onlooker.range_of(cell.key)
            assert most - least >= k - 2 - 1e-6, (cell, least, most)
            if few(cell, k):
                assert least <= 1 + 1e-6 and most >= k - 1 - 1e-6


@settings(max_examples=300)
@given(tables(), K)
def test_what_is_left_after_subtracting_is_never_the_texts_of_few(table: tuple[Cell, list[Cell]], k: int):
    total, cells = table
    shown = numbers(suppress(total, cells, k))
    for parent in {cell.parent for cell in cells if cell.parent is None or cell.parent in shown}:
        children = [cell for cell in cells if cell.parent == parent]
        left = [cell for cell in children if cell.key not in shown]
        assert not left or len(left) == len(children) or not all(few(cell, k) for cell in left)


@settings(max_examples=300)
@given(tables(), K)
def test_every_number_that_is_shown_is_the_true_one(table: tuple[Cell, list[Cell]], k: int):
    total, cells = table
    shown = suppress(total, cells, k)
    true = {cell.key: cell for cell in cells}
    for key, count in shown.cells.items():
        cell = true[key]
        assert count.form != "exact" or count.number == cell.documents
        assert (count.form == "less_than") == few(cell, k) or count.form == "exact"
        assert count.form != "at_least" or cell.documents >= count.number
    if not any(few(cell, k) for cell in [total, *cells]):
        assert numbers(shown) == {cell.key: cell.documents for cell in cells} and shown.others is None


@settings(max_examples=300)
@given(tables(), K)
def test_a_stricter_k_never_shows_more(table: tuple[Cell, list[Cell]], k: int):
    total, cells = table
    lax, strict = suppress(total, cells, k), suppress(total, cells, k + 1)
    assert numbers(strict).items() <= numbers(lax).items()
    assert strict.cells.keys() <= lax.cells.keys()
    assert strict.total.form != "exact" or lax.total == strict.total


@settings(max_examples=200)
@given(tables(), K, st.randoms(use_true_random=False))
def test_the_same_table_is_always_hidden_alike(table: tuple[Cell, list[Cell]], k: int, random):
    total, cells = table
    shuffled = list(cells)
    random.shuffle(shuffled)
    assert suppress(total, shuffled, k) == suppress(total, cells, k)


@settings(max_examples=200)
@given(tables(), K)
def test_what_lies_under_a_hidden_place_is_not_even_named(table: tuple[Cell, list[Cell]], k: int):
    total, cells = table
    shown = suppress(total, cells, k)
    for cell in cells:
        if cell.parent is not None and cell.parent not in numbers(shown):
            assert cell.key not in shown.cells


@settings(max_examples=200)
@given(tables(), K)
def test_small_groups_are_others_without_a_name_or_number(table: tuple[Cell, list[Cell]], k: int):
    total, cells = table
    shown = suppress(total, cells, k, unnamed=True)
    assert set(shown.cells) == set(numbers(shown))
    assert (shown.others is None) == (len(shown.cells) == len(cells))
    assert shown.others is None or shown.others.form == "at_least"


def test_one_small_cell_takes_the_smallest_other_with_it():
    cells = [Cell("weibo", 3, 3, 3, 3), Cell("petition", 40, 9, 40, 40), Cell("news", 20, 8, 20, 20)]
    shown = suppress(Cell("", 63, 12, 63, 63), cells, 5)
    assert shown.cells == {
        "weibo": Figure("less_than", 5), "news": Figure("at_least", 5), "petition": Figure("exact", 40)
    }  # fmt: skip


def test_forty_texts_of_one_person_are_fewer_than_five():
    cell = Cell("", 40, 1, 1, 40)
    assert figure(cell, 5) == Figure("less_than", 5) == suppress(cell, [], 5).total


def test_single_texts_that_would_add_up_are_not_named():
    """Five names with one to four voices each and a total of five texts: each would be one."""
    cells = [Cell(name, 1, 1, 1, 1) for name in "abcde"]
    shown = suppress(Cell("", 5, 5, 5, 5), cells, 5)
    assert shown.cells == {} and shown.total == Figure("exact", 5) and shown.others == Figure("at_least", 1)


def test_no_k_below_three_is_taken():
    with pytest.raises(ValueError, match="E361"):
        suppress(Cell("", 9, 9, 9, 9), [], 2)
