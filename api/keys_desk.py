"""The desk for API keys: an administrator issues and revokes them; a key is shown once and kept as its hash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from api.desk import Desk, NotFound
from api.policy import access
from api.staff_desk import BadAccount, check_bounds
from index.fields import region_path
from pipeline.records import Role
from pipeline.store import ApiKey


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
        check_bounds(name, region, unit)
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

    @contextmanager
    def _managed(self, action: str, purpose: str | None, name: str | None = None) -> Iterator[None]:
        """Checks, and notes the event in the same transaction."""
        with self._refusals_noted(action):
            granted = access().check(self._reader, "keys.manage", purpose, None)
            with self._office.store.transaction():
                yield
                self._note(action, granted, None, name)
