from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pipeline.audit import AuditLog
from pipeline.store import Store


def record(log: AuditLog, number: int) -> None:
    log.append(
        "评估员甲",
        "assessor",
        "risk_points.read",
        purpose="risk_identification",
        project_id="road",
        subject=f"r{number}",
    )


@pytest.fixture
def log(store: Store) -> AuditLog:
    log = AuditLog(store)
    for number in range(1, 6):
        record(log, number)
    return log


def unguard(store: Store) -> None:
    """What an intruder with the database's password can do: take the triggers away."""
    with store.transaction() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER audit_no_update")
            connection.exec_driver_sql("DROP TRIGGER audit_no_delete")
        else:
            connection.exec_driver_sql("DROP TRIGGER audit_no_change ON audit")


def tamper(store: Store, statement: str) -> None:
    unguard(store)
    with store.transaction() as connection:
        connection.execute(text(statement))


def test_a_chain_that_nobody_touched_holds(log: AuditLog):
    assert log.verify() is None
    events = log.events()
    assert [event.sequence for event in events] == [1, 2, 3, 4, 5]
    assert [event.previous_hash for event in events[1:]] == [event.hash for event in events[:-1]]
    assert log.events(after=3, limit=1) == [events[3]]
    assert log.head() == events[-1]
    assert log.verify(anchor=events[2]) is None


def test_an_empty_chain_holds(store: Store):
    assert (AuditLog(store).verify(), AuditLog(store).head()) == (None, None)


@pytest.mark.parametrize("statement", ["UPDATE audit SET action = 'x'", "DELETE FROM audit WHERE sequence = 5"])
def test_the_database_itself_refuses_a_change(store: Store, log: AuditLog, statement: str):
    with pytest.raises(DBAPIError, match="append-only"), store.transaction() as connection:
        connection.execute(text(statement))
    assert log.verify() is None


@pytest.mark.parametrize(
    ("statement", "sequence", "reason"),
    [
        ("UPDATE audit SET payload = replace(payload, '评估员甲', '评估员乙') WHERE sequence = 2", 2, "changed"),
        (
            "UPDATE audit SET payload = replace(payload, 'risk_identification', 'audit') WHERE sequence = 4",
            4,
            "changed",
        ),
        ("UPDATE audit SET hash = 'f' WHERE sequence = 5", 5, "changed"),
        ("UPDATE audit SET payload = '{}' WHERE sequence = 3", 3, "unreadable"),
        ("DELETE FROM audit WHERE sequence = 1", 1, "missing"),
        ("DELETE FROM audit WHERE sequence = 3", 3, "missing"),
        (
            "UPDATE audit SET payload = (SELECT payload FROM audit AS o WHERE o.sequence = 1) WHERE sequence = 2",
            2,
            "reordered",
        ),
    ],
)
def test_the_first_broken_link_is_found(store: Store, log: AuditLog, statement: str, sequence: int, reason: str):
    tamper(store, statement)
    assert log.verify() == (sequence, reason)


def test_an_end_that_was_cut_off_is_found_with_an_anchor(store: Store, log: AuditLog):
    head = log.head()
    tamper(store, "DELETE FROM audit WHERE sequence >= 4")
    assert log.verify() is None
    assert log.verify(anchor=head) == (4, "missing")
    record(log, 4)
    record(log, 5)
    assert log.verify(anchor=head) == (5, "changed")


def test_an_event_belongs_to_the_transaction_that_it_tells_about(store: Store, log: AuditLog):
    with pytest.raises(RuntimeError), store.transaction():
        record(log, 6)
        raise RuntimeError("the read did not happen")
    assert log.head().sequence == 5


def test_events_written_side_by_side_make_one_chain(store: Store):
    log = AuditLog(store)
    failures: list[BaseException] = []

    def write(part: int) -> None:
        try:
            for number in range(10):
                record(log, part * 10 + number)
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=(part,)) for part in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert not failures
    assert (log.verify(), log.head().sequence) == (None, 40)
