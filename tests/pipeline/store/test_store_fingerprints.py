from __future__ import annotations

from letters import document_id, petition

from pipeline.store import Fingerprint, Store


def fingerprint(number: int, *bands: str) -> Fingerprint:
    return Fingerprint(document_id(number), bytes([number, 0, 255]), bands)


def test_texts_that_share_a_band_are_found(store: Store):
    store.add_documents(
        [petition(1), petition(2), petition(3)],
        fingerprints=[fingerprint(1, "aa", "bb"), fingerprint(2, "bb", "cc"), fingerprint(3, "dd", "dd")],
    )
    assert store.documents_by_band(["aa", "bb", "zz"]) == {
        "aa": [document_id(1)],
        "bb": [document_id(1), document_id(2)],
    }
    assert store.signatures([document_id(3), document_id(9)]) == {document_id(3): b"\x03\x00\xff"}


def test_a_known_document_keeps_its_first_fingerprint(store: Store):
    store.add_documents([petition(1)], fingerprints=[fingerprint(1, "aa")])
    store.add_documents([petition(1)], fingerprints=[fingerprint(1, "bb")])
    assert store.documents_by_band(["bb"]) == {}


def test_a_withdrawn_text_is_nobodys_origin(store: Store):
    store.add_documents([petition(1)], fingerprints=[fingerprint(1, "aa")])
    store.withdraw_documents([document_id(1)])
    assert (store.documents_by_band(["aa"]), store.signatures([document_id(1)])) == ({}, {})


def test_all_copies_under_an_origin_are_found_with_it(store: Store):
    store.add_documents([petition(1), petition(2), petition(3)])
    store.set_origins({document_id(2): document_id(1)})
    assert store.members_of_origins([document_id(1)]) == {
        document_id(1): document_id(1),
        document_id(2): document_id(1),
    }
    assert store.origins_of([document_id(2), document_id(3), document_id(9)]) == {
        document_id(2): document_id(1),
        document_id(3): document_id(3),
    }
