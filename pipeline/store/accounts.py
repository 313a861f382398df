"""Accounts of the staff: who may sign in, in which role and within which bounds. No citizen ever has one."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast, get_args

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from pipeline.records import Role
from pipeline.store.account_tables import account_links, account_sessions, accounts
from pipeline.store.columns import storable
from pipeline.store.engine import Database, StoreConflict, UnknownRecord, lock


class Account(NamedTuple):
    """Who may sign in; ``project_ids`` None means every project that the role may see.

    ``unit`` is the code of the commissioning or response unit the person answers for.
    """

    name: str
    display_name: str
    role: Role
    project_ids: tuple[str, ...] | None
    region_code: str | None
    unit: str | None
    made_at: datetime
    disabled_at: datetime | None
    has_password: bool = False
    signs_on: bool = False
    """Whether the account is tied to a name at the sign-on service (OIDC)."""


COLUMNS: list[ColumnElement[Any]] = [
    *(accounts.c[name] for name in Account._fields[:8]),
    accounts.c.password_hash.is_not(None).label("has_password"),
    accounts.c.sign_on_digest.is_not(None).label("signs_on"),
]


class Accounts(Database):
    """The store's accounts and the one-time links with which their passwords are set."""

    def add_account(
        self,
        name: str,
        display_name: str,
        role: Role,
        *,
        project_ids: Sequence[str] | None = None,
        region_code: str | None = None,
        unit: str | None = None,
        sign_on_digest: str | None = None,
    ) -> Account:
        """Makes an account without a password. Raises StoreConflict when name or sign-on is taken."""
        if role not in get_args(Role):
            raise ValueError(f"E158: {role!r} is not a role; roles: {', '.join(get_args(Role))}")
        with self.transaction() as connection:
            lock(connection, "accounts")
            if connection.execute(select(accounts.c.name).where(accounts.c.name == name)).one_or_none():
                raise StoreConflict(f"E152: there is an account named {name} already")
            if sign_on_digest is not None and self.account_by_sign_on(sign_on_digest):
                raise StoreConflict("E152: another account signs on under this name already")
            connection.execute(
                insert(accounts).values(
                    name=name,
                    display_name=storable(display_name),
                    role=role,
                    project_ids=None if project_ids is None else list(project_ids),
                    region_code=region_code,
                    unit=unit,
                    sign_on_digest=sign_on_digest,
                    made_at=self.clock(),
                )
            )
            found = self.account(name)
        assert found is not None
        return found

    def account(self, name: str) -> Account | None:
        """The account of that name, a disabled one too."""
        with self.reading() as connection:
            row = connection.execute(select(*COLUMNS).where(accounts.c.name == name)).one_or_none()
        return None if row is None else _account(row)

    def account_by_sign_on(self, digest: str) -> Account | None:
        """The account that is tied to this name at the sign-on service."""
        with self.reading() as connection:
            row = connection.execute(select(*COLUMNS).where(accounts.c.sign_on_digest == digest)).one_or_none()
        return None if row is None else _account(row)

    def accounts(self) -> list[Account]:
        """All accounts by name, disabled ones among them."""
        with self.reading() as connection:
            return [_account(row) for row in connection.execute(select(*COLUMNS).order_by(accounts.c.name))]

    def has_accounts(self) -> bool:
        """Whether anybody ever got an account."""
        with self.reading() as connection:
            return bool(connection.execute(select(func.count()).select_from(accounts)).scalar_one())

    def disable_account(self, name: str) -> bool:
        """Ends an account with its sessions and links; False when no living account has that name."""
        statement = update(accounts).where(accounts.c.name == name, accounts.c.disabled_at.is_(None))
        with self.transaction() as connection:
            ended = connection.execute(statement.values(disabled_at=self.clock())).rowcount == 1
            connection.execute(delete(account_sessions).where(account_sessions.c.holder == name))
            connection.execute(delete(account_links).where(account_links.c.holder == name))
            return ended

    def enable_account(self, name: str) -> bool:
        """Lets a disabled account sign in again; False when none of that name is disabled."""
        statement = update(accounts).where(accounts.c.name == name, accounts.c.disabled_at.is_not(None))
        with self.transaction() as connection:
            return connection.execute(statement.values(disabled_at=None)).rowcount == 1

    def password_hash(self, name: str) -> str | None:
        """The hash of a living account's password; None for an unknown or disabled account and one without."""
        query = select(accounts.c.password_hash).where(accounts.c.name == name, accounts.c.disabled_at.is_(None))
        with self.reading() as connection:
            return cast("str | None", connection.execute(query).scalar_one_or_none())

    def set_password_hash(self, name: str, password_hash: str, *, keep_sessions: bool = False) -> None:
        """Sets an account's password; its sessions and links end, unless the same password was hashed anew.

        Raises UnknownRecord (E151) when there is no such account.
        """
        statement = update(accounts).where(accounts.c.name == name)
        with self.transaction() as connection:
            if connection.execute(statement.values(password_hash=password_hash)).rowcount != 1:
                raise UnknownRecord(f"E151: no account named {name}; see: minyi accounts list")
            if not keep_sessions:
                connection.execute(delete(account_sessions).where(account_sessions.c.holder == name))
                connection.execute(delete(account_links).where(account_links.c.holder == name))

    def make_link(self, holder: str | None, valid: timedelta) -> str:
        """A one-time token for setting a password, returned for the only time; only its hash is kept.

        It replaces the holder's earlier ones. ``holder`` None makes the link of the first administrator.
        """
        token = secrets.token_urlsafe(32)
        mine = account_links.c.holder.is_(None) if holder is None else account_links.c.holder == holder
        row = {"digest": digest_of(token), "holder": holder, "expires_at": self.clock() + valid}
        with self.transaction() as connection:
            connection.execute(delete(account_links).where(mine))
            connection.execute(insert(account_links).values(row))
        return token

    def link_holder(self, token: str) -> tuple[str | None] | None:
        """Whose living link this is, in a tuple of one; None when it is unknown, used or expired.

        The first administrator's link lives only until there is an account.
        """
        query = select(account_links.c.holder).where(
            account_links.c.digest == digest_of(token), account_links.c.expires_at > self.clock()
        )
        with self.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None or (row.holder is None and self.has_accounts()):
            return None
        return (row.holder,)

    def forget_old_links(self) -> int:
        """Removes links that can be used no more; returns how many."""
        over = account_links.c.expires_at <= self.clock()
        with self.transaction() as connection:
            return connection.execute(delete(account_links).where(over)).rowcount

    def use_link(self, token: str) -> bool:
        """Ends a link; True for the one who used it in time. Call it in the transaction of what it allows."""
        with self.transaction() as connection:
            alive = (account_links.c.digest == digest_of(token), account_links.c.expires_at > self.clock())
            return connection.execute(delete(account_links).where(*alive)).rowcount == 1


def digest_of(token: str) -> str:
    """SHA-256 of a random token of 256 bits, in hex: all that is ever kept of one."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _account(row: Sequence[object]) -> Account:
    account = Account(*row)  # type: ignore[arg-type]
    listed = cast("list[str] | None", account.project_ids)
    return account._replace(
        project_ids=None if listed is None else tuple(listed),
        has_password=bool(account.has_password),
        signs_on=bool(account.signs_on),
    )
