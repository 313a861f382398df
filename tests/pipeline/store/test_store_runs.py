"""Runs of re-analysis in the store: whose a text is, when a run ends, and how much of it is left."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from letters import ROAD, analysis, document_id, of_model, petition, read_by_m1

from pipeline.records import Document, Versions
from pipeline.store import Store
from pipeline.store.analyses import digest_of
from pipeline.store.reanalysis import AnalysisRun, Scope

TEXTS = 6


M1, M2, M3 = map(of_model, ("m1", "m2", "m3"))


@pytest.fixture
def read(store: Store) -> Store:
    """A store with texts that model m1 read."""
    return read_by_m1(store, TEXTS)


def begun(store: Store, versions: Versions, usual: Versions | None = None, scope: Scope | None = None) -> AnalysisRun:
    run = store.begin_run(versions, usual or versions, scope or Scope())
    assert run is not None
    return run


def finish(store: Store, versions: Versions, batch: list[Document]) -> int:
    return store.complete_again(versions, [analysis(one, ROAD.id, model=versions.model) for one in batch])


def readers(store: Store) -> set[str]:
    """The models that made the analyses that count."""
    found = store.current_analyses(document_id(number) for number in range(TEXTS))
    return {one.versions.model for one in found.values()}


def test_a_text_that_a_later_run_took_over_is_read_by_that_one_alone(read: Store):
    first = begun(read, M2)
    in_hand = read.claim_again(M2, 4, "slow", 60)
    second = begun(read, M3)
    assert (second.texts, read.queued()) == (TEXTS, {second.id: TEXTS})
    assert finish(read, M2, in_hand) == 0 and readers(read) == {"m1"}, "it is theirs no longer"
    assert read.left_to_read(M3) == TEXTS
    assert finish(read, M3, read.claim_again(M3, TEXTS, "quick", 60)) == TEXTS
    assert finish(read, M2, in_hand) == 0 and readers(read) == {"m3"}, "what comes late undoes nothing"
    assert {one.id for one in read.end_runs(M3, M3)} == {first.id, second.id}
    assert [(one.state, one.texts, one.read) for one in read.analysis_runs()] == [("done", 6, 6), ("done", 6, 0)]


def test_what_fails_counts_for_the_run_that_has_the_text(read: Store):
    begun(read, M2)
    (one, other), run = read.claim_again(M2, 2, "one", 60), begun(read, M3, scope=Scope(until=petition(1).published_at))
    assert run.texts == 1
    read.complete_again(M2, [], [one.id, other.id])
    assert [(one.texts, one.failed) for one in read.analysis_runs()] == [(1, 0), (6, 1)]
    assert read.queued() == {run.id: 1, read.analysis_runs()[1].id: 4}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_any_number_of_texts_that_are_read_elsewhere_leave_the_queue(read: Store):
    letters = [petition(number) for number in range(TEXTS, 1200)]
    read.add_documents(letters)
    read.complete_analyses([analysis(letter, model="m1") for letter in letters])
    begun(read, M2)
    assert len(read.requeue_outdated(M2)) == 1200
    last = read.claim_again(M2, 1, "one", 60)
    assert last == [] and read.queued() == {}


def test_a_run_that_nobody_can_go_on_with_ends_though_its_versions_are_gone(read: Store):
    """The registry changed while a run was open; the work reads all its texts by the new versions."""
    past = begun(read, M2)
    finish(read, M2, read.claim_again(M2, 2, "one", 60))
    sent = read.requeue_outdated(M3)
    letters = read.documents_by_id(sent)
    for letter in map(letters.__getitem__, sent):
        assert read.end_runs(M3, M3) == [], "some of its texts are still to be read"
        read.complete_analyses([analysis(letter, ROAD.id, model="m3")])
    assert [one.id for one in read.end_runs(M3, M3)] == [past.id] and read.queued() == {}
    other = begun(read, M1, usual=M3)
    assert read.end_runs(M3, M3) == [], "it was asked for beside the settings and goes on"
    assert read.queued() == {other.id: TEXTS}


def test_a_run_is_not_ended_by_others_while_its_own_worker_still_spreads_it(read: Store):
    begun(read, M2)
    read.add_worker("there:1:a", M2)
    finish(read, M2, read.claim_again(M2, TEXTS, "there:1:a", 60))
    assert read.end_runs(M3, M3) == []
    read.sign("there:1:a", "ended")
    assert [one.state for one in read.end_runs(M3, M3)] == ["done"]


def test_whose_versions_are_at_work(read: Store):
    now = read.clock()
    read.clock = lambda: now
    for name, versions in (("a", M1), ("b", M2), ("c", M3)):
        read.add_worker(name, versions)
    read.sign("b", "ended")
    assert read.digests_at_work() == {digest_of(M1), digest_of(M3)}
    assert read.digests_at_work(besides="a") == {digest_of(M3)}
    read.clock = lambda: now + timedelta(minutes=2)
    assert read.digests_at_work() == frozenset(), "who is silent is not at work"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_those_who_send_back_begin_read_and_end_at_once_never_wait_for_each_other(read: Store, database_url: str):
    letters = [petition(number) for number in range(TEXTS, 120)]
    read.add_documents(letters)
    read.complete_analyses([analysis(letter, model="m1") for letter in letters])

    def send_back(store: Store, versions: Versions) -> None:
        store.requeue_outdated(versions, limit=64)

    def begin(store: Store, versions: Versions) -> None:
        store.begin_run(versions, M1, Scope())

    def read_new(store: Store, versions: Versions) -> None:
        claimed = store.claim("received", 64, "one", 60)
        store.complete_analyses([analysis(letter, model=versions.model) for letter in claimed])

    def read_again(store: Store, versions: Versions) -> None:
        finish(store, versions, store.claim_again(versions, 32, "other", 60))
        store.end_runs(versions, M1)

    def often(act: Callable[[Store, Versions], None]) -> None:
        with Store.open(database_url, migrate=False) as store:
            for _ in range(20):
                for versions in (M1, M2, M3):
                    act(store, versions)

    with ThreadPoolExecutor() as pool:  # PostgreSQL ends one of two that wait for each other, with an error
        list(pool.map(often, [send_back, begin, read_new, read_again, read_again]))
    assert sum(read.counts_by_state().values()) == 120
