"""Accounts, links and sessions in the store, on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from pipeline.store import Store, StoreConflict, UnknownRecord

HOUR = timedelta(hours=1)


def test_an_account_is_kept_with_its_bounds(store: Store):
    made = store.add_account("li.wei", "李薇", "assessor", project_ids=["quarry-road"], region_code="4399")
    assert store.account("li.wei") == made and store.accounts() == [made]
    assert (made.project_ids, made.region_code, made.has_password, made.disabled_at) == (
        ("quarry-road",),
        "4399",
        False,
        None,
    )
    store.set_password_hash("li.wei", "hash")
    assert store.password_hash("li.wei") == "hash" and store.account("li.wei").has_password  # type: ignore[union-attr]
    with pytest.raises(StoreConflict, match="E152"):
        store.add_account("li.wei", "李威", "admin")
    with pytest.raises(ValueError, match="E158"):
        store.add_account("boss", "boss", "boss")  # type: ignore[arg-type]
    with pytest.raises(UnknownRecord, match="E151"):
        store.set_password_hash("nobody", "hash")


def test_a_name_at_the_sign_on_service_belongs_to_one_account(store: Store):
    store.add_account("li.wei", "李薇", "assessor", sign_on_digest="d1")
    assert store.account_by_sign_on("d1").name == "li.wei"  # type: ignore[union-attr]
    with pytest.raises(StoreConflict, match="E152"):
        store.add_account("li.wei.2", "李薇", "assessor", sign_on_digest="d1")


def test_of_several_who_use_a_link_at_once_one_does(store: Store):
    store.add_account("li.wei", "李薇", "assessor")
    token = store.make_link("li.wei", HOUR)
    with ThreadPoolExecutor(4) as users:
        assert sorted(users.map(lambda _: store.use_link(token), range(4))) == [False, False, False, True]


def test_the_first_link_ends_with_the_first_account(store: Store):
    token = store.make_link(None, HOUR)
    assert store.link_holder(token) == (None,)
    store.add_account("li.wei", "李薇", "admin")
    assert store.link_holder(token) is None


def test_a_session_ends_with_its_account(store: Store):
    store.add_account("li.wei", "李薇", "assessor")
    token = store.begin_session("li.wei")
    assert store.session(token, longest=HOUR, idle=HOUR).holder == "li.wei"  # type: ignore[union-attr]
    store.choose_purpose(token, "quarry-road", "risk_survey")
    store.choose_purpose(token, "", "expert_review")
    assert store.session(token, longest=HOUR, idle=HOUR).purposes == {"quarry-road": "risk_survey", "": "expert_review"}  # type: ignore[union-attr]
    assert store.disable_account("li.wei") and not store.disable_account("li.wei")
    assert store.session(token, longest=HOUR, idle=HOUR) is None
    assert store.password_hash("li.wei") is None
    assert store.enable_account("li.wei") and store.session(token, longest=HOUR, idle=HOUR) is None


def test_sessions_that_are_over_by_age_are_removed(store: Store):
    store.add_account("li.wei", "李薇", "assessor")
    store.begin_session("li.wei")
    before = store.clock
    store.clock = lambda: before() + 2 * HOUR
    young = store.begin_session("li.wei")
    assert store.forget_old_sessions(HOUR) == 1
    assert store.session(young, longest=HOUR, idle=HOUR) is not None
