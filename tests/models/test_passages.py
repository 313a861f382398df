"""Passages that hits may not overlap: found by search, as a walk over all of them would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.linear.evidence import holding
from models.passages import Passages

SPANS = st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda span: (span[0], span[0] + span[1]))


@given(st.lists(SPANS, max_size=15), st.lists(SPANS, min_size=1, max_size=15))
def test_a_hit_overlaps_when_it_shares_a_character_with_any_passage(
    taken: list[tuple[int, int]], hits: list[tuple[int, int]]
):
    passages, characters = Passages(), set()
    for start, end in taken:
        passages.add(start, end)
        characters.update(range(start, end))
    for start, end in hits:
        assert passages.overlap(start, end) == (not characters.isdisjoint(range(start, end)))


@given(st.lists(SPANS, min_size=1, max_size=12), st.lists(SPANS, max_size=12))
def test_a_clause_holds_a_finding_that_lies_in_it_whole(clauses: list[tuple[int, int]], hits: list[tuple[int, int]]):
    told = [any(start <= a and b <= end for a, b in hits) for start, end in clauses]
    assert holding(clauses, hits).tolist() == told
