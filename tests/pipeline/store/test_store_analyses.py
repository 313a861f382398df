from __future__ import annotations

import pytest
from letters import DAM, ROAD, analysis, document_id, petition
from sqlalchemy.exc import IntegrityError

from pipeline.records import Analysis
from pipeline.store import Store, StoreConflict, UnknownRecord


@pytest.fixture
def letter(store: Store):
    store.upsert_projects([ROAD, DAM])
    store.add_documents([petition(1)])
    return petition(1)


def test_an_analysis_brings_state_links_and_outbox_row(store: Store, letter):
    assert store.complete_analysis(letter.id, analysis(letter, "quarry-road")) is True
    assert store.current_analyses([letter.id]) == {letter.id: analysis(letter, "quarry-road")}
    assert list(store.documents_of("quarry-road")) == [letter]
    assert store.counts_by_state() == {"analysed": 1}
    assert [row[1:] for row in store.outbox_after(0)] == [(letter.id, "upsert")]


def test_the_same_analysis_again_changes_nothing(store: Store, letter):
    store.complete_analysis(letter.id, analysis(letter, "quarry-road"))
    assert store.complete_analysis(letter.id, analysis(letter, "quarry-road")) is False
    assert len(store.analyses_of(letter.id)) == 1
    assert len(store.outbox_after(0)) == 1


def test_a_newer_analysis_supersedes_and_the_older_is_kept(store: Store, letter):
    old, new = analysis(letter, "quarry-road"), analysis(letter, "dam", model="m2")
    store.complete_analysis(letter.id, old)
    store.complete_analysis(letter.id, new)
    assert store.analyses_of(letter.id) == [new, old]
    assert store.current_analyses([letter.id]) == {letter.id: new}
    assert list(store.documents_of("quarry-road")) == []
    assert list(store.documents_of("dam")) == [letter]
    store.complete_analysis(letter.id, old)
    assert store.current_analyses([letter.id]) == {letter.id: old}
    assert len(store.analyses_of(letter.id)) == 2


def test_an_analysis_of_another_text_is_refused(store: Store, letter):
    other = analysis(petition(1, "这封信写的是别的事情。"), "quarry-road")
    with pytest.raises(StoreConflict, match="another text"):
        store.complete_analysis(letter.id, other)
    with pytest.raises(StoreConflict):
        store.complete_analysis(document_id(2), analysis(letter))
    with pytest.raises(UnknownRecord):
        store.complete_analysis(document_id(9), analysis(petition(9)))
    assert store.counts_by_state() == {"received": 1}


def test_a_link_to_a_project_that_does_not_exist_stores_nothing(store: Store, letter):
    with pytest.raises(IntegrityError):
        store.complete_analysis(letter.id, analysis(letter, "no-such-project"))
    assert (store.counts_by_state(), store.outbox_after(0)) == ({"received": 1}, [])


def test_two_links_to_one_project_count_as_the_stronger(store: Store, letter):
    twice = analysis(letter, "quarry-road")
    mention = twice.links[0].model_copy(update={"relation": "mentions", "p": 0.99})
    both = Analysis.model_validate({**twice.model_dump(), "links": (mention, twice.links[0])})
    store.complete_analysis(letter.id, both)
    assert list(store.documents_of("quarry-road")) == [letter]


def test_a_document_sent_back_and_read_the_same_reaches_the_index_again(store: Store, letter):
    store.complete_analysis(letter.id, analysis(letter, "quarry-road"))
    store.mark_indexed(store.outbox_end())
    assert store.requeue_outdated(analysis(letter, model="m2").versions) == [letter.id]
    assert store.complete_analysis(letter.id, analysis(letter, "quarry-road")) is False
    assert store.mark_indexed(store.outbox_end()) == 1
    assert store.counts_by_state() == {"indexed": 1}


def test_documents_read_by_other_versions_are_sent_back(store: Store, letter):
    store.add_documents([petition(2)])
    store.complete_analysis(letter.id, analysis(letter, "quarry-road"))
    store.complete_analysis(document_id(2), analysis(petition(2), "quarry-road", model="m2"))
    assert store.requeue_outdated(analysis(letter, model="m2").versions) == [letter.id]
    assert store.claim("received", 5, "w", 60) == [letter]
    assert list(store.documents_of("quarry-road")) == [letter, petition(2)]
    store.complete_analysis(letter.id, analysis(letter, "quarry-road"))
    assert store.counts_by_state() == {"analysed": 2}
