"""API keys: who may call, in which role, for which projects. Only a key's hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, cast, get_args

from sqlalchemy import insert, select, update

from pipeline.records import Role
from pipeline.store.engine import Database, StoreConflict
from pipeline.store.tables import api_keys


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
        """What this key allows; None when it is unknown or revoked."""
        query = select(*COLUMNS).where(api_keys.c.key_hash == _hash(secret), api_keys.c.revoked_at.is_(None))
        with self.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _key(row)

    def api_keys(self) -> list[ApiKey]:
        """All keys by name, revoked ones among them."""
        with self.reading() as connection:
            return [_key(row) for row in connection.execute(select(*COLUMNS).order_by(api_keys.c.name))]

    def revoke_api_key(self, name: str) -> bool:
        """Ends a key; False when no living key has that name."""
        statement = update(api_keys).where(api_keys.c.name == name, api_keys.c.revoked_at.is_(None))
        with self.transaction() as connection:
            return connection.execute(statement.values(revoked_at=self.clock())).rowcount == 1


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _key(row: Sequence[object]) -> ApiKey:
    key = ApiKey(*row)  # type: ignore[arg-type]
    listed = cast("list[str] | None", key.project_ids)
    return key._replace(project_ids=None if listed is None else tuple(listed))
