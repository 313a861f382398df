"""Which texts other versions read: found each time, and without a look at all texts where there were none before."""

from __future__ import annotations

import random
from typing import Any

import pytest
from letters import ROAD, analysis, document_id, of_model, petition, read_by_m1
from sqlalchemy import Connection, event

from pipeline.redacted import seal
from pipeline.store import Store
from pipeline.store.analyses import digest_of

TEXTS = 4


@pytest.fixture
def read(store: Store) -> Store:
    """A store with texts that model m1 read."""
    return read_by_m1(store, TEXTS)


def test_a_text_that_another_process_reads_by_older_versions_is_found(read: Store, database_url: str):
    assert [read.outdated(of_model(name)) for name in ("m1", "m2")] == [0, TEXTS]
    with Store.open(database_url) as older:
        older.complete_analyses([analysis(petition(2), ROAD.id, model="m0")])
        older.mark_indexed(older.outbox_end())
    assert read.outdated(of_model("m1")) == 1 and read.outdated(of_model("m1"), {digest_of(of_model("m0"))}) == 0
    assert read.requeue_outdated(of_model("m1")) == [document_id(2)] and read.outdated(of_model("m1")) == 0
    with Store.open(database_url) as older:
        older.complete_analyses([analysis(petition(2), ROAD.id, model="m0")])  # read again by the same older versions
    assert read.outdated(of_model("m1")) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_none_was_outdated_the_next_look_goes_through_no_table(read: Store):
    looks: list[tuple[str, Any]] = []

    def heard(connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if "analyses" in statement:
            looks.append((statement, parameters))

    def plan() -> list[str]:
        statement, parameters = looks[-1]
        with read.engine.connect() as connection:
            return [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]

    event.listen(read.engine, "before_cursor_execute", heard)
    assert read.outdated(of_model("m1")) == 0
    assert [step for step in plan() if "documents" in step and "state=?" in step], "all that were read"
    assert read.outdated(of_model("m1")) == 0
    begun, *rest = [step for step in plan() if step.startswith(("SCAN", "SEARCH"))]
    assert begun == "SEARCH outbox USING INTEGER PRIMARY KEY (rowid>?)"
    assert rest and all(step.startswith("SEARCH") and "id=?" in step for step in rest)


def test_they_are_sent_back_a_few_at_a_time_each_once(read: Store):
    sent, last = [], ""
    while some := read.requeue_outdated(of_model("m2"), limit=2, after=last):
        assert len(some) <= 2
        sent, last = [*sent, *some], some[-1]
    assert sent == sorted(document_id(number) for number in range(TEXTS))
    assert read.counts_by_state() == {"received": TEXTS}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_counts_what_a_store_that_remembers_nothing_counts(read: Store):
    chance = random.Random(7)
    for _ in range(80):
        number, by, asked = chance.randrange(TEXTS), *(chance.choice(["m0", "m1"]) for _ in range(2))
        match chance.randrange(4):
            case 0:
                read.requeue_outdated(of_model(by), limit=1)
            case 1:
                read.quarantine(document_id(number), "analysis", "unreadable", seal("县长信箱"))
                read.retry_quarantined()
            case 2:
                read.mark_indexed(read.outbox_end())
            case _:
                read.complete_analyses([analysis(petition(number), ROAD.id, model=by)])
        forgetful = Store(read.engine, read.clock)
        assert read.outdated(of_model(asked)) == forgetful.outdated(of_model(asked))
