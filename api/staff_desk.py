"""The desk for accounts: an administrator makes and disables them and hands out one-time links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.desk import Desk, NotFound
from api.policy import access
from index.fields import region_path
from models.taxonomy import taxonomy
from pipeline.accounts import LINK_HOURS, check_name, check_password, hash_password, tied
from pipeline.records import Role
from pipeline.store import Account

REGION: Final = re.compile(r"[0-9]{2,12}")
LONGEST_NAME: Final = 100


class BadAccount(ValueError):
    """E903, E908, E909: a name, bound or unit that an account cannot have; the message says which and why."""


@dataclass(frozen=True)
class Link:
    """A one-time link, shown this once; its address is ``/link/TOKEN``."""

    token: str
    expires_at: datetime

    @property
    def path(self) -> str:
        return f"/link/{self.token}"


class StaffDesk(Desk):
    """An administrator before the accounts of one office."""

    def accounts(self, purpose: str | None) -> list[Account]:
        """All accounts by name, disabled ones among them."""
        with self._managed("accounts.list", purpose):
            return self._office.store.accounts()

    def create(
        self,
        purpose: str | None,
        name: str,
        role: Role,
        *,
        display_name: str = "",
        projects: Sequence[str] = (),
        region: str | None = None,
        unit: str | None = None,
        sign_on: str | None = None,
    ) -> tuple[Account, Link]:
        """An account and the link with which its holder sets a password.

        ``sign_on`` ties it to CLAIM=VALUE at the sign-on service. Raises BadAccount, StoreConflict (E152).
        """
        with self._managed("accounts.create", purpose, name):
            check_bounds(name, role, region, unit)
            if len(display_name) > LONGEST_NAME or not display_name.isprintable():
                raise BadAccount(f"E909: a display name has at most {LONGEST_NAME} characters and no line breaks")
            if unknown := sorted(set(projects) - {project.id for project in self._office.store.projects()}):
                raise BadAccount(f"E909: no project {', '.join(unknown)}; see: minyi projects list")
            made = self._office.store.add_account(
                name,
                display_name.strip() or name,
                role,
                project_ids=list(projects) or None,
                region_code=region_path(region)[-1] if region else None,
                unit=unit or None,
                sign_on_digest=self._tied(sign_on) if sign_on else None,
            )
            return made, self._link(name)

    def link(self, purpose: str | None, name: str) -> Link:
        """A new one-time link for an account, valid for a day; earlier ones end. Raises NotFound."""
        with self._managed("accounts.link", purpose, name):
            self._living(name)
            return self._link(name)

    def disable(self, purpose: str | None, name: str) -> None:
        """Ends an account with its sessions and links. Raises NotFound when no living account has that name."""
        with self._managed("accounts.disable", purpose, name):
            self._living(name)
            self._office.store.disable_account(name)

    def enable(self, purpose: str | None, name: str) -> None:
        """Lets a disabled account sign in again. Raises NotFound when none of that name is disabled."""
        with self._managed("accounts.enable", purpose, name):
            if not self._office.store.enable_account(name):
                raise NotFound(f"E311: no disabled account is named {name}; see: minyi accounts list")

    def set_password(self, purpose: str | None, name: str, password: str) -> None:
        """Sets an account's password; its sessions and links end. Raises NotFound, PasswordUnusable (E902)."""
        check_password(password, name)
        hashed = hash_password(password)
        with self._managed("accounts.password", purpose, name):
            self._living(name)
            self._office.store.set_password_hash(name, hashed)

    def _link(self, name: str) -> Link:
        valid = timedelta(hours=LINK_HOURS)
        return Link(self._office.store.make_link(name, valid), self._office.store.clock() + valid)

    def _tied(self, sign_on: str) -> str:
        try:
            return tied(self._office, sign_on)
        except ValueError as error:
            raise BadAccount(str(error)) from None

    def _living(self, name: str) -> None:
        found = self._office.store.account(name)
        if found is None or found.disabled_at is not None:
            raise NotFound(f"E311: no living account is named {name}; see: minyi accounts list")

    @contextmanager
    def _managed(self, action: str, purpose: str | None, name: str | None = None) -> Iterator[None]:
        """Checks, and notes the event in the same transaction; what was typed for a name is noted if it is one."""
        with self._refusals_noted(action):
            granted = access().check(self._reader, "accounts.manage", purpose, None)
            with self._office.store.transaction():
                yield
                self._note(action, granted, None, name)


def check_bounds(name: str, role: Role, region: str | None, unit: str | None) -> None:
    """Raises BadAccount for a name (E903), division or unit (E909) that neither an account nor a key can have.

    A response unit sees what is asked of its own unit, so that one without a unit would see nothing.
    """
    try:
        check_name(name)
    except ValueError as error:
        raise BadAccount(str(error)) from None
    if region and not REGION.fullmatch(region):
        raise BadAccount("E909: a region is an administrative code of 2 to 12 digits")
    if unit and unit not in taxonomy().units:
        raise BadAccount(f"E909: {unit!r} is not a unit; see models/taxonomy/departments.yaml")
    if role == "response_unit" and not unit:
        raise BadAccount(
            "E909: a response unit answers for a unit, which is missing: --unit CODE (models/taxonomy/departments.yaml)"
        )
