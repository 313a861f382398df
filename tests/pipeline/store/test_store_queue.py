from __future__ import annotations

import threading
from datetime import timedelta

from letters import MONDAY, ROAD, analysis, document_id, petition

from pipeline.store import Store


class Wristwatch:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self):
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def test_the_oldest_documents_are_claimed_first(store: Store):
    store.add_documents([petition(3), petition(1), petition(2)])
    assert store.claim("received", 2, "first", 60) == [petition(1), petition(2)]
    assert store.claim("received", 2, "second", 60) == [petition(3)]
    assert store.claim("received", 2, "third", 60) == []
    assert store.waiting("received") == 3


def test_a_lease_that_ended_lets_another_worker_claim(database_url: str):
    watch = Wristwatch()
    with Store.open(database_url, clock=watch) as store:
        store.add_documents([petition(1)])
        assert store.claim("received", 1, "dies", 60) == [petition(1)]
        watch.pass_seconds(59)
        assert store.claim("received", 1, "next", 60) == []
        watch.pass_seconds(1)
        assert store.claim("received", 1, "next", 60) == [petition(1)]


def test_whoever_holds_a_lease_is_named_until_it_ends(database_url: str):
    watch = Wristwatch()
    with Store.open(database_url, clock=watch) as store:
        store.add_documents([petition(1), petition(2)])
        store.claim("received", 1, "one", 60)
        store.claim("received", 1, "two", 120)
        assert store.lease_holders() == {"one", "two"}
        watch.pass_seconds(60)
        assert store.lease_holders() == {"two"}


def test_a_worker_that_restarts_gives_its_leases_back(store: Store):
    store.add_documents([petition(1), petition(2)])
    store.claim("received", 1, "one", 600)
    store.claim("received", 1, "two", 600)
    assert store.release("one") == 1
    assert store.claim("received", 5, "three", 600) == [petition(1)]


def test_a_finished_document_is_not_claimed_again(store: Store):
    store.upsert_projects([ROAD])
    store.add_documents([petition(1)])
    store.claim("received", 1, "one", 0)
    store.complete_analysis(document_id(1), analysis(petition(1), "quarry-road"))
    assert store.claim("received", 1, "two", 60) == []
    assert store.claim("analysed", 1, "two", 60) == [petition(1)]
    store.mark_indexed(store.outbox_end())
    assert store.claim("analysed", 1, "three", 60) == []


def test_workers_side_by_side_never_get_the_same_document(database_url: str):
    with Store.open(database_url) as store:
        store.add_documents([petition(number) for number in range(120)])
        claimed: list[str] = []
        failures: list[BaseException] = []

        def work(name: str) -> None:
            try:
                with Store.open(database_url) as mine:
                    while documents := mine.claim("received", 7, name, 600):
                        claimed.extend(document.id for document in documents)
            except BaseException as error:
                failures.append(error)

        workers = [threading.Thread(target=work, args=(f"worker-{number}",)) for number in range(6)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert not failures
    assert sorted(claimed) == [document_id(number) for number in range(120)]


def old(number: int):
    """A petition of years ago that an import brought now."""
    return petition(number, published_at=MONDAY - timedelta(days=900))


def test_new_texts_and_a_backfill_share_each_claim_and_neither_waits_for_the_other(store: Store):
    store.add_documents([*(old(number) for number in range(40)), *(petition(number) for number in range(100, 130))])
    waits, rounds = {document_id(number) for number in range(100, 130)}, 0
    while waits:
        claimed = {document.id for document in store.claim("received", 16, "one", 60)}
        assert len(claimed) == 16
        assert len(claimed & waits) == min(12, len(waits)), "three quarters are new while new ones wait"
        waits -= claimed
        rounds += 1
    assert rounds == 3
    assert len(store.claim("received", 16, "one", 60)) == 16, "all of it is filled in where nothing new waits"


def test_a_text_that_comes_in_amid_a_backfill_is_in_the_next_claim(store: Store):
    store.add_documents([old(number) for number in range(60)])
    store.claim("received", 16, "one", 60)
    store.add_documents([petition(500)])
    assert petition(500) in store.claim("received", 16, "two", 60)
    assert petition(500) not in store.claim("received", 16, "three", 60)


def test_the_share_can_be_chosen_and_is_at_least_one(store: Store):
    store.add_documents([*(old(number) for number in range(20)), *(petition(number) for number in range(100, 140))])
    assert sum(one.published_at < MONDAY for one in store.claim("received", 10, "one", 60, 0.5)) == 5
    assert sum(one.published_at < MONDAY for one in store.claim("received", 4, "two", 60, 0.05)) == 1


def test_a_bound_on_what_waits_is_asked_without_counting_all(store: Store):
    store.add_documents([petition(number) for number in range(5)])
    assert store.more_wait_than(4) and not store.more_wait_than(5)
