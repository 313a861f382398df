"""Whoever reads holds no lock: others read and write meanwhile; and nothing is given out without its event (P-10)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from county import COMPENSATION, DUST, CountyOffice
from letters import ROAD, petition

from api.cards import card_of
from api.desk import Desk, NotFound
from api.kept_cards import Together, _cards, let_go
from api.policy import Reader
from pipeline.audit import AuditLog
from pipeline.store import Store

PURPOSE = "risk_identification"


class Window(Desk):
    """A desk at which something happens while the answer is read."""

    def look(self, meanwhile: Callable[[], Any], action: str = "documents.read") -> Any:
        with self._asked(action, PURPOSE, ROAD.id):
            return meanwhile()


def window(store: Store) -> Window:
    road = ROAD.model_copy(update={"stage": "in_assessment"})
    store.upsert_projects([road])
    office: Any = SimpleNamespace(store=store, audit=AuditLog(store), settings=SimpleNamespace(k_anonymity=5))
    return Window(office, Reader("clerk", "assessor"))


def actions(store: Store) -> list[str]:
    return [event.action for event in AuditLog(store).events(0, 100)]


def test_others_read_and_write_while_somebody_reads(store: Store):
    desk = window(store)
    seen: list[object] = []

    def meanwhile() -> None:
        def others() -> None:
            store.add_documents([petition(1)])
            seen.append(desk.look(lambda: store.counting_state()))

        other = threading.Thread(target=others, daemon=True)
        other.start()
        other.join(20)  # with the write lock held here it would wait for a minute

    desk.look(meanwhile)
    assert seen and actions(store) == ["documents.read", "documents.read"]
    assert AuditLog(store).verify() is None


def test_twenty_readers_at_once_are_all_answered(store: Store):
    desk, all_read = window(store), threading.Barrier(20)

    def asks(_: int) -> int:
        return desk.look(lambda: all_read.wait(20))

    with ThreadPoolExecutor(20) as readers:
        assert sorted(readers.map(asks, range(20))) == list(range(20))
    assert actions(store) == ["documents.read"] * 20


def test_an_answer_without_its_event_is_not_given(store: Store, monkeypatch: pytest.MonkeyPatch):
    desk = window(store)

    def full(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(AuditLog, "append", full)
    with pytest.raises(OSError, match="no space"):
        desk.look(lambda: "an answer")


def test_what_is_not_there_leaves_one_event_as_before(store: Store):
    desk = window(store)

    def nothing() -> None:
        raise NotFound("E311: nothing")

    with pytest.raises(NotFound):
        desk.look(nothing)
    assert actions(store) == ["documents.read.denied"]


def test_what_is_done_and_its_event_are_one_transaction(store: Store):
    desk = window(store)

    def fails() -> None:
        store.add_documents([petition(1)])
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        desk.look(fails, "risk_points.decide")
    assert actions(store) == [] and store.document(petition(1).id) is None


def test_a_card_that_is_kept_forgets_what_was_withdrawn(county: CountyOffice):
    store, key = county.store, county.point(COMPENSATION)
    before = card_of(store.risk_point(key), store, 5)
    assert before["quotes"] and card_of(store.risk_point(key), store, 5) == before
    before["quotes"].clear()
    kept = card_of(store.risk_point(key), store, 5)
    assert kept["quotes"]  # who gets a card may change it
    said = {quote["document_id"] for quote in kept["quotes"]}
    store.withdraw_documents(said)
    after = card_of(store.risk_point(key), store, 5)
    assert not said & {quote["document_id"] for quote in after["quotes"]}


@pytest.mark.parametrize("another_is_asked_for", [True, False])
def test_no_card_in_memory_quotes_what_was_withdrawn_whichever_is_asked_for(
    county: CountyOffice, another_is_asked_for: bool
):
    store, key, other = county.store, county.point(COMPENSATION), county.point(DUST)
    said = {quote["document_id"] for quote in card_of(store.risk_point(key), store, 5)["quotes"]}
    card_of(store.risk_point(other), store, 5)
    assert set(_cards[store].known) == {key, other}
    store.withdraw_documents(said)
    if another_is_asked_for:
        card_of(store.risk_point(other), store, 5)
    else:
        let_go(store)
    assert said and set(_cards[store].known) == {other}


def test_the_outbox_is_asked_once_for_the_cards_of_a_list(county: CountyOffice, monkeypatch: pytest.MonkeyPatch):
    store, asked = county.store, list[None]()
    points = [store.risk_point(county.point(factor)) for factor in (COMPENSATION, DUST)]
    cards = [card_of(point, store, 5) for point in points]
    state = store.counting_state

    def counting_state() -> tuple[int, int]:
        asked.append(None)
        return state()

    monkeypatch.setattr(store, "counting_state", counting_state)
    together = Together(store)
    assert [card_of(point, store, 5, together) for point in points] == cards and len(asked) == 1
