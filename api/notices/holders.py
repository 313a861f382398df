"""Who stands behind a name in a subscription or a watch, with the bounds of today."""

from __future__ import annotations

from typing import Any, Final

from api.policy import Reader, holder
from pipeline.records import Role
from pipeline.store import Store

OPERATOR: Final = "cli-"
"""How the audit trail names whoever works at this machine's command line."""


def living(store: Store, who: str, role: Role) -> list[Reader]:
    """The account and the key of that name, as far as they live and have the role; the operator has no bounds."""
    account, keys = store.account(who), [key for key in store.api_keys() if key.name == who]
    if account is None and not keys:
        return [Reader(who, role)] if who.startswith(OPERATOR) else []
    found: list[Any] = [key for key in keys if key.revoked_at is None]
    if account is not None and account.disabled_at is None:
        found.append(account)
    return [holder(one.name, one.role, one.project_ids, one.region_code, one.unit) for one in found if one.role == role]
