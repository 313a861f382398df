"""P-06 for the coverage matrix: no number of few, and none that the numbers beside it give away."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from crowds import Heap
from hypothesis import given, settings
from hypothesis import strategies as st
from test_p06_aggregates import CODES, K, few, heaps

from api.counting import Facets
from api.counting.matrix import NOTHING, UNDATED, Matrix, Place
from models.taxonomy import taxonomy
from pipeline.store.hearing import Hearing

KINDS = ("weibo", "petition", "news")
STAGES = ("in_assessment", "after_assessment", UNDATED)


def stage_of(day: date) -> str:
    return "in_assessment" if day < date(2026, 4, 10) else "after_assessment"


@st.composite
def dated_and_undated(draw: st.DrawFn) -> Heap:
    heap = draw(heaps())
    undated = set(draw(st.lists(st.sampled_from(sorted(heap.hearing.ids)), max_size=8)))
    heard = {one: heap.hearing[one] for one in heap.hearing.ids}
    return Heap(
        Hearing({i: one._replace(published_at=None) if i in undated else one for i, one in heard.items()}), heap.fields
    )


def stage(moment: datetime | None) -> str:
    return UNDATED if moment is None else stage_of(moment.date())


def members(heap: Heap) -> dict[Place, set[str]]:
    """The texts of each cell, one by one."""
    found: dict[Place, set[str]] = defaultdict(set)
    for one, fields in heap.fields.items():
        for code in fields["factors"]:
            found[Place(code, fields["source_kind"][0], stage(heap.hearing[one].published_at))].add(one)
    return found


@settings(max_examples=150, deadline=None)
@given(dated_and_undated())
def test_no_cell_shows_a_number_of_few_people(heap: Heap) -> None:
    matrix, behind = Matrix(heap.crowd, K, stage_of), members(heap)
    for code in CODES:
        for kind in KINDS:
            for column in STAGES:
                place = Place(code, kind, column)
                figure, ids = matrix.cell(place), behind.get(place, set())
                if figure is not None and figure.form == "exact":
                    assert figure.number == len(ids) and not (ids and few(heap, ids))
                if figure is not None and figure.form == "less_than":
                    assert ids and few(heap, ids)
                if figure is not None and figure.form == "at_least":
                    assert len(ids) >= figure.number and not few(heap, ids)


@settings(max_examples=150, deadline=None)
@given(dated_and_undated())
def test_no_hidden_cell_stands_alone_where_the_number_around_it_is_told(heap: Heap) -> None:
    matrix, behind = Matrix(heap.crowd, K, stage_of), members(heap)
    hidden = {place for place in behind if (figure := matrix.cell(place)) is None or figure.form != "exact"}
    for code in CODES:
        around = matrix.texts(code)
        mine = {place for place in hidden if place.factor == code}
        if around is not None and around.form == "exact" and mine:
            assert len(mine) > 1, "the only hidden cell of a factor is what the others leave"
    for kind in KINDS:
        for column in STAGES:
            mine = {place for place in hidden if (place.kind, place.stage) == (kind, column)}
            around = matrix.column(kind, column)
            if around is not None and around.form == "exact" and len(mine) == 1:
                [place] = mine
                assert matrix.cell(place) is None or matrix.cell(place) == NOTHING, "named, and alone"


@settings(max_examples=100, deadline=None)
@given(dated_and_undated())
def test_factors_and_kinds_show_the_numbers_of_the_facets_and_no_others(heap: Heap) -> None:
    matrix, facets = Matrix(heap.crowd, K, stage_of), Facets(heap.crowd, K)
    factors = {row.value: row.count for row in facets.of("factor", 1000).rows}
    for code in CODES:
        shown = matrix.texts(code)
        assert shown in (factors.get(code), NOTHING if code not in heap.behind("factors") else None)


@settings(max_examples=60, deadline=None)
@given(dated_and_undated())
def test_an_empty_factor_is_empty_everywhere(heap: Heap) -> None:
    matrix, carried = Matrix(heap.crowd, K, stage_of), heap.behind("factors")
    for code in set(taxonomy().factors) - carried.keys():
        assert matrix.texts(code) == NOTHING
        assert {matrix.cell(Place(code, kind, column)) for kind in KINDS for column in STAGES} == {NOTHING}


def test_a_project_without_texts_has_an_empty_matrix() -> None:
    matrix = Matrix(Heap(Hearing({}), {}).crowd, K, stage_of)
    assert matrix.texts(CODES[0]) == NOTHING == matrix.column("weibo", "in_assessment")
