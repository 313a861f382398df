"""What the store keeps of crawls, on both kinds of database: states, budgets, leases, queued windows, validators."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from letters import MONDAY, ROAD, analysis, document_id, petition

from pipeline.redacted import seal
from pipeline.store import CrawlWindow, Fingerprint, LeaseLost, QueuedWindow, Store, Validator
from pipeline.voices import Voice

DAY = timedelta(days=1)


def queued(number: int, parent: str | None = None, attempts: int = 0) -> QueuedWindow:
    since = MONDAY + number * DAY
    return QueuedWindow(f"board:{number}", "board", since, since + DAY, 1440, parent, attempts, MONDAY, "outage")


def closed(store: Store, name: str, since: float, until: float, cut: str | None = None, found: int = 3) -> None:
    window = CrawlWindow(id=name, source="board", since=MONDAY + since * DAY, until=MONDAY + until * DAY,
                         cut_short=cut, found=found)  # fmt: skip
    store.close_window(window, "cursor")


def test_only_one_process_holds_a_lease_until_it_ends(store: Store) -> None:
    store.clock = lambda: MONDAY
    assert store.hold(["source:a", "host:x"], "one", 60) is None
    assert store.hold(["source:a", "host:x"], "one", 60) is None
    assert store.hold(["source:b", "host:x"], "two", 60) == "one"
    assert store.holders() == {"one"}
    with pytest.raises(LeaseLost, match="E705"):
        store.require_lease("source:b", "two")
    store.clock = lambda: MONDAY + timedelta(seconds=61)
    assert store.hold(["source:b", "host:x"], "two", 60) is None
    with pytest.raises(LeaseLost):
        store.require_lease("host:x", "one")
    assert (store.let_go("two"), store.holders()) == (2, set())


def test_many_who_want_a_lease_at_once_are_given_it_one_by_one(store: Store) -> None:
    got: list[str] = []
    threads = [
        threading.Thread(
            target=lambda n=n: got.append(f"p{n}") if store.hold(["source:a"], f"p{n}", 60) is None else None
        )
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1


def test_requests_of_a_day_are_counted_over_processes_and_begin_anew_the_next(store: Store) -> None:
    threads = [threading.Thread(target=store.spend_requests, args=("board", "2026-03-02", 10)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.spend_requests("board", "2026-03-02", -5) == 75
    assert store.spend_requests("board", "2026-03-03", 1) == 1


def test_a_switch_lifts_a_block_and_says_who_and_why(store: Store) -> None:
    assert store.source_state("board").enabled and store.source_states() == {}
    store.block_source("board", "captcha")
    assert store.source_state("board").blocked == "captcha"
    store.switch_source("board", enabled=False, by="cli-a", reason=seal("到期"))
    assert (store.source_state("board").blocked, store.source_state("board").enabled) == ("captcha", False)
    store.switch_source("board", enabled=True, by="cli-b", reason=seal("续签"))
    state = store.source_states()["board"]
    assert (state.enabled, state.blocked, state.changed_by, state.reason) == (True, None, "cli-b", "续签")
    store.note_error("board", "cut: x", MONDAY)
    store.note_success("board", MONDAY + DAY)
    assert (store.source_state("board").last_error, store.source_state("board").next_run) == (None, MONDAY + DAY)


def test_a_full_window_is_forgotten_with_its_last_part(store: Store) -> None:
    closed(store, "day", 0, 1, "page_cap")
    store.queue_windows([queued(1, "day"), queued(2, "day")])
    store.queue_windows([queued(1, "day", attempts=2)])
    assert [one.attempts for one in store.queued_windows("board")] == [2, 0]
    store.unqueue_window("board:1")
    assert [window.id for window in store.windows()] == ["day"]
    store.unqueue_window("board:2")
    assert store.windows() == [] and store.queued_windows() == []
    store.unqueue_window("board:2")


def test_a_window_takes_the_place_of_those_inside_it(store: Store) -> None:
    closed(store, "hour", 0.1, 0.2, "outage")
    closed(store, "other", 2, 3)
    closed(store, "day", 0, 1)
    assert [window.id for window in store.windows()] == ["day", "other"]


def test_what_was_read_whole_stays_whole_when_reading_it_again_fails(store: Store) -> None:
    closed(store, "day", 0, 1)
    closed(store, "day", 0, 1, "outage", found=0)
    assert store.windows()[0].cut_short is None
    closed(store, "day", 0, 2, "outage", found=0)
    assert store.windows()[0].cut_short == "outage"


def test_validators_are_kept_by_window_and_forgotten_with_old_ones(store: Store) -> None:
    store.keep_validators("board:202603", {"keyed:a": Validator('"1"', None), "keyed:b": Validator("x" * 300, "Mon")})
    store.keep_validators("board:202603", {"keyed:a": Validator('"2"', None)})
    assert store.validators("board:202603") == {"keyed:a": Validator('"2"', None), "keyed:b": Validator(None, "Mon")}
    store.keep_validators("board:202604", {"keyed:a": Validator('"3"', None)})
    assert store.forget_validators("board", "board:202604") == 2
    assert store.validators("board:202604") == {"keyed:a": Validator('"3"', None)}


def test_a_changed_text_replaces_the_old_one_with_all_that_was_found_in_it(store: Store) -> None:
    store.upsert_projects([ROAD])
    old = petition(1, window_id="board:1")
    voice = Voice(document_id=old.id, project_id=ROAD.id, period="20260302-7d", token=b"1" * 16)
    store.add_documents([old], [voice], [Fingerprint(old.id, b"s", ("b1",))])
    store.complete_analyses([analysis(old, ROAD.id)])
    new = petition(1, body="补偿已经发放。", window_id=None, collected_at=MONDAY + 9 * DAY)
    again = Voice(document_id=old.id, project_id=ROAD.id, period="20260309-7d", token=b"2" * 16)
    assert store.revise_document(new, [again], Fingerprint(old.id, b"t", ("b2",)))
    assert not store.revise_document(new, [again])
    stored = store.document(old.id)
    assert stored is not None and (str(stored.body), stored.window_id, stored.collected_at) == (
        "补偿已经发放。", "board:1", old.collected_at
    )  # fmt: skip
    assert (store.counts_by_state(), store.current_analyses([old.id])) == ({"received": 1}, {})
    assert list(store.documents_of(ROAD.id)) == [] and store.documents_by_band(["b1"]) == {}
    assert store.distinct_voices(ROAD.id, [old.id]) == (1, 1)
    assert [row.kind for row in store.outbox_after(0)] == ["upsert", "delete"]
    assert store.still_as_read([analysis(old, ROAD.id)]) == []
    assert len(store.still_as_read([analysis(new, ROAD.id)])) == 1


def test_a_withdrawn_text_does_not_come_back(store: Store) -> None:
    store.add_documents([petition(1)])
    store.withdraw_documents([document_id(1)])
    assert not store.revise_document(petition(1, body="又来了。"))
    assert store.documents_of_window("board", MONDAY, MONDAY + DAY) == {}


def test_documents_of_a_source_are_found_by_time_and_address(store: Store) -> None:
    news = {"source_kind": "news", "genre": "news"}
    store.add_documents([
        petition(1, window_id="board:1", url="https://a.example/1", **news), petition(2, window_id="boards:1"),
        petition(3, window_id="board:1", published_at=MONDAY + 2 * DAY),
    ])  # fmt: skip
    assert store.documents_of_window("board", MONDAY, MONDAY + DAY) == {document_id(1): "https://a.example/1"}
    assert store.documents_at("board", "https://a.example/1") == [document_id(1)]
