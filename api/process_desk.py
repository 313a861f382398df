"""The desk for the process of an assessment: its checklist, its stages, and what recurs after it was closed."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any, Final, Literal

from api.desk import Desk
from api.idempotency import Once
from api.policy import access
from api.said import said
from api.shown_dispatches import dispatches_shown
from models.taxonomy import taxonomy
from pipeline.process.recurrence import Recurrence, recurrences
from pipeline.process.stages import Party, Process, StageOfProcess, Step, process
from pipeline.process.states import StepRefused
from pipeline.records import DecisionProject
from pipeline.records.project import Stage
from pipeline.store import Mark
from pipeline.store.process_marks import STAGE

StepState = Literal["open", "done", "not_applicable"]
SETTLED: Final = frozenset({"done", "not_applicable"})


class ProcessDesk(Desk):
    """One reader before the process of a project."""

    def checklist(self, project_id: str, purpose: str | None) -> dict[str, Any]:
        """The thirteen steps by stage, what people marked, who takes part, and what the system knows of each."""
        with self._asked("checklist.read", purpose, project_id) as project:
            return self._checklist(project)

    def mark(
        self,
        project_id: str,
        purpose: str | None,
        step: str,
        *,
        who: str,
        state: StepState,
        reason: str,
        once: Once | None = None,
    ) -> dict[str, Any]:
        """Marks a step as a named person sees it, with a reason; earlier marks stay readable. Raises UnknownStep."""
        with self._asked("checklist.mark", purpose, project_id, step) as project:
            found = process().step(step)
            self._record(project_id, found.code, state, who, reason, once, self._office.store.add_mark)
            return self._checklist(project)

    def move(
        self,
        project_id: str,
        purpose: str | None,
        stage: Stage,
        *,
        who: str,
        reason: str,
        with_open_steps: bool = False,
        once: Once | None = None,
    ) -> dict[str, Any]:
        """Moves a project to the stage after its own or the one before; a named person decides (P-23).

        Raises StepRefused: E640 for any other stage, E645 going forwards while steps of the stage are open, unless the
        person says that these stay open.
        """
        with self._asked("stages.change", purpose, project_id, stage) as project:
            known = [one.code for one in process().stages]
            process().stage(stage)

            def record(mark: Mark) -> bool:
                distance = known.index(stage) - known.index(project.stage)
                if abs(distance) != 1:
                    raise StepRefused(
                        f"E640: from {project.stage} a project moves one stage on or one back, not to {stage}"
                    )
                waiting = self._open_steps(project)
                if distance > 0 and waiting and not with_open_steps:
                    names = ", ".join(step.code for step in waiting)
                    raise StepRefused(
                        f"E645: open steps of {project.stage}: {names}; mark them, or state that they stay open"
                    )
                return self._office.store.move_project(mark)

            self._record(project_id, STAGE, stage, who, reason, once, record)
            moved = self._office.store.project(project_id)
            assert moved is not None
            return self._checklist(moved)

    def recurrences(self, project_id: str, purpose: str | None) -> list[dict[str, Any]]:
        """Closed risk points about which people complain anew, with the new passages; a named person reopens them."""
        with self._asked("risk_points.read", purpose, project_id) as project:
            opens = access().allows(self._reader, "evidence.read", project)
            return [recurrence_shown(one, opens=opens) for one in recurrences(self._office.store, project_id)]

    def _record(
        self,
        project_id: str,
        subject: str,
        value: str,
        who: str,
        reason: str,
        once: Once | None,
        add: Callable[[Mark], bool],
    ) -> None:
        store = self._office.store
        mark = Mark(uuid.uuid4().hex, project_id, subject, value, who, store.clock(), said(reason))

        def record() -> str:
            add(mark)
            return mark.id

        once.run(store, record) if once else record()

    def _open_steps(self, project: DecisionProject) -> list[Step]:
        marked = {mark.subject: mark.value for mark in self._office.store.marks_on(project.id)}
        return [step for step in process().stage(project.stage).steps if marked.get(step.code) not in SETTLED]

    def _checklist(self, project: DecisionProject) -> dict[str, Any]:
        marks = self._office.store.marks_on(project.id)
        shown, facts = process(), self._facts(project)
        order = [stage.code for stage in shown.stages]
        return {
            "project_id": project.id,
            "stage": project.stage,
            "stages": [
                {
                    "code": stage.code,
                    "name_zh": stage.name_zh,
                    "name_en": stage.name_en,
                    "position": _position(order.index(stage.code) - order.index(project.stage)),
                    "main": _parties(shown, stage.main),
                    "secondary": _parties(shown, stage.secondary),
                    "steps": _steps(shown, stage, marks, facts),
                }
                for stage in shown.stages
            ],
            "changes": [_marked(mark) for mark in marks if mark.subject == STAGE],
        }

    def _facts(self, project: DecisionProject) -> dict[str, dict[str, int]]:
        """What the store knows of a step: milestones, risk points and dispatches by state; nothing of sealed ones."""
        store = self._office.store
        page = store.risk_points(project.id, limit=10_000, sealed=False)
        states: Counter[str] = Counter(point.candidate.state for point in page.rows if point.candidate)
        sent = Counter(one["state"] for one in dispatches_shown(store, store.dispatches(project.id)))
        noticed = Counter(one.state for one in store.milestone_proposals(project.id))
        return {
            "notice": dict(sorted(noticed.items())),
            "identification": dict(sorted(states.items())),
            "tracking": dict(sorted(sent.items())),
        }


def _steps(
    shown: Process, stage: StageOfProcess, marks: list[Mark], facts: dict[str, dict[str, int]]
) -> list[dict[str, Any]]:
    last = {mark.subject: mark for mark in marks}
    return [
        {
            "number": step.number,
            "code": step.code,
            "name_zh": step.name_zh,
            "name_en": step.name_en,
            "leads": _parties(shown, step.leads),
            "product": step.product,
            "state": last[step.code].value if step.code in last else "open",
            "marked": _marked(last[step.code]) if step.code in last else None,
            "facts": facts.get(step.code, {}),
        }
        for step in stage.steps
    ]


def _marked(mark: Mark) -> dict[str, Any]:
    return {"value": mark.value, "who": mark.who, "at": mark.at, "reason": str(mark.reason)}


def _parties(shown: Process, codes: tuple[str, ...]) -> list[dict[str, Any]]:
    found: list[Party] = [shown.parties[code] for code in codes]
    return [{"code": one.code, "name_zh": one.name_zh, "name_en": one.name_en, "role": one.role} for one in found]


def _position(distance: int) -> str:
    return "past" if distance < 0 else "present" if distance == 0 else "ahead"


def recurrence_shown(one: Recurrence, *, opens: bool) -> dict[str, Any]:
    """A closed risk point about which people complain anew; its new passages for who ``opens`` evidence."""
    return {
        "risk_point_id": one.risk_point_id,
        "factor": one.factor,
        "factor_name": taxonomy().factors[one.factor].name_zh,
        "closed_since": one.since,
        "first": one.first,
        "last": one.last,
        "evidence": [passage.model_dump() for passage in one.evidence] if opens else [],
    }
