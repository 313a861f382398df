from __future__ import annotations

import pytest
from sqlalchemy import text

from pipeline.store import Store, StoreConflict


def test_a_key_opens_what_it_was_issued_for_until_it_is_revoked(store: Store):
    secret = store.issue_api_key("bureau", "assessor", ["quarry-road"], region_code="360111")
    key = store.api_key(secret)
    assert (key.name, key.role, key.project_ids, key.region_code) == ("bureau", "assessor", ("quarry-road",), "360111")
    assert store.api_key(secret + "x") is None
    assert store.revoke_api_key("bureau") is True
    assert store.revoke_api_key("bureau") is False
    assert store.api_key(secret) is None
    assert [found.revoked_at is not None for found in store.api_keys()] == [True]


def test_only_the_hash_of_a_key_is_kept(store: Store):
    secret = store.issue_api_key("bureau", "admin")
    with store.reading() as connection:
        stored = str(connection.execute(text("SELECT * FROM api_keys")).all())
    assert secret not in stored and secret.removeprefix("minyi_") not in stored
    assert store.api_key(secret).project_ids is None


def test_a_name_is_given_once_and_a_role_must_exist(store: Store):
    store.issue_api_key("bureau", "assessor")
    with pytest.raises(StoreConflict):
        store.issue_api_key("bureau", "assessor")
    with pytest.raises(ValueError, match="E158"):
        store.issue_api_key("other", "superuser")
