"""Signing in: with a password, a one-time link, or what the sign-on service says; each leaves an audit event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from pipeline.accounts.attempts import Attempts
from pipeline.accounts.naming import NAME, check_name
from pipeline.accounts.passwords import check_password, hash_password, matches, needs_rehash

if TYPE_CHECKING:
    from pipeline.office import Office
    from pipeline.store import Account, Session

LINK_HOURS: Final = 24
"""How long a one-time link can be used."""


class SignInRefused(PermissionError):
    """E900: name and password do not fit, or the account is disabled; which of them is not said."""


class SignIn:
    """The door of one office."""

    def __init__(self, office: Office) -> None:
        self._office, self._store = office, office.store
        self.attempts = Attempts(lambda: office.store.clock())
        self.longest = timedelta(hours=office.settings.session_hours)
        self.idle = timedelta(minutes=office.settings.session_idle_minutes)

    def by_password(self, name: str, password: str, address: str) -> str:
        """A new session's token. Raises SignInRefused (E900) and TooManyAttempts (E901).

        An unknown name, a disabled account and a wrong password are answered alike and take as long.
        """
        known = name if NAME.fullmatch(name) else "?"
        self.attempts.begin(known, address)
        kept = self._store.password_hash(known)
        if not matches(kept, password):
            self._refused(known)
            raise SignInRefused("E900: name and password do not fit together, or the account cannot be used")
        assert kept is not None
        self.attempts.right(known, address)
        if needs_rehash(kept):
            self._store.set_password_hash(known, hash_password(password), keep_sessions=True)
        return self._begin(known)

    def by_sign_on(self, digests: Sequence[str]) -> str:
        """A new session's token for whom the sign-on service names. Raises SignInRefused (E900)."""
        tied = [account for digest in digests if (account := self._store.account_by_sign_on(digest))]
        if not tied or tied[0].disabled_at is not None:
            self._refused(tied[0].name if tied else "?")
            raise SignInRefused("E900: nobody here signs on under this name; an administrator ties an account to it")
        return self._begin(tied[0].name)

    def by_link(self, token: str, password: str) -> str:
        """Sets the password of the link's holder and signs in. Raises SignInRefused (E904), PasswordUnusable (E902)."""
        holder = self._store.link_holder(token)
        if holder is None or holder[0] is None:
            raise _spent()
        name = holder[0]
        check_password(password, name)
        hashed = hash_password(password)
        with self._store.transaction():
            if not self._store.use_link(token):
                raise _spent()
            self._store.set_password_hash(name, hashed)
            self._note(name, "accounts.password")
            return self._begin(name)

    def first_admin(self, token: str, name: str, display_name: str, password: str) -> str:
        """Makes the first administrator and signs in. Raises as ``by_link`` does, and ValueError (E903)."""
        if self._store.link_holder(token) != (None,):
            raise _spent()
        check_password(password, check_name(name))
        hashed = hash_password(password)
        with self._store.transaction():
            if not self._store.use_link(token) or self._store.has_accounts():
                raise _spent()
            self._store.add_account(name, display_name, "admin")
            self._store.set_password_hash(name, hashed)
            self._note(name, "accounts.create")
            return self._begin(name)

    def change_password(self, name: str, old: str, new: str, address: str) -> str:
        """Sets another password; every session ends and a new one begins. Raises E900, E901, E902."""
        self.attempts.begin(name, address)
        if not matches(self._store.password_hash(name), old):
            self._note(name, "accounts.password.denied")
            raise SignInRefused("E900: the password of today is not right; nothing was changed")
        self.attempts.right(name, address)
        check_password(new, name)
        hashed = hash_password(new)
        with self._store.transaction():
            self._store.set_password_hash(name, hashed)
            self._note(name, "accounts.password")
            return self._begin(name)

    def sign_out(self, token: str, name: str) -> None:
        """Ends one session."""
        with self._store.transaction():
            if self._store.end_session(token):
                self._note(name, "accounts.sign_out")

    def session(self, token: str) -> Session | None:
        """The living session of a token."""
        return self._store.session(token, longest=self.longest, idle=self.idle)

    def _begin(self, name: str) -> str:
        with self._store.transaction():
            self._store.forget_old_sessions(self.longest)
            token = self._store.begin_session(name)
            self._note(name, "accounts.sign_in")
        return token

    def _refused(self, name: str) -> None:
        """What was typed for a name may be a password: only names of accounts are written down."""
        if self._store.account(name):
            self._note(name, "accounts.sign_in.denied")
        else:
            self._office.audit.append("unknown", "system", "accounts.sign_in.denied")

    def _note(self, name: str, action: str) -> None:
        account: Account | None = self._store.account(name)
        assert account is not None
        self._office.audit.append(name, account.role, action, subject=name)


def _spent() -> SignInRefused:
    return SignInRefused(
        "E904: this link was used, has expired or never was; ask for a new one: minyi accounts link NAME"
    )
