"""The desk for API keys: an administrator issues and revokes them; a key is shown once and kept as its hash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from api.desk import Desk, NotFound
from api.policy import access
from api.staff_desk import BadAccount, check_bounds
from index.fields import region_path
from pipeline.records import Role
from pipeline.signing import Signer, rotate_signing_key, signers
from pipeline.store import ApiKey

LONGEST_OVERLAP: Final = timedelta(days=30)
"""A secret that somebody may have read must not go on for longer beside its successor."""


@dataclass(frozen=True)
class Issued:
    """A key that was just made; ``secret`` is shown this once."""

    name: str
    role: Role
    project_ids: list[str] | None
    region_code: str | None
    unit: str | None
    secret: str = field(repr=False)


class KeysDesk(Desk):
    """An administrator before the API keys of one office."""

    def keys(self, purpose: str | None) -> list[ApiKey]:
        """All keys by name, revoked ones among them; never the keys themselves."""
        with self._managed("keys.list", purpose):
            return self._office.store.api_keys()

    def issue(
        self,
        purpose: str | None,
        name: str,
        role: Role,
        *,
        projects: Sequence[str] = (),
        region: str | None = None,
        unit: str | None = None,
    ) -> Issued:
        """A new key for a platform or a team. Raises BadAccount (E903, E909), StoreConflict (E152) for a used name."""
        check_bounds(name, role, region, unit)
        if unknown := sorted(set(projects) - {project.id for project in self._office.store.projects()}):
            raise BadAccount(f"E909: no project {', '.join(unknown)}; see: minyi projects list")
        bound, division = list(projects) or None, region_path(region)[-1] if region else None
        with self._managed("keys.issue", purpose, name):
            secret = self._office.store.issue_api_key(name, role, bound, division, unit or None)
            return Issued(name, role, bound, division, unit or None, secret)

    def revoke(self, purpose: str | None, name: str) -> None:
        """Ends a key; the next request with it is refused. Raises NotFound when no living key has that name."""
        with self._managed("keys.revoke", purpose, name):
            if not self._office.store.revoke_api_key(name):
                raise NotFound(f"E311: no living key is named {name}; see: minyi keys list")

    def rotate(self, purpose: str | None, name: str, overlap: timedelta) -> str:
        """Another secret for a key, shown this once; the one before goes on for ``overlap``, at most 30 days.

        Raises ValueError (E914) for another time, UnknownRecord (E151) when no living key has that name.
        """
        if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
            raise ValueError(f"E914: the former key goes on for 0 to {LONGEST_OVERLAP.days} days")
        with self._managed("keys.rotate", purpose, name):
            return self._office.store.rotate_api_key(name, overlap)

    def rotate_signing(self, purpose: str | None) -> tuple[str, str]:
        """Another key to sign with; returns the former fingerprint and the new one. Signatures stay valid."""
        with self._managed("keys.rotate", purpose, "signing"):
            former, present = rotate_signing_key(self._office.settings.keys_folder, self._office.store.clock())
        return former, present

    def signers(self, purpose: str | None) -> list[Signer]:
        """The fingerprints that this deployment signed with, the present one first."""
        with self._managed("keys.list", purpose):
            return signers(self._office.settings.keys_folder)

    @contextmanager
    def _managed(self, action: str, purpose: str | None, name: str | None = None) -> Iterator[None]:
        """Checks, and notes the event in the same transaction."""
        with self._refusals_noted(action):
            granted = access().check(self._reader, "keys.manage", purpose, None)
            with self._office.store.transaction():
                yield
                self._note(action, granted, None, name)
