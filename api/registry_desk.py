"""The desk for a project's entry in the registry: the names that people use for it, and what is part of it."""

from __future__ import annotations

from typing import Any

from api.aliases import alias_shown, aliases_shown
from api.desk import Desk, NotFound
from api.policy import access
from api.policy.suppression import enough
from api.said import said
from pipeline.nicknames.proposing import propose_aliases
from pipeline.parents import sub_projects
from pipeline.records import DecisionProject
from pipeline.store import AliasAction


class RegistryDesk(Desk):
    """One reader before the registry."""

    def family(self, project_id: str, purpose: str | None) -> tuple[DecisionProject, list[DecisionProject]]:
        """A project and those that are part of it, one step down, that the reader may see. Raises NotFound, Denied."""
        with self._asked("projects.read", purpose, project_id) as project:
            everything = {one.id: one for one in self._office.store.projects()}
            below = (everything[key] for key in sub_projects(everything.values()).get(project.id, ()))
            parts = [one for one in below if access().allows(self._reader, "projects.read", one)]
            return self._parent_hidden(project), parts

    def aliases(self, project_id: str, purpose: str | None) -> list[dict[str, Any]]:
        """The names that are proposed for a project, with the passages that suggest them, and what was decided."""
        with self._asked("aliases.read", purpose, project_id) as project:
            return aliases_shown(self._office.store, project, self._k)

    def propose_aliases(self, project_id: str, purpose: str | None) -> list[dict[str, Any]]:
        """Looks for names in the texts that are about the project now, and shows what is proposed after that."""
        with self._asked("aliases.decide", purpose, project_id) as project:
            propose_aliases(self._office.store, project, self._k, enough)
            return aliases_shown(self._office.store, project, self._k)

    def decide_alias(
        self, project_id: str, purpose: str | None, alias_id: str, *, who: str, action: AliasAction, reason: str
    ) -> dict[str, Any]:
        """Records whether a named person takes a name into the project's entry or out of it, and why (P-23).

        Texts are linked against the changed entry at the next work. The reason is redacted. The same decision twice is
        one. Raises NotFound for a name that the reader is not shown, StoreConflict (E152) where it does not fit.
        """
        store = self._office.store
        with self._asked("aliases.decide", purpose, project_id, alias_id) as project:
            if alias_id not in {row["id"] for row in aliases_shown(store, project, self._k)}:
                raise NotFound(f"E311: no proposed name {alias_id} in project {project_id}")
            decided = store.decide_alias(project_id, alias_id, action=action, by=who, reason=said(reason))
            changed = store.project(project_id)
            assert changed is not None
            return alias_shown(store, changed, decided, self._k)
