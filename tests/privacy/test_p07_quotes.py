"""P-07: quotes are short, and shown only where enough voices stand behind them or an authority published them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from letters import petition

from api.policy import enough_voices, may_quote, quotes_of
from pipeline.records import Counts, Evidence


def counts(documents: int, origins: int, low: int, high: int) -> Counts:
    return Counts(
        documents=documents, origins=origins, voices_low=low, voices_high=high, by_source_kind={"petition": documents}
    )


def test_a_lone_objection_is_not_quoted_but_an_official_reply_is() -> None:
    alone = counts(1, 1, 1, 1)
    assert not may_quote(alone, petition(1), k=5)
    assert may_quote(alone, petition(2, genre="reply"), k=5)


def test_one_person_who_wrote_nine_times_is_not_quoted() -> None:
    assert not enough_voices(counts(9, 9, 1, 1), k=5)


def test_nine_copies_of_one_letter_by_nobody_knows_how_many_are_not_quoted() -> None:
    assert not enough_voices(counts(9, 1, 1, 9), k=5)


def test_nine_copies_of_one_letter_by_nine_accounts_are_quoted() -> None:
    assert enough_voices(counts(9, 1, 9, 9), k=5)


def test_a_withdrawn_text_is_quoted_no_more() -> None:
    gone = petition(1, genre="reply", tombstone=True)
    assert not may_quote(counts(9, 9, 9, 9), gone, k=5)


@given(st.integers(0, 200), st.integers(1, 300))
def test_a_quote_is_at_most_eighty_characters_of_its_document(start: int, length: int) -> None:
    document = petition(1, body="旱地补偿标准比邻村低，请核实。" * 40)
    passage = Evidence(document_id=document.id, start=start, end=min(start + length, len(document.text)))
    (quote,) = quotes_of([passage], {document.id: document}, counts(9, 9, 9, 9), k=5, limit=3)
    assert len(quote.text) <= 80 and document.text[quote.start : quote.end] == quote.text


@given(st.integers(3, 9), st.integers(1, 12), st.integers(1, 12), st.integers(1, 12))
def test_fewer_than_k_known_voices_and_origins_are_never_enough(k: int, origins: int, low: int, high: int) -> None:
    documents = max(origins, high, low)
    found = counts(documents, origins, min(low, high), max(low, high))
    if enough_voices(found, k):
        assert found.voices_high >= k and (found.voices_low >= k or found.origins >= k)
