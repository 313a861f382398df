from __future__ import annotations

from datetime import datetime

import pytest
from letters import DAM, MONDAY, ROAD, analysis, document_id, petition
from sqlalchemy import text

from pipeline.redacted import seal
from pipeline.store import Store


def test_a_document_comes_back_as_it_was_stored(store: Store):
    letter = petition(1, "𠮷塘组的旱地〈姓名〉📎，请核实。", url="https://news.example/1", window_id="w-1")
    store.add_documents([letter])
    found = store.document(letter.id)
    assert found == letter
    assert found.content_hash == letter.content_hash


def test_a_second_import_changes_nothing_and_says_so(store: Store):
    store.add_documents([petition(1), petition(2)])
    again = store.add_documents([petition(1, "另一段文字，不会覆盖原文。"), petition(3), petition(3)])
    assert again.new == (document_id(3),)
    assert sorted(again.known) == [document_id(1), document_id(3)]
    assert store.document(document_id(1)) == petition(1)
    assert store.counts_by_state() == {"received": 3}


@pytest.mark.parametrize("column", ["title", "body", "source", "region"])
def test_text_that_skipped_the_redactor_is_refused(store: Store, column: str):
    smuggled = petition(1).model_copy(update={column: "张建国，电话见附件"})
    with pytest.raises(Exception, match="RedactedText"):
        store.add_documents([petition(2), smuggled])
    assert store.counts_by_state() == {}


@pytest.mark.parametrize("unstorable", ["前\x00后", "前\ud800后"])
def test_characters_that_no_database_holds_are_named(store: Store, unstorable: str):
    with pytest.raises(Exception, match=r"E150.*character 1"):
        store.add_documents([petition(1, unstorable)])


def test_a_moment_without_a_zone_is_refused(store: Store):
    bare = petition(1).model_copy(update={"published_at": datetime(2026, 1, 1)})
    with pytest.raises(Exception, match="time zone"):
        store.add_documents([bare])


def test_documents_of_a_project_come_in_pages_without_gap_or_repeat(store: Store):
    store.upsert_projects([ROAD, DAM])
    letters = [petition(number) for number in range(1, 12)]
    store.add_documents(letters)
    for letter in letters[:7]:
        store.complete_analysis(letter.id, analysis(letter, "quarry-road"))
    for letter in letters[7:]:
        store.complete_analysis(letter.id, analysis(letter, "quarry-road", relation="mentions"))
    assert list(store.documents_of("quarry-road", page=3)) == letters[:7]
    assert list(store.documents_of("quarry-road", relation=None, page=3)) == letters
    assert [letter.id for letter, _ in store.analysed_documents_of("quarry-road", page=2)] == [
        letter.id for letter in letters[:7]
    ]
    assert list(store.documents_of("dam")) == []
    assert list(store.all_documents(page=4)) == letters


def test_replies_are_found_by_their_petition(store: Store):
    answer = petition(2, "已核实，标准一致。", genre="reply", reply_to=document_id(1))
    store.add_documents([petition(1), answer, petition(3)])
    assert store.replies_to([document_id(1), document_id(3)]) == {document_id(1): [answer]}


def test_many_ids_are_looked_up_at_once(store: Store):
    store.add_documents([petition(number) for number in range(1200)])
    wanted = [document_id(number) for number in range(2000)]
    assert len(store.documents_by_id(wanted)) == 1200
    assert store.known_documents(wanted) == {document_id(number) for number in range(1200)}


def test_an_origin_that_moves_is_told_to_the_index(store: Store):
    store.upsert_projects([ROAD])
    store.add_documents([petition(1), petition(2), petition(3)])
    store.complete_analysis(document_id(2), analysis(petition(2), "quarry-road"))
    end = store.outbox_end()
    moves = {document_id(2): document_id(1), document_id(3): document_id(1)}
    assert store.set_origins(moves) == 2
    assert store.set_origins(moves) == 0
    assert store.document(document_id(3)).origin_id == document_id(1)
    assert [row.document_id for row in store.outbox_after(end)] == [document_id(2)]


def test_a_withdrawn_document_leaves_a_tombstone_and_no_text(store: Store):
    store.upsert_projects([ROAD])
    letter = petition(1, "只有这一封信提到石榴树。")
    store.add_documents([letter, petition(2)])
    store.complete_analysis(letter.id, analysis(letter, "quarry-road"))
    assert store.withdraw_documents([letter.id]) == 1
    assert store.withdraw_documents([letter.id]) == 0
    gone = store.document(letter.id)
    assert (gone.tombstone, gone.title, gone.body) == (True, "", "")
    assert store.current_analyses([letter.id]) == {}
    assert list(store.documents_of("quarry-road")) == []
    assert store.outbox_after(0)[-1][1:] == (letter.id, "delete")
    assert store.add_documents([letter]).new == ()
    assert store.complete_analysis(letter.id, analysis(letter, "quarry-road")) is False
    assert store.claim("received", 10, "w", 60) == [petition(2)]
    with store.reading() as connection:
        stored = str(connection.execute(text("SELECT * FROM documents")).all())
    assert "石榴树" not in stored


def test_moments_keep_their_instant(store: Store):
    letter = petition(1, published_at=datetime.fromisoformat("2026-03-02T17:00:00.000001+08:00"))
    store.add_documents([letter])
    assert store.document(letter.id).published_at == letter.published_at
    assert MONDAY.utcoffset() == store.document(letter.id).published_at.utcoffset()


def test_stored_text_stays_sealed(store: Store):
    store.add_documents([petition(1)])
    assert type(store.document(document_id(1)).body) is type(seal(""))
