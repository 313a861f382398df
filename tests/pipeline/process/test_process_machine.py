"""P-23 as a machine: whatever people try in whatever order, nothing is dispatched that no named person confirmed."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from letters import MONDAY, ROAD, candidate

from pipeline.process.proposing import dispatches_for
from pipeline.process.routing import city_routing
from pipeline.process.states import StepRefused
from pipeline.records import Decision
from pipeline.records.dispatch import StepTaken
from pipeline.redacted import seal
from pipeline.store import Store

PEOPLE = ("评估员甲", "主管乙", "经办丙")
REASONS = ("走访核实", "会商一致")
POINT = candidate(1).id
DECISIONS = ("review", "accept", "edit", "reject", "confirm", "close", "reopen", "keep_closed")
STEPS = ("confirm", "take_up", "extend", "respond", "send_back", "close", "withdraw")
SENT = {"dispatched", "responded", "overdue"}


class Loop(RuleBasedStateMachine):
    """One risk point, its decisions and its dispatches, with a clock that goes on and analyses that come in between."""

    database_url: str | None = None

    def __init__(self) -> None:
        super().__init__()
        self.now = MONDAY
        self.number = 0
        self.human: dict[str, Any] = {}
        self.before: list[tuple[str, dict[str, Any]]] = []
        """State of the decisions, without the dispatches, and human values before each decision that stands."""

    @initialize()
    def begin(self) -> None:
        url = self.database_url or f"sqlite:///{Path(tempfile.mkdtemp(prefix='minyi-loop-')) / 'minyi.sqlite3'}"
        self.store = Store.open(url, clock=lambda: self.now)
        with self.store.transaction() as connection:
            for table in ("dispatch_steps", "dispatches", "decisions", "risk_points"):
                connection.exec_driver_sql(f"DELETE FROM {table}")
        self.store.upsert_projects([ROAD])
        self.store.replace_candidates("quarry-road", [candidate(1)])

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()

    def state(self) -> str:
        point = self.store.risk_point(POINT)
        assert point is not None and point.candidate is not None
        return point.candidate.state

    def name(self) -> str:
        self.number += 1
        return f"step-{self.number}"

    @rule(action=st.sampled_from(DECISIONS), who=st.sampled_from(PEOPLE), reason=st.sampled_from(REASONS),
          attention=st.sampled_from(["watch", "focus", "verify_first"]))  # fmt: skip
    def decide(self, action: str, who: str, reason: str, attention: str) -> None:
        changes = {"attention": attention, "affected": None} if action == "edit" else {}
        stood = self.store.standing_of(POINT)
        made = Decision(id=self.name(), risk_point_id=POINT, who=who, when=self.now, action=action, reason=reason, changes=changes)  # fmt: skip
        try:
            self.store.add_decision(made)
        except StepRefused:
            assert self.store.standing_of(POINT) == stood
            return
        self.before.append((stood.state, stood.human))
        self.human = {**self.human, **changes}

    @precondition(lambda self: self.before)
    @rule(who=st.sampled_from(PEOPLE))
    def undo(self, who: str) -> None:
        stood = self.store.standing_of(POINT)
        last = stood.effective[-1].id
        made = Decision(id=self.name(), risk_point_id=POINT, who=who, when=self.now, action="undo", reason="录入有误", undoes=last)  # fmt: skip
        try:
            self.store.add_decision(made)
        except StepRefused:
            assert self.store.standing_of(POINT) == stood
            return
        state, human = self.before.pop()
        restored = self.store.standing_of(POINT)
        assert (restored.state, restored.human) == (state, human)
        self.human = human

    @rule()
    def propose(self) -> None:
        point = self.store.risk_point(POINT)
        assert point is not None
        proposed = dispatches_for(point, self.store.standing_of(POINT).round, city_routing(None), self.now)
        try:
            self.store.propose_dispatches(proposed)
        except StepRefused:
            assert self.store.standing_of(POINT).state not in ("confirmed_risk_point", "reopened")

    @rule(data=st.data(), action=st.sampled_from(STEPS), who=st.sampled_from(PEOPLE), reason=st.sampled_from(REASONS))
    def step(self, data: st.DataObject, action: str, who: str, reason: str) -> None:
        known = self.store.dispatches("quarry-road")
        if not known:
            return
        chosen = data.draw(st.sampled_from(known))
        values: dict[str, Any] = {"days": 10} if action == "extend" else {}
        self.take(chosen, action, who, reason, values)

    @rule(data=st.data(), who=st.sampled_from(PEOPLE))
    def undo_step(self, data: st.DataObject, who: str) -> None:
        known = [one for one in self.store.dispatches("quarry-road") if one.last_step]
        if not known:
            return
        chosen = data.draw(st.sampled_from(known))
        count = len(self.store.dispatch_steps(chosen.id))
        if self.take(chosen, "undo", who, "录入有误", {"undoes": chosen.last_step}):
            after = self.store.dispatch(chosen.id)
            assert after is not None and after.last_step != chosen.last_step
            assert len(self.store.dispatch_steps(chosen.id)) == count + 1

    def take(self, chosen: Any, action: str, who: str, reason: str, values: dict[str, Any]) -> bool:
        response = seal("已现场核实并公示") if action == "respond" else None
        step = StepTaken(id=self.name(), dispatch_id=chosen.id, action=action, who=who, at=self.now, reason=reason, values=values)  # fmt: skip
        try:
            return self.store.add_step(step, seal(reason), response)
        except StepRefused:
            assert self.store.dispatch(chosen.id) == chosen
            return False

    @rule(days=st.sampled_from([1, 16, 61]))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.store.mark_overdue()

    @rule(documents=st.integers(1, 9), attention=st.sampled_from(["watch", "focus"]))
    def analyse_again(self, documents: int, attention: str) -> None:
        self.store.replace_candidates("quarry-road", [candidate(1, documents=documents, attention=attention)])

    @invariant()
    def nothing_is_dispatched_without_a_named_person_and_a_reason(self) -> None:
        if not hasattr(self, "store"):
            return
        confirmed = [one for one in self.store.standing_of(POINT).effective if one.action in ("confirm", "reopen")]
        if self.state() in SENT | {"confirmed_risk_point", "closed", "reopened"}:
            assert confirmed and all(one.who in PEOPLE and one.reason in REASONS for one in confirmed)
        for one in self.store.dispatches("quarry-road"):
            if one.state not in ("proposed", "withdrawn"):
                assert one.confirmed_by in PEOPLE and one.confirmed_at is not None
                steps = [step for step in self.store.dispatch_steps(one.id) if step.action == "confirm"]
                assert steps and steps[-1].reason in REASONS
            if one.state == "responded":
                assert one.response == "已现场核实并公示" and one.responded_by in PEOPLE
        round_ = self.store.standing_of(POINT).round
        states = {one.state for one in self.store.dispatches("quarry-road") if one.round == round_}
        if self.state() in SENT:
            assert states & {"confirmed", "overdue", "responded", "closed"}
        if self.state() == "overdue":
            assert "overdue" in states

    @invariant()
    def what_a_person_set_stays_as_it_is(self) -> None:
        if not hasattr(self, "store"):
            return
        point = self.store.risk_point(POINT)
        assert point is not None and point.candidate is not None and point.human == self.human
        shown = point.candidate.model_dump(mode="json")
        assert {name: shown[name] for name in self.human} == self.human


HURRIED = settings(
    max_examples=25, stateful_step_count=30, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)  # fmt: skip


def test_no_path_leads_to_a_dispatch_without_a_named_person(database_url: str) -> None:
    class OnThis(Loop):
        pass

    OnThis.database_url = database_url
    thorough = database_url.startswith(
        "sqlite"
    )  # the rules are the same code: on a server few paths show that they hold
    run_state_machine_as_test(OnThis, settings=HURRIED if thorough else settings(HURRIED, max_examples=5))


@pytest.mark.parametrize("action", ["confirm", "close", "reopen", "keep_closed"])
def test_a_machine_cannot_sign(action: str) -> None:
    for nobody in ({"who": ""}, {"reason": ""}, {"reason": "x"}):
        values = {
            "id": "d",
            "risk_point_id": POINT,
            "who": "主管乙",
            "when": MONDAY,
            "action": action,
            "reason": "复核一致",
        }
        with pytest.raises(ValueError, match="at least"):
            Decision.model_validate({**values, **nobody})
