"""What others did before somebody comes to the browser: risk points confirmed and dispatches on their way."""

from __future__ import annotations

import contextlib

from consoles import Console

from api.dispatch_desk import DispatchDesk
from api.policy import Reader
from pipeline.process.states import StepRefused
from pipeline.records import Decision


def confirmed(console: Console, project_id: str, number: int = 0) -> str:
    """A risk point of the project that named people accepted and confirmed; its id."""
    store = console.office.store
    rows = [row for row in store.risk_points(project_id).rows if row.candidate and not row.candidate.sealed]
    return confirm(console, rows[number].id)


def confirm(console: Console, risk_point_id: str) -> str:
    """Has two named people accept and confirm it."""
    for who, action in (("zhou.min", "accept"), ("he.jun", "confirm")):
        console.office.store.add_decision(Decision(
            id=f"{action}{risk_point_id}"[:32], risk_point_id=risk_point_id, who=who, when=console.office.store.clock(),
            action=action, reason="现场核实无误",
        ))  # type: ignore[arg-type]  # fmt: skip
    return risk_point_id


def dispatched(console: Console, project_id: str) -> str:
    """A dispatch that a supervisor confirmed; its id."""
    desk = DispatchDesk(console.office, Reader("he.jun", "supervisor"))
    proposer = DispatchDesk(console.office, Reader("zhou.min", "assessor"))
    for number in range(20):
        with contextlib.suppress(StepRefused):
            [first, *_] = proposer.propose(confirmed(console, project_id, number), "risk_identification")
            desk.act(str(first["id"]), "dispatch", who="he.jun", action="confirm", reason="属该单位职责")
            return str(first["id"])
    raise AssertionError("no risk point of the project can be dispatched")
