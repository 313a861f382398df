"""The states of a risk point (BRIEF §10) and the steps between them; each is a named person's, with a reason (P-23).

proposed → under_review → accepted | merged | rejected → confirmed_risk_point → dispatched → responded | overdue →
closed → reopened. What people decided is folded from all decisions that were not undone; what its dispatches add is
folded on top. Nothing here reads a clock but the due dates of dispatches, which are a statute's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pipeline.records import Decision
from pipeline.records.dispatch import DispatchState
from pipeline.records.governance import DecisionAction
from pipeline.records.risk import CandidateState

REVIEWED: Final = frozenset({"proposed", "under_review", "accepted", "merged", "rejected"})
"""States in which people still make up their minds about a candidate."""
ALLOWED: Final[Mapping[DecisionAction, frozenset[str]]] = {
    "review": frozenset({"proposed"}),
    "edit": REVIEWED | {"confirmed_risk_point", "dispatched", "responded", "overdue", "reopened"},
    "accept": REVIEWED,
    "merge": REVIEWED,
    "reject": REVIEWED,
    "confirm": frozenset({"accepted"}),
    "close": frozenset({"confirmed_risk_point", "responded", "reopened"}),
    "reopen": frozenset({"closed"}),
    "keep_closed": frozenset({"closed"}),
}
"""Action → states in which it can be taken; ``undo`` has rules of its own."""
LEADS_TO: Final[Mapping[str, CandidateState]] = {
    "accept": "accepted", "reject": "rejected", "merge": "merged", "confirm": "confirmed_risk_point",
    "close": "closed", "reopen": "reopened",
}  # fmt: skip
WATCHED: Final = frozenset({"confirmed_risk_point", "reopened"})
"""What people decided where the dispatches tell how far it is."""


class StepRefused(ValueError):
    """E640, E641, E644: a step that cannot be taken from the state in which the risk point or the dispatch is."""


class SamePerson(StepRefused):
    """E642: the deployment asks for a reviewer other than the author (setting ``separate_reviewer``)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What people decided about a risk point, as far as it was not undone."""

    state: CandidateState = "proposed"
    human: dict[str, Any] = field(default_factory=dict)
    effective: tuple[Decision, ...] = ()

    @property
    def round(self) -> int:
        """How often it was reopened; every round has dispatches of its own."""
        return sum(decision.action == "reopen" for decision in self.effective)

    @property
    def merged_into(self) -> str | None:
        """The risk point that this one was merged into."""
        last = next((one.merge_into for one in reversed(self.effective) if one.action in LEADS_TO), None)
        return last if self.state == "merged" else None


def standing(decisions: Iterable[Decision]) -> Standing:
    """Folds the decisions about one risk point, in the order they came."""
    effective: list[Decision] = []
    for decision in decisions:
        if decision.action == "undo":
            effective = [one for one in effective if one.id != decision.undoes]
        else:
            effective.append(decision)
    state: CandidateState = "proposed"
    human: dict[str, Any] = {}
    for decision in effective:
        human |= decision.model_dump(mode="json")["changes"]
        if decision.action in LEADS_TO:
            state = LEADS_TO[decision.action]
        elif state == "proposed":
            state = "under_review"
    return Standing(state, human, tuple(effective))


def state_with(decided: CandidateState, dispatches: Collection[DispatchState]) -> CandidateState:
    """The state of a risk point with those of this round's dispatches; one late unit makes it overdue."""
    sent = [state for state in dispatches if state not in ("proposed", "withdrawn")]
    if decided not in WATCHED or not sent:
        return decided
    if "overdue" in sent:
        return "overdue"
    return "dispatched" if "confirmed" in sent else "responded"


def check(
    decision: Decision, before: Standing, state: CandidateState, dispatches: Sequence[DispatchState], separate: bool
) -> None:
    """Whether a person may take this step now. Raises StepRefused or SamePerson, which say what to do instead."""
    if decision.action == "undo":
        _check_undo(decision, before, dispatches)
        return
    if state not in ALLOWED[decision.action]:
        possible = [action for action, states in ALLOWED.items() if state in states]
        raise StepRefused(
            f"E640: {decision.action} is not possible while the risk point is {state}; possible: {', '.join(possible)}"
        )
    if decision.action == "confirm" and separate:
        refuse_same(decision.who, authors(before.effective), "confirms a risk point")
    if decision.action == "close" and (waiting := [one for one in dispatches if one in ("overdue", "confirmed")]):
        raise StepRefused(f"E644: {len(waiting)} dispatches have no response; withdraw them or wait for it")
    if decision.action == "close" and "responded" in dispatches:
        raise StepRefused("E644: a response waits to be judged; close its dispatch or send it back: minyi dispatch")


def _check_undo(decision: Decision, before: Standing, dispatches: Sequence[DispatchState]) -> None:
    if not before.effective:
        raise StepRefused("E641: there is no decision to undo")
    last = before.effective[-1]
    if decision.undoes != last.id:
        raise StepRefused(f"E641: only the last decision can be undone: {last.action} by {last.who} ({last.id})")
    if last.action in ("confirm", "reopen") and any(one not in ("proposed", "withdrawn") for one in dispatches):
        raise StepRefused("E644: it was dispatched since; withdraw the dispatches first: minyi dispatch withdraw")


def authors(decisions: Iterable[Decision]) -> set[str]:
    """Who shaped a risk point: those who took it up, accepted, edited or merged it."""
    return {one.who for one in decisions if one.action in ("review", "accept", "edit", "merge")}


def refuse_same(who: str, others: Iterable[str], what: str) -> None:
    """Raises SamePerson (E642) when the person is among the others; case, width and blanks make no other person."""
    if same_name(who) in {same_name(other) for other in others}:
        raise SamePerson(f"E642: who {what} must be another person than its author (setting separate_reviewer)")


def same_name(who: str) -> str:
    """A name as it is compared."""
    return "".join(unicodedata.normalize("NFKC", who).casefold().split())
