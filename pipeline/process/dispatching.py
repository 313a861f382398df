"""The states of a dispatch (派单): proposed → confirmed → responded | overdue → closed, or withdrawn (撤回)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from pipeline.process.clocks import day_of, due_dates
from pipeline.process.states import StepRefused
from pipeline.records import Evidence
from pipeline.records.dispatch import DispatchAction, DispatchProposal, DispatchProposed, StepTaken

ALLOWED: Final[Mapping[DispatchAction, frozenset[str]]] = {
    "confirm": frozenset({"proposed"}),
    "take_up": frozenset({"confirmed", "overdue"}),
    "extend": frozenset({"confirmed", "overdue"}),
    "respond": frozenset({"confirmed", "overdue"}),
    "send_back": frozenset({"responded"}),
    "close": frozenset({"responded"}),
    "withdraw": frozenset({"proposed", "confirmed", "overdue", "responded"}),
}
"""Action → states in which it can be taken; ``undo`` takes back the last step, whatever it was."""


def standing_of(proposed: DispatchProposed, steps: Iterable[StepTaken], today: date) -> DispatchProposal:
    """Folds the steps of a dispatch, in the order they came, and asks the clock whether the unit is late."""
    effective: list[StepTaken] = []
    for step in steps:
        if step.action == "undo":
            effective = [one for one in effective if one.id != step.values.get("undoes")]
        else:
            effective.append(step)
    take_up, answer = due_dates(day_of(proposed.proposed_at), proposed.clocks)
    stands = DispatchProposal(**proposed.model_dump(), take_up_due=take_up, due=answer)
    for step in effective:
        stands = stands.model_copy(update={**_after(stands, step), "last_step": step.id})
    if stands.state == "confirmed" and late_step(stands, today):
        stands = stands.model_copy(update={"state": "overdue"})
    return DispatchProposal.model_validate(stands.model_dump())


def late_step(dispatch: DispatchProposal, today: date) -> str | None:
    """What the unit is late with: ``answer``, or ``take_up``; None while it is not, or when nothing is asked of it."""
    if dispatch.state not in ("confirmed", "overdue"):
        return None
    if today > dispatch.due:
        return "answer"
    return "take_up" if dispatch.taken_up_at is None and today > dispatch.take_up_due else None


def check_step(step: StepTaken, stands: DispatchProposal, today: date) -> None:
    """Whether a person may take this step now. Raises StepRefused, which says what is possible."""
    if step.action == "undo":
        if stands.last_step is None or step.values.get("undoes") != stands.last_step:
            raise StepRefused(f"E641: only the last step can be undone ({stands.last_step or 'there is none'})")
        return
    if stands.state not in ALLOWED[step.action]:
        possible = [action for action, states in ALLOWED.items() if stands.state in states]
        raise StepRefused(
            f"E640: {step.action} is not possible while the dispatch is {stands.state}; "
            f"possible: {', '.join(possible) or 'undo'}"
        )
    if step.action == "confirm" and "due" in step.values:
        _check_due(date.fromisoformat(step.values["due"]), due_dates(today, stands.clocks)[1], today)
    if step.action == "take_up" and stands.taken_up_at is not None:
        raise StepRefused("E640: the unit took it up before")
    if step.action == "extend":
        _check_extension(step, stands, today)


def _check_due(own: date, latest: date, today: date) -> None:
    if not today < own <= latest:
        raise StepRefused(
            f"E643: due {own} must lie after {today}, and at the latest on {latest}: the clock's last day"
        )


def _check_extension(step: StepTaken, stands: DispatchProposal, today: date) -> None:
    days, most = step.values["days"], stands.clocks.extension
    if stands.extended_by or today > stands.due or not 0 < days <= most:
        raise StepRefused(
            f"E643: an answer is put off once, before it is due ({stands.due}), by at most {most} days "
            f"({stands.clocks.extension_basis})"
        )


def _after(stands: DispatchProposal, step: StepTaken) -> dict[str, Any]:
    """What a step changes; legality was checked when it was taken."""
    if step.action == "confirm":
        take_up, answer = due_dates(day_of(step.at), stands.clocks)
        answer = date.fromisoformat(step.values["due"]) if "due" in step.values else answer
        dates = {"take_up_due": min(take_up, answer), "due": answer}
        return {"state": "confirmed", "confirmed_by": step.who, "confirmed_at": step.at, **dates}
    if step.action == "take_up":
        return {"taken_up_at": step.at}
    if step.action == "extend":
        days = step.values["days"]
        return {"extended_by": days, "due": stands.due + timedelta(days=days)}
    if step.action == "respond":
        return {
            "state": "responded",
            "responded_by": step.who,
            "responded_at": step.at,
            "taken_up_at": stands.taken_up_at or step.at,
            "response": step.response,
            "response_evidence": tuple(Evidence.model_validate(one) for one in step.values.get("evidence", ())),
        }
    if step.action == "send_back":
        nothing = {"responded_by": None, "responded_at": None, "response": None, "response_evidence": ()}
        return {"state": "confirmed", **nothing}
    return {"state": "closed", "closed_at": step.at} if step.action == "close" else {"state": "withdrawn"}
