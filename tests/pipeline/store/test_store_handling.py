"""What boards state about the handling of petitions: replaced when they state otherwise, gone with the petition."""

from __future__ import annotations

from letters import petition

from pipeline.records.handling import Handling
from pipeline.store import Store

WAITING = Handling(status="received")
ANSWERED = Handling(status="replied", satisfaction=2, satisfaction_speed=1)


def test_what_a_board_states_last_stands(store: Store) -> None:
    first, second = petition(1), petition(2)
    store.add_documents([first, second])
    store.save_handling({first.id: WAITING, second.id: WAITING})
    store.save_handling({first.id: ANSWERED})
    assert store.handling_of([first.id, second.id]) == {first.id: ANSWERED, second.id: WAITING}


def test_unknown_petitions_have_no_handling(store: Store) -> None:
    store.save_handling({petition(1).id: ANSWERED})
    assert store.handling_of([petition(1).id]) == {}


def test_the_handling_of_a_withdrawn_petition_is_gone_and_stays_gone(store: Store) -> None:
    store.add_documents([petition(1)])
    store.save_handling({petition(1).id: ANSWERED})
    store.withdraw_documents([petition(1).id])
    assert store.handling_of([petition(1).id]) == {}
    store.save_handling({petition(1).id: WAITING})
    assert store.handling_of([petition(1).id]) == {}
