"""Passwords and the limit on wrong ones."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from pipeline.accounts import (
    Attempts,
    PasswordUnusable,
    TooManyAttempts,
    check_password,
    hash_password,
    matches,
    needs_rehash,
)
from pipeline.accounts.attempts import FREE, LONGEST, REMEMBERED
from pipeline.office import Office
from pipeline.settings import Settings

PASSWORD = "晒谷场边上有三棵苦楝树"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_password_is_hashed_with_argon2id_and_salted():
    first, second = hash_password(PASSWORD), hash_password(PASSWORD)
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$") and first != second and PASSWORD not in first
    assert matches(first, PASSWORD) and matches(second, PASSWORD)
    assert not matches(first, PASSWORD + "。") and not matches(first, "") and not matches(None, PASSWORD)
    assert not matches("not a hash", PASSWORD)
    assert not needs_rehash(first)


def test_what_a_keyboard_sends_in_two_forms_is_one_password():
    assert matches(hash_password("Ａbcdefghijkl１２"), "Abcdefghijkl12")


def test_a_hash_of_older_parameters_is_made_anew_when_its_owner_signs_in(tmp_path):
    from pipeline.accounts import SignIn

    with Office(Settings(home=tmp_path / "home", processes=1)) as office:
        office.store.add_account("li.wei", "李薇", "assessor")
        weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
        office.store.set_password_hash("li.wei", weak)
        other = office.store.begin_session("li.wei")
        assert needs_rehash(weak) and SignIn(office).by_password("li.wei", PASSWORD, "192.0.2.1")
        kept = office.store.password_hash("li.wei")
        assert kept != weak and not needs_rehash(kept) and matches(kept, PASSWORD)  # type: ignore[arg-type]
        assert SignIn(office).session(other) is not None, "the same password ends nothing"


@pytest.mark.parametrize(
    "password", ["", "十一个字符不够长的啊啊", "x" * 257, "abababababab", "my-LI.WEI-password", "一二三四" * 3]
)
def test_a_password_that_would_be_guessed_is_refused(password: str):
    with pytest.raises(PasswordUnusable, match="E902"):
        check_password(password, "li.wei")


@given(st.text(max_size=40))
def test_no_password_whatever_its_characters_breaks_the_check(password: str):
    try:
        check_password(password, "li.wei")
    except PasswordUnusable:
        return
    assert len(set(password)) >= 1


def test_delays_double_up_to_a_quarter_of_an_hour_and_are_forgotten_after_an_hour():
    clock = Clock()
    attempts = Attempts(clock)
    waits = []
    for tries in range(40):
        try:
            attempts.begin("li.wei", f"192.0.2.{tries}")
        except TooManyAttempts as error:
            waits.append(error.wait)
            clock.now += error.wait
            attempts.begin("li.wei", f"192.0.2.{tries}")
    assert waits[0] == timedelta(seconds=2) and waits == sorted(waits) and waits[-1] == LONGEST
    clock.now += timedelta(hours=1)
    attempts.begin("li.wei", "192.0.2.1")
    attempts.begin("li.wei", "192.0.2.1")


def test_a_right_password_forgets_the_wrong_ones_of_its_name_alone():
    attempts = Attempts(Clock())
    for number in range(29):
        attempts.begin(f"name-{number}", "192.0.2.1")
    for _ in range(4):
        attempts.begin("li.wei", "192.0.2.2")
    attempts.begin("li.wei", "192.0.2.1")
    attempts.right("li.wei", "192.0.2.1")
    for _ in range(5):
        attempts.begin("li.wei", "192.0.2.2")
    attempts.begin("wang.fang", "192.0.2.1")
    with pytest.raises(TooManyAttempts, match="E901"):
        attempts.begin("zhang.min", "192.0.2.1")


def test_however_many_try_at_the_same_moment_no_more_get_through_than_are_free():
    attempts, together = Attempts(Clock()), threading.Barrier(16)

    def knock(number: int) -> bool:
        together.wait()
        try:
            attempts.begin("li.wei", f"192.0.2.{number}")
        except TooManyAttempts:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(knock, range(16))) == FREE["name"]


def test_what_is_kept_in_mind_is_bounded():
    attempts = Attempts(Clock())
    for number in range(REMEMBERED):
        attempts.begin(f"name-{number}", f"address-{number}")
    assert len(attempts._wrong) == REMEMBERED
