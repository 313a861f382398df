from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from letters import document_id, petition

from pipeline.store import Store
from pipeline.voices import Voice


def voice(document: int, person: str, period: str = "20260302-7d", project: str = "road") -> Voice:
    return Voice(document_id(document), project, period, person.encode().ljust(16, b"."))


def heard(store: Store, *voices: Voice, documents: int = 6) -> list[str]:
    store.add_documents([petition(number) for number in range(documents)], voices)
    return [document_id(number) for number in range(documents)]


def test_two_letters_of_one_person_are_one_voice(store: Store):
    ids = heard(store, voice(0, "a"), voice(1, "a"), voice(2, "b"), documents=3)
    assert store.distinct_voices("road", ids) == (2, 2)
    assert store.distinct_voices("road", ids[:2]) == (1, 1)


def test_unknown_voices_raise_only_the_upper_bound(store: Store):
    ids = heard(store, voice(0, "a"), voice(1, "a"), documents=5)
    assert store.distinct_voices("road", ids) == (1, 4)
    assert store.distinct_voices("another", ids) == (1, 5)
    assert store.distinct_voices("road", []) == (0, 0)


def test_periods_are_bounded_by_the_largest_and_by_their_sum(store: Store):
    later = "20260309-7d"
    ids = heard(store, voice(0, "a"), voice(1, "b"), voice(2, "c", later), voice(3, "d", later), voice(4, "e", later))
    assert store.distinct_voices("road", ids) == (3, 6)


def test_counts_stay_when_tokens_become_ordinals(store: Store):
    ids = heard(store, voice(0, "a"), voice(1, "b"), voice(2, "a"), voice(3, "a", project="dam"), voice(4, "c"))
    before = [store.distinct_voices("road", ids[:size]) for size in range(7)]
    assert store.forget_tokens("20260302-7d") == 4
    assert store.periods_with_tokens() == ()
    assert [store.distinct_voices("road", ids[:size]) for size in range(7)] == before
    assert store.forget_tokens("20260302-7d") == 0


def test_a_token_that_comes_after_its_period_was_closed_is_not_kept(store: Store):
    heard(store, voice(0, "a"), documents=1)
    store.forget_tokens("20260302-7d")
    ids = heard(store, voice(1, "a"), documents=2)
    assert store.periods_with_tokens() == ()
    assert store.distinct_voices("road", ids) == (1, 2)


def test_the_first_voice_of_a_document_stays(store: Store):
    heard(store, voice(0, "a"), voice(1, "b"), documents=2)
    heard(store, voice(1, "a"), documents=2)
    assert store.distinct_voices("road", [document_id(0), document_id(1)]) == (2, 2)


PEOPLE = st.lists(st.tuples(st.sampled_from("abcd?"), st.sampled_from(["p1", "p2", "p3"])), max_size=12)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE, closed=st.sets(st.sampled_from(["p1", "p2"])))
def test_the_bounds_enclose_every_possible_truth(store: Store, people: list[tuple[str, str]], closed: set[str]):
    """Those without a token may be anybody; people of two periods may be the same or different ones."""
    with store.transaction() as connection:
        for table in ("voices", "voice_periods", "documents"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    voices = [voice(number, who, period) for number, (who, period) in enumerate(people) if who != "?"]
    ids = heard(store, *voices, documents=len(people))
    for period in closed:
        store.forget_tokens(period)
    low, high = store.distinct_voices("road", ids)
    known = [(who, period) for who, period in people if who != "?"]
    unknown = len(people) - len(known)
    assert low <= max(len({who for who, _ in known}), min(1, len(people))) <= high
    assert high == len(set(known)) + unknown <= len(people)
    assert low <= high
