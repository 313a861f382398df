"""What a person set stays, what a person cleared stays empty, undo gives back what was: whatever comes in and goes."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from letters import MONDAY
from opinions import ROAD, opinion

from api.cards import card_of
from models.taxonomy import taxonomy
from pipeline.fold import refold_withdrawn
from pipeline.process.states import StepRefused
from pipeline.propose import propose
from pipeline.records import Decision
from pipeline.redacted import seal
from pipeline.store import Store, UnknownRecord

SUBJECTS = {"compensation_standard": "补偿标准", "air_pollution": "粉尘", "noise_vibration": "噪音"}
ACTIONS = ("accept", "reject", "review", "confirm", "close", "reopen", "keep_closed")
SET: tuple[dict[str, Any], ...] = (
    {"attention": "focus"}, {"attention": "verify_first"}, {"trend": "rising"}, {"triangulation": "one_voice"},
    {"escalation": 3}, {"remedies": ["pay_compensate"]}, {"stakeholder_groups": ["affected_resident"]},
    {"ranges": {"probability": [0.2, 0.4], "impact": None}},
    {"proposed_units": {"primary": ["natural_resources"], "territorial": []}},
)  # fmt: skip
CLEARED: tuple[dict[str, Any], ...] = (
    {"remedies": []}, {"stakeholder_groups": []}, {"places": []}, {"affected": None},
    {"ranges": {"probability": None, "impact": None}},
)  # fmt: skip


def holds(shown: Any, value: Any) -> bool:
    """Whether what is shown is what was set; a record may have fields that nobody filled."""
    if isinstance(value, dict):
        return all(holds(shown[name], inner) for name, inner in value.items())
    return bool(shown == value)


class Desk(RuleBasedStateMachine):
    """Candidates of one project, the people who decide on them, and texts that come, change and go in between."""

    def __init__(self) -> None:
        super().__init__()
        folder = Path(tempfile.mkdtemp(prefix="minyi-human-"))
        self.store = Store.open(f"sqlite:///{folder / 'minyi.sqlite3'}", clock=lambda: MONDAY + timedelta(days=90))
        self.store.upsert_projects([ROAD])
        self.number = 0
        self.texts: list[Any] = []
        self.stack: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        """By risk point: what stood before each decision that was not undone."""
        self.human: dict[str, dict[str, Any]] = defaultdict(dict)

    def teardown(self) -> None:
        self.store.close()

    @initialize()
    def begin(self) -> None:
        for factor in SUBJECTS:
            self.hear(factor, 2)

    @rule(factor=st.sampled_from(sorted(SUBJECTS)), count=st.integers(1, 3))
    def hear(self, factor: str, count: int) -> None:
        said = []
        for _ in range(count):
            self.number += 1
            words = SUBJECTS[factor]
            body = f"柳湾村第{self.number}户说{words}的事没有人管，已经反映了{self.number}次，请给个说法。"
            said.append(opinion(body, (factor, words, 0.9), number=self.number, day=self.number))
        self.store.add_documents([one.document for one in said])
        self.store.complete_analyses(one.analysis.model_copy(update={"links": (one.link,)}) for one in said)
        self.texts += said
        self.pass_over()

    @rule(data=st.data(), count=st.integers(1, 3))
    def withdraw(self, data: st.DataObject, count: int) -> None:
        for _ in range(min(count, len(self.texts))):
            gone = data.draw(st.sampled_from(self.texts))
            self.texts.remove(gone)
            self.store.withdraw_documents([gone.document.id])
        self.pass_over()

    @rule(data=st.data())
    def source_changes_a_text(self, data: st.DataObject) -> None:
        """Its cards are asked for before anything has read the new text."""
        if self.texts:
            changed = data.draw(st.sampled_from(self.texts))
            self.texts.remove(changed)
            self.store.revise_document(changed.document.model_copy(update={"body": seal("另说。")}))

    @rule()
    def pass_over(self) -> None:
        refold_withdrawn(self.store)
        propose(self.store)

    def points(self) -> list[str]:
        return [row.id for row in self.store.risk_points(ROAD.id).rows]

    def decide(self, point: str, action: str, **more: Any) -> None:
        self.number += 1
        made = Decision(
            id=f"d{self.number}", risk_point_id=point, who="评估员甲", when=MONDAY + timedelta(days=90), action=action,
            reason="实地核实", **more,
        )  # fmt: skip
        before = self.store.standing_of(point)
        try:
            self.store.add_decision(made)
        except (StepRefused, UnknownRecord):
            assert self.store.standing_of(point) == before
            return
        if action == "undo":
            state, human = self.stack[point].pop()
            after = self.store.standing_of(point)
            assert (after.state, after.human) == (state, human)
            self.human[point] = human
        else:
            self.stack[point].append((before.state, before.human))
            self.human[point] = {**self.human[point], **made.changes}

    @rule(data=st.data(), action=st.sampled_from(ACTIONS))
    def step(self, data: st.DataObject, action: str) -> None:
        if points := self.points():
            self.decide(data.draw(st.sampled_from(points)), action)

    @rule(data=st.data(), changes=st.lists(st.sampled_from(SET + CLEARED), min_size=1, max_size=3))
    def edit(self, data: st.DataObject, changes: list[dict[str, Any]]) -> None:
        if points := self.points():
            together = {name: value for change in changes for name, value in change.items()}
            self.decide(data.draw(st.sampled_from(points)), "edit", changes=together)

    @rule(data=st.data())
    def set_the_title(self, data: st.DataObject) -> None:
        """To another passage of the same candidate."""
        if points := self.points():
            point = self.store.risk_point(data.draw(st.sampled_from(points)))
            assert point is not None and point.candidate is not None
            chosen = data.draw(st.sampled_from(point.candidate.evidence))
            self.decide(point.id, "edit", changes={"title": chosen.model_dump(mode="json")})

    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        points = self.points()
        if len(points) > 1:
            one, other = data.draw(st.permutations(points))[:2]
            self.decide(one, "merge", merge_into=other)

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        decided = [point for point in self.points() if self.stack[point]]
        if decided:
            point = data.draw(st.sampled_from(decided))
            self.decide(point, "undo", undoes=self.store.standing_of(point).effective[-1].id)

    @invariant()
    def what_people_set_is_shown_and_nothing_else_is_theirs(self) -> None:
        rows = {row.id: row for row in self.store.risk_points(ROAD.id).rows}
        for point, human in self.human.items():
            if human or self.stack[point]:
                assert point in rows, "a risk point that somebody decided on is gone"
        for point, row in rows.items():
            assert row.candidate is not None and row.human == self.human[point]
            shown = row.candidate.model_dump(mode="json")
            assert all(holds(shown[name], value) for name, value in row.human.items())
            standing = self.store.standing_of(point)
            assert (standing.state, standing.human) == (row.candidate.state, row.human)

    @invariant()
    def every_card_can_be_shown(self) -> None:
        for row in self.store.risk_points(ROAD.id).rows:
            card = card_of(row, self.store, 5)
            assert card["decided_by_people"] == sorted(row.human)
            for name in {"attention", "trend", "escalation", "remedies"} & row.human.keys():
                assert card[name] == row.human[name]


def test_no_import_and_no_analysis_changes_what_people_decided() -> None:
    hurried = settings(
        max_examples=12, stateful_step_count=16, deadline=None, suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip
    run_state_machine_as_test(Desk, settings=hurried)


def test_the_values_that_are_set_here_are_such_as_people_may_set() -> None:
    from pipeline.store.decisions import EDITABLE

    tried = {name for change in SET + CLEARED for name in change} | {"title"}
    assert tried == EDITABLE
    assert {group for change in SET for group in change.get("stakeholder_groups", ())} <= taxonomy().stakeholders.keys()
