"""The loop of the county's quarry road: risk points confirmed, dispatched and closed by named people, over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from county import COMPENSATION, CountyOffice
from letters import MONDAY

ASSESSOR, SUPERVISOR, CLERK = "评估员甲", "主管乙", "经办丙"
CONFIRMED_AT = MONDAY + timedelta(days=30)
"""1 April 2026, a Wednesday: 15 days on is 16 April, 60 days on 31 May."""


def at(county: CountyOffice, moment: datetime) -> None:
    """Sets the office's clock."""
    county.store.clock = lambda: moment


def decide(county: CountyOffice, action: str, role: str = "assessor", factor: str = COMPENSATION, **more: Any) -> Any:
    """One decision about the road's risk point."""
    who = {"assessor": ASSESSOR, "supervisor": SUPERVISOR}.get(role, CLERK)
    body = {"who": who, "action": action, "reason": "核实无误", **more}
    return county.caller(role).post(f"/v1/risk-points/{county.point(factor)}/decisions", body)


def state(county: CountyOffice, factor: str = COMPENSATION) -> str:
    """How far the risk point is."""
    found: str = county.caller("assessor").get(f"/v1/risk-points/{county.point(factor)}").json()["state"]
    return found


def confirmed(county: CountyOffice, factor: str = COMPENSATION) -> None:
    """Accepted by the assessor and confirmed by the supervisor, in post-assessment."""
    county.stage("post_assessment")
    at(county, CONFIRMED_AT)
    for action, role in (("accept", "assessor"), ("confirm", "supervisor")):
        answer = decide(county, action, role, factor)
        assert answer.status_code == 201, answer.text


def proposed(county: CountyOffice, factor: str = COMPENSATION) -> list[dict[str, Any]]:
    """The dispatches that are proposed for it."""
    answer = county.caller("supervisor").post(f"/v1/risk-points/{county.point(factor)}/dispatches", None)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["rows"]
    return rows


def step(county: CountyOffice, dispatch: str, action: str, role: str = "supervisor", **more: Any) -> Any:
    """One step on a dispatch; a response unit is the one that is asked."""
    unit = county.store.dispatch(dispatch).functional_unit if role == "response_unit" else None
    who = {"assessor": ASSESSOR, "supervisor": SUPERVISOR}.get(role, CLERK)
    body = {"who": who, "action": action, "reason": "职责明确", **more}
    headers = more.pop("headers", None)
    body.pop("headers", None)
    return county.caller(role, unit=unit).post(f"/v1/dispatches/{dispatch}", body, headers=headers)


def dispatched(county: CountyOffice, factor: str = COMPENSATION) -> list[str]:
    """Confirmed, proposed, and all its dispatches confirmed; their ids."""
    confirmed(county, factor)
    ids = [row["id"] for row in proposed(county, factor)]
    for one in ids:
        assert step(county, one, "confirm").status_code == 200
    return ids


def closed(county: CountyOffice, factor: str = COMPENSATION) -> None:
    """The whole way to the closing."""
    for one in dispatched(county, factor):
        assert step(county, one, "respond", "response_unit", response="已现场核实，补偿明细已公示。").status_code == 200
        assert step(county, one, "close").status_code == 200
    assert decide(county, "close", "supervisor", factor).status_code == 201
