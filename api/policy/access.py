"""Reads the access table and answers the one question: may this reader do this here, for this purpose?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, get_args

import yaml

from pipeline.records import DecisionProject, Purpose, Role
from pipeline.records.project import Stage

NO_PROJECT: Final = frozenset({
    "accounts.manage", "audit.read", "imports.read", "imports.run", "keys.manage", "metrics.read", "quality.read",
    "registry.write", "sources.read", "sources.switch", "subscriptions.manage", "taxonomy.read", "webhooks.manage",
})  # fmt: skip
"""Actions that concern the deployment, not a project."""


class Denied(PermissionError):
    """E301–E304: the reader may not do this; the message says why and who may."""


@dataclass(frozen=True)
class Reader:
    """Who asks: a named person or system in a role, possibly bound to some projects, one region, or one unit."""

    who: str
    role: Role
    project_ids: tuple[str, ...] | None = None
    region_code: str | None = None
    unit: str | None = None
    """Code of the unit that they answer for; None: of any unit in their projects; empty: of none."""

    def answers_for(self, *units: str) -> bool:
        """Whether what is asked of these units is asked of whom the reader answers for."""
        return self.unit is None or self.unit in units

    def sees_dispatches_of(self, *units: str) -> bool:
        """A response unit sees what is asked of itself, everybody else what is asked of all."""
        return self.role != "response_unit" or self.answers_for(*units)


def holder(
    who: str, role: Role, project_ids: tuple[str, ...] | None, region_code: str | None, unit: str | None
) -> Reader:
    """Who has an account or a key; a response unit that is bound to no unit answers for none and sees no dispatch."""
    return Reader(who, role, project_ids, region_code, unit or ("" if role == "response_unit" else None))


@dataclass(frozen=True)
class Access:
    """The table of roles, seats and purposes."""

    grants: dict[tuple[str, str], frozenset[str]]
    seats: dict[tuple[str, str], str]
    purposes: dict[str, frozenset[str]]
    actions: dict[str, str]

    def check(self, reader: Reader, action: str, purpose: str | None, project: DecisionProject | None) -> Purpose:
        """The purpose, when the reader may act. Raises Denied; nobody reads without project and purpose (P-09)."""
        allowed = self.stated(reader, purpose)
        if project is None:
            if action not in NO_PROJECT or not self.anywhere(reader, action):
                raise Denied(f"E302: {action} needs a project; name one (no project, no data)")
            return allowed
        if not concerns(reader, project):
            raise Denied(f"E303: project {project.id} is not among those of {reader.who}")
        seat = self.seats.get((project.stage, reader.role))
        if seat is None or action not in self.grants.get((reader.role, seat), frozenset()):
            raise Denied(f"E304: role {reader.role} may not {action} in stage {project.stage} (api/policy/access.yaml)")
        return allowed

    def allows(self, reader: Reader, action: str, project: DecisionProject) -> bool:
        """Whether the reader's seat in the project's stage grants the action."""
        seat = self.seats.get((project.stage, reader.role), "")
        return concerns(reader, project) and action in self.grants.get((reader.role, seat), frozenset())

    def stated(self, reader: Reader, purpose: str | None) -> Purpose:
        """The purpose, when the reader's role may act for it. Raises Denied (E301) naming those it may act for."""
        mine = sorted(name for name, roles in self.purposes.items() if reader.role in roles)
        if purpose is None or purpose not in self.purposes:
            raise Denied(
                f"E301: every question states its purpose (P-09); role {reader.role} may act for: {', '.join(mine)}"
            )
        if purpose not in mine:
            raise Denied(f"E301: role {reader.role} does not act for {purpose}, but for: {', '.join(mine)}")
        return purpose  # type: ignore[return-value]

    def anywhere(self, reader: Reader, action: str) -> bool:
        """Whether the reader's role is granted the action in any seat."""
        return any(action in granted for (role, _), granted in self.grants.items() if role == reader.role)


def concerns(reader: Reader, project: DecisionProject) -> bool:
    """A reader bound to projects sees these; one bound to a region sees what lies in it."""
    if reader.project_ids is not None and project.id not in reader.project_ids:
        return False
    return reader.region_code is None or (project.region_code or "").startswith(reader.region_code)


@cache
def access() -> Access:
    """The shipped table. Raises ValueError when it names a role, stage, purpose or action that does not exist."""
    data = yaml.safe_load((resources.files("api.policy") / "access.yaml").read_text("utf-8"))
    grants = {(role, seat): frozenset(given) for role, seats in data["roles"].items() for seat, given in seats.items()}
    seats = {
        (stage, role): seat for stage, all_ in data["stages"].items() for seat, roles in all_.items() for role in roles
    }
    purposes = {name: frozenset(roles) for name, roles in data["purposes"].items()}
    roles = (
        {role for role, _ in grants} | {role for _, role in seats} | {r for given in purposes.values() for r in given}
    )
    _refuse_unknown("role", roles, set(get_args(Role)))
    _refuse_unknown("stage", set(data["stages"]), set(get_args(Stage)))
    _refuse_unknown("purpose", set(purposes), set(get_args(Purpose)))
    _refuse_unknown("action", {a for given in grants.values() for a in given}, set(data["actions"]))
    return Access(grants, seats, purposes, data["actions"])


def _refuse_unknown(what: str, named: set[str], known: set[str]) -> None:
    if strangers := named - known:
        raise ValueError(f"E305: api/policy/access.yaml names an unknown {what}: {', '.join(sorted(strangers))}")
