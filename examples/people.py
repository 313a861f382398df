"""People of the demonstration (演示账号): one account for each role, with a one-time link for whoever tries it out.

They exist in the office of the demonstration only; a real office makes its accounts with ``minyi accounts create``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from api.cli.accounts import link_address
from api.policy import Reader
from api.staff_desk import Link, StaffDesk
from pipeline.office import Office
from pipeline.records import Role
from pipeline.settings import load_settings

PURPOSE: Final = "administration"


class Person(NamedTuple):
    """Somebody invented; a unit or a project bounds what they see."""

    role: Role
    display_name: str
    unit: str | None = None
    projects: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The account's name."""
        return f"demo-{self.role.replace('_', '-')}"


PEOPLE: Final = (
    Person("assessor", "演示·评估员"),
    Person("supervisor", "演示·主管部门"),
    Person("local_government", "演示·属地政府"),
    Person("commissioning_unit", "演示·东外环公路建设单位", projects=("qingtan-east-ring",)),
    Person("response_unit", "演示·城管局", unit="urban_management"),
    Person("expert", "演示·评审专家"),
    Person("discipline_inspection", "演示·纪检监察"),
    Person("platform", "演示·综合平台"),
    Person("auditor", "演示·审计员"),
    Person("admin", "演示·管理员"),
)


def invited(home: Path) -> list[str]:
    """The address of a fresh one-time link for each of them; who has no account yet gets one."""
    with Office(load_settings(home)) as office:
        desk = StaffDesk(office, Reader("demonstration", "admin"))
        known = {account.name for account in desk.accounts(PURPOSE)}
        return [link_address(office, _link(desk, person, known).path) for person in PEOPLE]


def _link(desk: StaffDesk, person: Person, known: set[str]) -> Link:
    if person.name in known:
        return desk.link(PURPOSE, person.name)
    _, link = desk.create(
        PURPOSE,
        person.name,
        person.role,
        display_name=person.display_name,
        projects=person.projects,
        unit=person.unit,
    )
    return link
