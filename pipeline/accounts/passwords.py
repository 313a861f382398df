"""Passwords: hashed with Argon2id under the parameters of RFC 9106 for machines with little memory."""

from __future__ import annotations

import threading
import unicodedata
from enum import Enum
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.profiles import RFC_9106_LOW_MEMORY

SHORTEST: Final = 12
LONGEST: Final = 256
DISTINCT: Final = 5
"""Different characters that a password has at least."""
HASHER: Final = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
AT_ONCE: Final = threading.BoundedSemaphore(2)
"""Hashing takes 64 MiB: many who knock at once wait for each other."""


class Flaw(Enum):
    """What is wrong with a password."""

    LENGTH = f"a password has {SHORTEST} to {LONGEST} characters; a short sentence is good"
    UNIFORM = f"the password repeats itself; use at least {DISTINCT} different characters"
    NAMED = "the password contains the account's name; choose another"


class PasswordUnusable(ValueError):
    """E902: a password that would be guessed, or none at all; the message says what to change."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(f"E902: {flaw.value}")
        self.flaw = flaw


def check_password(password: str, name: str) -> None:
    """Raises PasswordUnusable (E902) for what is too short, too long, too uniform or holds the account's name."""
    plain = _plain(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise PasswordUnusable(Flaw.LENGTH)
    if len(set(plain)) < DISTINCT:
        raise PasswordUnusable(Flaw.UNIFORM)
    if name.casefold() in plain.casefold():
        raise PasswordUnusable(Flaw.NAMED)


def hash_password(password: str) -> str:
    """The Argon2id hash with its salt and parameters."""
    with AT_ONCE:
        return HASHER.hash(_plain(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the password. Without a hash it takes as long and is False: nobody learns which names exist."""
    try:
        with AT_ONCE:
            return HASHER.verify(password_hash or _nobodys(), _plain(password)[: LONGEST + 1]) and bool(password_hash)
    except (Argon2Error, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """Whether it was hashed under other parameters than those of today."""
    return HASHER.check_needs_rehash(password_hash)


def _plain(password: str) -> str:
    """One form for what a keyboard may send in several (NFKC)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode("utf-8")


@cache
def _nobodys() -> str:
    """A hash that no password has."""
    import secrets

    return HASHER.hash(secrets.token_urlsafe(32))
