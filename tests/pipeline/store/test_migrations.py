from __future__ import annotations

import threading

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from pipeline import migrations
from pipeline.store import Store
from pipeline.store.tables import metadata


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


def test_several_processes_may_open_a_new_database_at_once(database_url: str):
    failures: list[BaseException] = []

    def open_store() -> None:
        try:
            with Store.open(database_url) as mine:
                assert mine.counts_by_state() == {}
        except BaseException as error:
            failures.append(error)

    openers = [threading.Thread(target=open_store) for _ in range(4)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert failures == []
