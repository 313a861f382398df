"""Sessions of those who are signed in; only the hash of a session's token is kept."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import delete, insert, select, update

from pipeline.store.account_tables import account_sessions, accounts
from pipeline.store.accounts import digest_of
from pipeline.store.engine import Database

SEEN_EVERY: Final = timedelta(minutes=1)
"""How often a session that is in use notes it."""


class Session(NamedTuple):
    """Somebody who is signed in; ``purposes`` by project id, "" for what concerns no single project."""

    holder: str
    started_at: datetime
    seen_at: datetime
    purposes: dict[str, str]


class AccountSessions(Database):
    """The store's sessions."""

    def begin_session(self, holder: str) -> str:
        """Signs somebody in: a new token, returned for the only time."""
        token, now = secrets.token_urlsafe(32), self.clock()
        row = {"digest": digest_of(token), "holder": holder, "started_at": now, "seen_at": now, "purposes": {}}
        with self.transaction() as connection:
            connection.execute(insert(account_sessions).values(row))
        return token

    def session(self, token: str, *, longest: timedelta, idle: timedelta) -> Session | None:
        """The living session of a token, noted as seen; None when it is unknown, too old, too long idle or disabled."""
        now, mine = self.clock(), account_sessions.c.digest == digest_of(token)
        names = [account_sessions.c[name] for name in Session._fields]
        query = select(*names).join(accounts).where(mine, accounts.c.disabled_at.is_(None))
        with self.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        found = Session(*row)
        if now - found.started_at >= longest or now - found.seen_at >= idle:
            self.end_session(token)
            return None
        if now - found.seen_at >= SEEN_EVERY:
            with self.transaction() as connection:
                connection.execute(update(account_sessions).where(mine).values(seen_at=now))
        return found

    def choose_purpose(self, token: str, project_id: str, purpose: str) -> None:
        """Keeps for what purpose the session asks about a project ("" for what concerns no single project)."""
        mine = account_sessions.c.digest == digest_of(token)
        with self.transaction() as connection:
            chosen = connection.execute(
                select(account_sessions.c.purposes).where(mine).with_for_update()
            ).scalar_one_or_none()
            if chosen is not None:
                values = {**chosen, project_id: purpose}
                connection.execute(update(account_sessions).where(mine).values(purposes=values))

    def end_session(self, token: str) -> bool:
        """Signs somebody out; False when there was no such session."""
        with self.transaction() as connection:
            mine = account_sessions.c.digest == digest_of(token)
            return connection.execute(delete(account_sessions).where(mine)).rowcount == 1

    def forget_old_sessions(self, longest: timedelta) -> int:
        """Removes sessions that are over by age; returns how many."""
        with self.transaction() as connection:
            old = account_sessions.c.started_at <= self.clock() - longest
            return connection.execute(delete(account_sessions).where(old)).rowcount
