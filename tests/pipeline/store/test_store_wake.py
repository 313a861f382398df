"""Who waits for work hears of it when it is committed, on both kinds of database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from letters import MONDAY, ROAD, VERSIONS, analysis, petition

from pipeline.store import Store
from pipeline.store.reanalysis import Scope
from pipeline.store.wake import wait_until
from pipeline.store.workers import SILENT

OTHERS = VERSIONS.model_copy(update={"model": "m2"})


def test_a_text_that_comes_in_from_elsewhere_wakes_who_waits(store: Store, database_url: str):
    with store.listening() as bell, Store.open(database_url) as other:
        assert not bell.wait(0.01)
        other.add_documents([petition(1)])
        assert bell.wait(30) and store.something_waits(VERSIONS)
        assert not bell.wait(0.01)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_listens_keeps_no_withdrawn_text_in_the_log(store: Store, database_url: str):
    with store.listening() as bell, Store.open(database_url) as other:
        other.add_documents([petition(1)])
        assert bell.wait(30)
        other.scrub()
    log = Path(database_url.removeprefix("sqlite:///") + "-wal")
    assert not log.exists() or log.stat().st_size == 0


def test_waiting_ends_when_it_is_asked_to(store: Store):
    with store.listening() as bell:
        asked = iter([False, False, True, True, True])
        assert not wait_until(bell, lambda: False, lambda: next(asked), 30, slices=0.01)
        assert not wait_until(bell, lambda: False, lambda: False, 0.02)


def test_what_is_in_other_hands_is_nothing_to_do(store: Store):
    store.upsert_projects([ROAD])
    assert not store.something_waits(VERSIONS)
    store.add_documents([petition(1)])
    store.claim("received", 1, "other", 60)
    assert not store.something_waits(VERSIONS)
    store.release("other")
    assert store.something_waits(VERSIONS)
    store.complete_analyses([analysis(petition(1), ROAD.id)])
    assert store.something_waits(VERSIONS), "the index is to be told"
    store.mark_indexed(store.outbox_end())
    assert store.something_waits(VERSIONS), "and the candidates"
    store.set_fact("proposed_through", str(store.outbox_end()))
    assert not store.something_waits(VERSIONS)
    store.begin_run(OTHERS, VERSIONS, Scope())
    assert store.something_waits(OTHERS) and not store.something_waits(VERSIONS)


def test_workers_count_what_they_read_and_are_silent_after_a_minute(store: Store):
    store.clock = lambda: MONDAY
    for _ in range(2):
        store.add_worker("county:1:a", VERSIONS)
        store.count_read("county:1:a", 3, 2, 1)
    store.sign("county:1:a", "waiting", 1.5, 0.5)
    [one] = store.workers()
    assert (one.new, one.again, one.failed, one.step, one.new_per_second) == (6, 4, 2, "waiting", 1.5)
    assert one.alive(MONDAY + SILENT) and not one.alive(MONDAY + SILENT + timedelta(seconds=1))
    store.sign("county:1:a", "ended")
    assert not store.workers()[0].alive(MONDAY)
    store.clock = lambda: MONDAY + timedelta(days=2)
    store.add_worker("county:2:b", VERSIONS)
    assert [other.name for other in store.workers()] == ["county:2:b"]


def test_a_run_over_more_texts_takes_those_of_other_versions_along_and_counts_each_once(store: Store):
    store.upsert_projects([ROAD])
    letters = [petition(number) for number in range(5)]
    store.add_documents(letters)
    store.complete_analyses([analysis(letter, ROAD.id) for letter in letters])
    first = store.begin_run(OTHERS, VERSIONS, Scope())
    assert first is not None and first.texts == 5 == store.left_to_read(OTHERS)
    assert store.begin_run(OTHERS, VERSIONS, Scope()) == first
    third = VERSIONS.model_copy(update={"model": "m3"})
    taken = store.begin_run(third, VERSIONS, Scope())
    assert taken is not None and (taken.texts, store.left_to_read(OTHERS), store.left_to_read(third)) == (5, 0, 5)
