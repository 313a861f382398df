"""The console of the county's office: pages about the invented quarry road, whose texts need no model."""

from __future__ import annotations

from consoles import Visitor
from county import PURPOSES, CountyOffice

ROAD = "/projects/quarry-road"


def enter(county: CountyOffice, role: str = "assessor", purpose: str | None = None) -> Visitor:
    """A browser of somebody in this role, with the role's purpose for the road chosen."""
    name = f"road-{role.replace('_', '-')}"
    if county.store.account(name) is None:
        county.store.add_account(name, name, role)
    visitor, token = Visitor(county.app), county.store.begin_session(name)
    visitor.name = name
    visitor.cookies.set("minyi-session", token, "console.test")
    for project in ("", county.road.id, county.dam.id):
        county.store.choose_purpose(token, project, purpose or PURPOSES[role])
    return visitor
