"""Which steps on a risk point a reader may take now, and why one that the role has is not open to this person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from api.desk import CONFIRMING
from api.policy import Reader, access
from api.review_standing import Reviewed
from pipeline.office import Office
from pipeline.process.states import ALLOWED, Standing, authors, same_name
from pipeline.records import DecisionProject
from pipeline.records.dispatch import DispatchState
from pipeline.records.governance import DecisionAction
from pipeline.store import StoredRiskPoint

Barred = Literal["same_person", "dispatches_wait", "dispatched_since"]


@dataclass(frozen=True)
class Steps:
    """What a reader may do with a risk point now, and what only somebody else, or later, may be done."""

    open: tuple[DecisionAction, ...]
    barred: dict[str, Barred]


NO_STEPS: Final = Steps((), {})


def right_of(action: DecisionAction) -> str:
    """The action of the access table that a decision needs; ``undo`` needs that of what it takes back."""
    return "risk_points.confirm" if action in CONFIRMING else "risk_points.decide"


def steps_now(office: Office, reader: Reader, project: DecisionProject, one: Reviewed) -> Steps:
    """The steps of a reader on a risk point as it stands in the office."""
    sent = office.store.dispatches(project.id, risk_point_id=one.point.id)
    states = [dispatch.state for dispatch in sent if dispatch.round == one.standing.round]
    return steps_of(reader, project, one.point, one.standing, states, separate=office.settings.separate_reviewer)


def steps_of(
    reader: Reader,
    project: DecisionProject,
    point: StoredRiskPoint,
    standing: Standing,
    sent: Sequence[DispatchState],
    *,
    separate: bool,
) -> Steps:
    """The steps that the state allows and the reader's seat grants."""
    candidate = point.candidate
    if candidate is None or candidate.sealed:
        return Steps((), {})
    table = access()
    found = [one for one, states in ALLOWED.items() if candidate.state in states]
    found = [one for one in found if table.allows(reader, right_of(one), project)]
    last = standing.effective[-1] if standing.effective else None
    if last is not None and table.allows(reader, right_of(last.action), project):
        found.append("undo")
    barred: dict[str, Barred] = {}
    if separate and same_name(reader.who) in {same_name(one) for one in authors(standing.effective)}:
        barred |= {one: "same_person" for one in found if one == "confirm"}
    if any(one in ("overdue", "confirmed", "responded") for one in sent):
        barred |= {one: "dispatches_wait" for one in found if one == "close"}
    if last and last.action in ("confirm", "reopen") and any(one not in ("proposed", "withdrawn") for one in sent):
        barred |= {one: "dispatched_since" for one in found if one == "undo"}
    return Steps(tuple(one for one in found if one not in barred), barred)
