"""Voices behind many texts at once: the bounds of the store, whichever way it reads them, and no token."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from letters import document_id, petition

from pipeline.store import Store
from pipeline.voices import Voice

NUMBERS = iter(range(1, 1_000))
PERIODS = ("20260302-7d", "20260309-7d")


def voice(document: int, person: str, period: str = PERIODS[0], project: str = "quarry-road") -> Voice:
    return Voice(document_id(document), project, period, person.encode().ljust(16, b"."))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from("abcd-"), min_size=1, max_size=12), st.sets(st.integers(0, 11)))
def test_bounds_are_those_of_the_store(store: Store, speakers: list[str], asked: set[int]):
    first = 100 * next(NUMBERS)
    store.add_documents(
        [petition(first + number) for number in range(len(speakers))],
        [voice(first + n, who, PERIODS[n % 2]) for n, who in enumerate(speakers) if who != "-"],
    )
    ids = [document_id(first + number) for number in asked if number < len(speakers)]
    hearing = store.hearing("quarry-road", [*ids, document_id(99_999)])
    assert sorted(hearing.ids) == sorted(ids)
    assert hearing.voices(ids) == store.distinct_voices("quarry-road", ids)


def test_withdrawn_texts_are_not_heard(store: Store):
    store.add_documents([petition(number) for number in range(3)])
    store.withdraw_documents([document_id(1)])
    assert sorted(store.hearing("quarry-road", map(document_id, range(3))).ids) == sorted(map(document_id, (0, 2)))


def test_another_project_hears_no_voice_it_may_not_count(store: Store):
    store.add_documents([petition(0), petition(1)], [voice(0, "a"), voice(1, "a")])
    ids = [document_id(0), document_id(1)]
    assert store.hearing("quarry-road", ids).voices(ids) == (1, 1)
    assert store.hearing("dam", ids).voices(ids) == (1, 2)


def test_closed_periods_are_heard_as_before(store: Store):
    store.add_documents([petition(n) for n in range(4)], [voice(0, "a"), voice(1, "b"), voice(2, "a")])
    ids = [document_id(n) for n in range(4)]
    before = store.hearing("quarry-road", ids).voices(ids)
    store.forget_tokens(PERIODS[0])
    assert store.hearing("quarry-road", ids).voices(ids) == before == (2, 3)


def test_a_project_that_is_read_in_one_scan_is_heard_alike(county, monkeypatch: pytest.MonkeyPatch):
    ids = [document.id for document in county.store.documents_of("quarry-road")]
    by_id = county.store.hearing("quarry-road", ids[:7])
    monkeypatch.setattr("pipeline.store.hearing.MANY", 3)
    by_scan = county.store.hearing("quarry-road", ids[:7])
    assert sorted(by_scan.ids) == sorted(by_id.ids) == sorted(ids[:7])
    assert by_scan.voices(ids[:7]) == by_id.voices(ids[:7])


def test_no_token_is_in_it(store: Store):
    store.add_documents([petition(0)], [voice(0, "secret-person")])
    hearing = store.hearing("quarry-road", [document_id(0)])
    assert hearing[document_id(0)].voice == (0, 0)
    assert b"secret" not in repr(vars(hearing)).encode() and "secret" not in repr(hearing[document_id(0)])
