from __future__ import annotations

import pytest
from letters import DAM, ROAD, analysis, document_id, petition
from sqlalchemy.exc import IntegrityError

from pipeline.store import Store


class Interrupted(Exception):
    pass


def test_several_steps_in_one_transaction_happen_together_or_not_at_all(store: Store):
    with pytest.raises(Interrupted), store.transaction():
        store.upsert_projects([ROAD])
        store.add_documents([petition(1)])
        raise Interrupted
    assert (store.projects(), store.counts_by_state()) == ([], {})
    with store.transaction():
        store.upsert_projects([ROAD])
        store.add_documents([petition(1)])
        assert store.document(document_id(1)) == petition(1)
    assert (store.projects(), store.counts_by_state()) == ([ROAD], {"received": 1})


def test_a_step_that_fails_inside_a_transaction_undoes_only_itself(store: Store):
    store.upsert_projects([ROAD])
    store.add_documents([petition(1), petition(2)])
    newer = analysis(petition(1), "quarry-road", model="m2")
    without_project = analysis(petition(2), "no-such-project")
    with store.transaction():
        store.complete_analysis(document_id(1), analysis(petition(1), "quarry-road"))
        with pytest.raises(IntegrityError):
            store.complete_analyses([newer, without_project])
        store.upsert_projects([DAM])
    assert store.counts_by_state() == {"analysed": 1, "received": 1}
    assert [found.versions.model for found in store.analyses_of(document_id(1))] == ["m1"]
    assert [project.id for project in store.projects()] == ["dam", "quarry-road"]


def test_an_unknown_database_is_refused_with_the_two_that_are_known():
    with pytest.raises(ValueError, match=r"sqlite:///.*postgresql://"):
        Store.open("mysql://somewhere/db")
