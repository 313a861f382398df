from __future__ import annotations

import threading

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from letters import ROAD, analysis, petition

from pipeline import migrations
from pipeline.store import Store
from pipeline.store.tables import metadata

OPPOSED = {"stance": "oppose", "stance_p": 0.8}


def test_the_migrations_build_exactly_the_tables_that_the_code_uses(store: Store):
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_revision_is_the_one_that_opening_looks_for(store: Store):
    with store.transaction() as connection:
        script = ScriptDirectory.from_config(migrations.configuration(connection))
        assert script.get_heads() == [migrations.HEAD] == [migrations.revision(connection)]


def test_going_back_and_forth_leaves_the_same_tables(store: Store):
    from alembic import command

    with store.transaction() as connection:
        command.downgrade(migrations.configuration(connection), "base")
        assert migrations.revision(connection) is None
    store.migrate()
    assert store.counts_by_state() == {}


def test_several_processes_may_open_a_new_database_at_once(empty_database_url: str):
    failures: list[BaseException] = []

    def open_store() -> None:
        try:
            with Store.open(empty_database_url) as mine:
                assert mine.counts_by_state() == {}
        except BaseException as error:
            failures.append(error)

    openers = [threading.Thread(target=open_store) for _ in range(4)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert failures == []


def test_stances_that_were_read_before_they_were_counted_stand_beside_their_links(store: Store):
    from alembic import command

    letters = [petition(number) for number in (1, 2)]
    store.upsert_projects([ROAD])
    store.add_documents(letters)
    against, silent = (analysis(letter, ROAD.id) for letter in letters)
    against = against.model_copy(update={"links": (against.links[0].model_copy(update=OPPOSED),)})
    store.complete_analyses([against, silent])
    with store.transaction() as connection:
        command.downgrade(migrations.configuration(connection), "0032")
    store.migrate()
    told = {one.id: one.stance for one in store.listed(ROAD.id, [letter.id for letter in letters])}
    assert told == {letters[0].id: "oppose", letters[1].id: None}
