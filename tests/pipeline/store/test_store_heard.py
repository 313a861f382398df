"""What is kept in memory of who is behind many texts says at every moment what the database says."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from letters import document_id, petition

from pipeline.store import Store
from pipeline.voices import Voice

BASES = iter(range(100_000, 900_000, 100))
PROJECT = "quarry-road"
PERIODS = ("20250106-7d", "20250113-7d")
steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 11), st.sampled_from("abc-")),
        st.tuples(st.just("withdraw"), st.integers(0, 11), st.just("")),
        st.tuples(st.just("copy"), st.integers(0, 11), st.just("")),
        st.tuples(st.just("revise"), st.integers(0, 11), st.sampled_from("abc-")),
        st.tuples(st.just("close"), st.integers(0, 1), st.just("")),
        st.tuples(st.just("ask"), st.integers(0, 2**12 - 1), st.just("")),
    ),
    max_size=14,
)


def _take(store: Store, base: int, closed: str, what: str, number: int, who: str) -> None:
    key, period = document_id(base + number), f"{PERIODS[number % 2]}{closed}"[:32]
    voices = [Voice(key, PROJECT, period, who.encode().ljust(16, b"."))] if who not in ("", "-") else []
    match what:
        case "add":
            store.add_documents([petition(base + number)], voices)
        case "withdraw":
            store.withdraw_documents([key])
        case "copy":
            store.set_origins({key: document_id(base)})
        case "revise":
            store.revise_document(petition(base + number, f"改过的文字{who}"), voices)
        case "close":
            store.forget_tokens(f"{PERIODS[number]}{closed}"[:32])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_it_is_heard_as_the_database_says(store: Store, taken: list[tuple[str, int, str]]):
    base = next(BASES)
    ids = [document_id(base + number) for number in range(12)]
    for what, number, who in taken:
        _take(store, base, str(base), what, number, who)
        asked = [one for place, one in enumerate(ids) if what != "ask" or number >> place & 1]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pipeline.store.hearing.IDS_PER_QUERY", -1)
            kept = store.hearing(PROJECT, asked)
        read = store.hearing(PROJECT, asked)
        there = sorted(read.ids)
        assert sorted(kept.ids) == there
        assert kept.voices(there) == read.voices(there) == store.distinct_voices(PROJECT, there)
        for one in there:
            assert kept[one][:3] == read[one][:3] and kept.voices([one]) == read.voices([one])
        for half in (there[::2], there[1::2]):
            assert kept.voices(half) == read.voices(half) and kept.origins(half) == read.origins(half)


def test_no_token_is_kept(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pipeline.store.hearing.IDS_PER_QUERY", -1)
    store.add_documents([petition(7)], [Voice(document_id(7), PROJECT, PERIODS[0], b"secret-person...")])
    assert store.hearing(PROJECT, [document_id(7)])[document_id(7)].voice == (0, 0)
    kept = store._heard_by_project._kept[PROJECT]
    assert "secret" not in repr(vars(kept)) and b"secret" not in repr(vars(kept)).encode()
