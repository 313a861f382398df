"""API keys: who may call, in which role, for which projects. Only a key's hash is kept."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, cast, get_args

from sqlalchemy import Connection, delete, insert, select, update

from pipeline.records import Role
from pipeline.store.engine import Database, StoreConflict, UnknownRecord
from pipeline.store.meta import read_meta, write_meta
from pipeline.store.tables import api_keys, meta

FORMER: Final = "key:"
"""What the facts about rotated secrets begin with."""


class ApiKey(NamedTuple):
    """What a key allows; ``project_ids`` None means every project that the role may see.

    ``unit`` is the code of the unit that the caller answers for.
    """

    name: str
    role: Role
    project_ids: tuple[str, ...] | None
    region_code: str | None
    unit: str | None
    issued_at: datetime
    revoked_at: datetime | None


COLUMNS = [api_keys.c[name] for name in ApiKey._fields]


class ApiKeys(Database):
    """The store's API keys."""

    def issue_api_key(
        self,
        name: str,
        role: Role,
        project_ids: Sequence[str] | None = None,
        region_code: str | None = None,
        unit: str | None = None,
    ) -> str:
        """Makes a key and returns it, for the only time. Raises StoreConflict when the name is taken."""
        if role not in get_args(Role):
            raise ValueError(f"E158: {role!r} is not a role; roles: {', '.join(get_args(Role))}")
        secret = f"minyi_{secrets.token_urlsafe(32)}"
        with self.transaction() as connection:
            if connection.execute(select(api_keys.c.name).where(api_keys.c.name == name)).one_or_none():
                raise StoreConflict(f"E152: there is an API key named {name} already")
            connection.execute(
                insert(api_keys).values(
                    name=name,
                    role=role,
                    key_hash=_hash(secret),
                    project_ids=None if project_ids is None else list(project_ids),
                    region_code=region_code,
                    unit=unit,
                    issued_at=self.clock(),
                )
            )
        return secret

    def api_key(self, secret: str) -> ApiKey | None:
        """What this key allows; None when it is unknown or revoked, or was rotated and its overlap is over."""
        hashed = _hash(secret)
        living = select(*COLUMNS).where(api_keys.c.revoked_at.is_(None))
        with self.reading() as connection:
            row = connection.execute(living.where(api_keys.c.key_hash == hashed)).one_or_none()
            if row is None and (former := read_meta(connection, _former(hashed))):
                told = json.loads(former)
                if told["until"] > self.clock().timestamp():
                    row = connection.execute(living.where(api_keys.c.name == told["name"])).one_or_none()
        return None if row is None else _key(row)

    def rotate_api_key(self, name: str, overlap: timedelta) -> str:
        """Another secret for a living key, returned for the only time; the one before ends with ``overlap``.

        Of three secrets the first ends at once. Raises UnknownRecord (E151) when no living key has that name.
        """
        secret, now = f"minyi_{secrets.token_urlsafe(32)}", self.clock()
        living = (api_keys.c.name == name) & api_keys.c.revoked_at.is_(None)
        with self.transaction() as connection:
            before = connection.execute(
                select(api_keys.c.key_hash).where(living).with_for_update()
            ).scalar_one_or_none()
            if before is None:
                raise UnknownRecord(f"E151: no living key is named {name}; see: minyi keys list")
            _forget_former(connection, name)
            connection.execute(update(api_keys).where(living).values(key_hash=_hash(secret)))
            until = (now + overlap).timestamp()
            write_meta(connection, _former(before), json.dumps({"name": name, "until": until}))
        return secret

    def api_keys(self) -> list[ApiKey]:
        """All keys by name, revoked ones among them."""
        with self.reading() as connection:
            return [_key(row) for row in connection.execute(select(*COLUMNS).order_by(api_keys.c.name))]

    def revoke_api_key(self, name: str) -> bool:
        """Ends a key; False when no living key has that name."""
        statement = update(api_keys).where(api_keys.c.name == name, api_keys.c.revoked_at.is_(None))
        with self.transaction() as connection:
            _forget_former(connection, name)
            return connection.execute(statement.values(revoked_at=self.clock())).rowcount == 1


def _forget_former(connection: Connection, name: str) -> None:
    """Ends the secrets that a key had before, also those whose time was over."""
    rows = connection.execute(select(meta.c.key, meta.c.value).where(meta.c.key.startswith(FORMER))).all()
    mine = [row.key for row in rows if json.loads(row.value)["name"] == name]
    connection.execute(delete(meta).where(meta.c.key.in_(mine)))


def _former(hashed: str) -> str:
    """Under what fact a secret stands that was rotated: as many digits of its hash as a name of a fact holds."""
    return FORMER + hashed[: 64 - len(FORMER)]


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _key(row: Sequence[object]) -> ApiKey:
    key = ApiKey(*row)  # type: ignore[arg-type]
    listed = cast("list[str] | None", key.project_ids)
    return key._replace(project_ids=None if listed is None else tuple(listed))
