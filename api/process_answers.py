"""What the routes of the process answer: the checklist, dispatches, and what recurs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import JsonValue

from api.answers import Answer, Paged
from pipeline.records import Evidence
from pipeline.records.dispatch import DispatchAction, DispatchState, RoutedBy
from pipeline.records.governance import Role
from pipeline.records.project import Stage


class PartyShown(Answer):
    """A party of the assessment; ``role`` null: it is heard, and has no account."""

    code: str
    name_zh: str
    name_en: str
    role: Role | None


class Marked(Answer):
    """What a named person marked, and why."""

    value: str
    who: str
    at: datetime
    reason: str


class StepShown(Answer):
    """One of the thirteen steps; ``facts`` is what the system counts for it by state."""

    number: int
    code: str
    name_zh: str
    name_en: str
    leads: list[PartyShown]
    product: str
    state: Literal["open", "done", "not_applicable"]
    marked: Marked | None
    facts: dict[str, int]


class StageShown(Answer):
    """A stage with its main and secondary participants."""

    code: Stage
    name_zh: str
    name_en: str
    position: Literal["past", "present", "ahead"]
    main: list[PartyShown]
    secondary: list[PartyShown]
    steps: list[StepShown]


class Checklist(Answer):
    """The process of a project; ``changes`` are its moves from stage to stage."""

    project_id: str
    stage: Stage
    stages: list[StageShown]
    changes: list[Marked]


class UnitNamed(Answer):
    """A unit of the directory."""

    code: str
    name_zh: str


class LateUnit(Answer):
    """Which unit is late, with what, since when, by which rule; never who complained (P-25)."""

    unit: str
    days: int
    since: date
    basis: str
    step: Literal["take_up", "answer"]


class DispatchShown(Answer):
    """A dispatch with its basis and its clocks."""

    id: str
    project_id: str
    risk_point_id: str
    round: int
    state: DispatchState
    functional_unit: str
    functional_unit_name: str
    territorial_unit: str
    territorial_unit_name: str
    assisting: list[UnitNamed]
    factor: str
    factor_name: str
    basis: str
    routed_by: RoutedBy
    proposed_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    take_up_due: date
    take_up_basis: str
    taken_up_at: datetime | None
    due: date
    due_basis: str
    extended_by: int
    days_left: int | None
    late: LateUnit | None
    answered_late: bool
    responded_by: str | None
    responded_at: datetime | None
    response: str | None
    response_evidence: list[Evidence]
    closed_at: datetime | None
    last_step: str | None


class StepOnDispatch(Answer):
    """A step of a named person on a dispatch."""

    id: str
    dispatch_id: str
    action: DispatchAction
    who: str
    at: datetime
    reason: str
    values: dict[str, JsonValue]
    response: str | None


class DispatchPage(DispatchShown):
    """A dispatch with all its steps."""

    steps: list[StepOnDispatch]


class DispatchRows(Paged):
    """Dispatches, the one that is due first at the head."""

    rows: list[DispatchShown]


class RecurrenceShown(Answer):
    """A closed risk point about which people complain anew."""

    risk_point_id: str
    factor: str
    factor_name: str
    closed_since: datetime
    first: datetime
    last: datetime
    evidence: list[Evidence]
    """Empty for who may not open evidence."""


class RecurrenceRows(Paged):
    """What recurs in a project, by risk point."""

    rows: list[RecurrenceShown]
