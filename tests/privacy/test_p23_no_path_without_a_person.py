"""P-23, every transition there is: no way to a risk point, a dispatch or a row of a report but a named person's step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any, get_args

import pytest
from county import COMPENSATION, CountyOffice
from letters import MONDAY
from pydantic import ValidationError
from surfaces import PROJECT, accept, shared, sheets

from pipeline.process.states import ALLOWED, StepRefused, check, standing, state_with
from pipeline.records import Decision
from pipeline.records.dispatch import DispatchAction, DispatchState, StepTaken
from pipeline.records.governance import DecisionAction
from pipeline.records.risk import CandidateState

ACTIONS = get_args(DecisionAction)
DECIDED = frozenset({"confirmed_risk_point", "dispatched", "responded", "overdue", "closed", "reopened"})
"""States in which a candidate is a risk point, or was one."""
DEPTH = 5


def decision(number: int, action: str, **more: Any) -> Decision:
    values = {"id": f"d{number}", "risk_point_id": "r1", "who": "评估员甲", "when": MONDAY, "reason": "实地核实"}
    return Decision.model_validate({**values, "action": action, **more})


def ways() -> Iterator[tuple[Decision, ...]]:
    """Every sequence of up to five decisions that the rules let through, those that undo the last one among them."""
    open_ways: list[tuple[Decision, ...]] = [()]
    for number in range(DEPTH):
        longer = []
        for made, action in product(open_ways, ACTIONS):
            before = standing(made)
            undoes = before.effective[-1].id if action == "undo" and before.effective else None
            step = decision(number, action, undoes=undoes)
            try:
                check(step, before, before.state, (), False)
            except StepRefused:
                continue
            longer.append((*made, step))
        yield from longer
        open_ways = longer


def test_every_way_to_a_risk_point_goes_over_a_confirmation():
    reached = set()
    for made in ways():
        now = standing(made)
        reached.add(now.state)
        if now.state in DECIDED:
            confirmed = [one for one in now.effective if one.action == "confirm"]
            assert confirmed and all(one.who.strip() and len(one.reason) >= 2 for one in confirmed)
            accepted = now.effective.index(confirmed[0])
            assert any(one.action == "accept" for one in now.effective[:accepted])
    assert reached == set(get_args(CandidateState)) - {"dispatched", "responded", "overdue"}


def test_every_state_has_its_actions_and_every_action_its_states():
    assert set(ALLOWED) == set(ACTIONS) - {"undo"}
    assert {state for states in ALLOWED.values() for state in states} == set(get_args(CandidateState))


@pytest.mark.parametrize("decided", get_args(CandidateState))
def test_dispatches_carry_no_candidate_that_nobody_confirmed_further(decided: CandidateState):
    """Whatever its dispatches say, a candidate in review stays where people left it."""
    for states in product(get_args(DispatchState), repeat=2):
        after = state_with(decided, states)
        assert after == decided or (decided in ("confirmed_risk_point", "reopened") and after in DECIDED)
        if set(states) <= {"proposed", "withdrawn"}:
            assert after == decided


@pytest.mark.parametrize("nobody", [{"who": ""}, {"who": None}, {"reason": ""}, {"reason": "x"}, {"reason": None}])
@pytest.mark.parametrize("action", ACTIONS)
def test_no_decision_is_without_a_name_and_a_reason(action: str, nobody: dict[str, Any]):
    with pytest.raises(ValidationError):
        decision(1, action, **nobody)


@pytest.mark.parametrize("nobody", [{"who": ""}, {"who": None}, {"reason": "x"}, {"reason": None}])
@pytest.mark.parametrize("action", get_args(DispatchAction))
def test_no_step_of_a_dispatch_is_without_a_name_and_a_reason(action: str, nobody: dict[str, Any]):
    values = {"id": "s1", "dispatch_id": "t" + "0" * 24, "action": action, "who": "主管乙", "at": MONDAY,
              "reason": "职责明确", "values": {}}  # fmt: skip
    made = StepTaken.model_validate(values)
    assert made.who == "主管乙"
    with pytest.raises(ValidationError):
        StepTaken.model_validate({**values, **nobody})


def test_no_report_has_a_row_that_nobody_accepted(county: CountyOffice):
    """Tables and contracts before and after a person accepted, and after the acceptance was taken back."""
    county.store.clock = lambda: MONDAY + timedelta(days=40)
    assessor = county.caller("assessor")

    def rows() -> list[bool]:
        told = sheets(assessor.get(f"{PROJECT}/tables/T3").content)
        given = shared(county, "risk_points", "api").decode()
        return [county.point(COMPENSATION) in given, "已由人工采信" in told]

    assert rows() == [False, False]
    accept(county)
    assert rows() == [True, True]
    undo = {"who": "评估员甲", "action": "undo", "reason": "录入有误"}
    assert assessor.post(f"/v1/risk-points/{county.point(COMPENSATION)}/decisions", undo).status_code == 201
    assert rows() == [False, False]
