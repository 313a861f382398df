from __future__ import annotations

import pytest
from letters import document_id, petition

from pipeline.redacted import seal
from pipeline.store import Store

MAILBOX = seal("青石坳信箱")


def test_a_document_that_cannot_be_analysed_waits_with_its_reason(store: Store):
    store.add_documents([petition(1), petition(2)])
    store.quarantine(document_id(1), "analysis", "text_too_long", MAILBOX)
    store.quarantine(document_id(1), "analysis", "text_too_long", MAILBOX)
    assert store.claim("received", 5, "w", 0) == [petition(2)]
    [waiting] = store.quarantined("analysis")
    assert (waiting.id, waiting.reason, waiting.source, waiting.times) == (
        document_id(1),
        "text_too_long",
        MAILBOX,
        2,
    )
    assert store.retry_quarantined("another_reason") == 0
    assert store.retry_quarantined() == 1
    assert store.claim("received", 5, "w", 60) == [petition(1), petition(2)]
    assert store.quarantined() == []


def test_an_item_that_could_not_be_redacted_leaves_when_it_comes_in_after_all(store: Store):
    store.quarantine(document_id(1), "intake", "redaction_failed", MAILBOX)
    assert [item.id for item in store.quarantined()] == [document_id(1)]
    assert store.retry_quarantined() == 0
    store.add_documents([petition(1)])
    assert store.quarantined() == []


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (document_id(1), "王小二的来信无法处理"),
        (document_id(1), "Error: text was 王小二"),
        ("petition 7 of 王小二", "x"),
    ],
)
def test_content_never_gets_into_the_quarantine(store: Store, item: str, reason: str):
    with pytest.raises(ValueError, match="E154"):
        store.quarantine(item, "intake", reason, MAILBOX)
    assert store.quarantined() == []


def test_a_source_name_must_have_passed_the_redactor(store: Store):
    with pytest.raises(Exception, match="RedactedText"):
        store.quarantine(document_id(1), "intake", "redaction_failed", "王小二的信.docx")
