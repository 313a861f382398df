"""Dispatches (派单): who is asked to resolve a risk point, by when, on which basis, and what became of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from pipeline.records.base import FactorCode, Instant, ProjectId, Record, UnitCode
from pipeline.records.evidence import Evidence
from pipeline.records.milestone import DayUnit

DispatchState = Literal["proposed", "confirmed", "overdue", "responded", "closed", "withdrawn"]
DispatchAction = Literal["confirm", "take_up", "extend", "respond", "send_back", "close", "withdraw", "undo"]
RoutedBy = Literal["national", "city", "person"]
"""Whose routing: the national table, the city's own rows, or the units that a person set on the risk point."""
DispatchId = Annotated[str, Field(pattern=r"^t[0-9a-f]{24}$")]


class DispatchBasis(Record):
    """Why these units: the row of the routing table and its note on jurisdiction (BRIEF §6)."""

    factor: FactorCode
    routed_by: RoutedBy
    primary: tuple[UnitCode, ...]
    """All units that the row names as able to decide; there is one dispatch for each."""
    note: str = ""
    """The usual trap of jurisdiction, as the row states it."""


class DispatchClock(Record):
    """A time limit with its source; days are counted from the day after the dispatch was confirmed."""

    days: Annotated[int, Field(gt=0)]
    unit: DayUnit
    basis: str
    """The statute with its article, or the city's own rule."""


class DispatchClocks(Record):
    """Both limits of a dispatch (信访工作条例 2022): to say that it is taken up, and to answer it."""

    take_up: DispatchClock
    answer: DispatchClock
    extension: Annotated[int, Field(ge=0)]
    """Calendar days by which the answer may be put off, once, for a stated reason."""
    extension_basis: str


class DispatchProposed(Record):
    """What the system proposes: {functional unit + territorial unit}. A named human confirms it (P-23)."""

    id: DispatchId
    project_id: ProjectId
    risk_point_id: str
    round: Annotated[int, Field(ge=0)]
    """How often the risk point had been reopened."""
    functional_unit: UnitCode
    territorial_unit: UnitCode
    assisting: tuple[UnitCode, ...] = ()
    """Units that must be consulted."""
    basis: DispatchBasis
    clocks: DispatchClocks
    proposed_at: Instant


class DispatchProposal(DispatchProposed):
    """A dispatch as it stands after what named people did with it."""

    state: DispatchState = "proposed"
    take_up_due: date
    due: date
    """Last days in Asia/Shanghai; of a proposal, as if it were confirmed on the day it was made."""
    confirmed_by: str | None = None
    confirmed_at: Instant | None = None
    taken_up_at: Instant | None = None
    extended_by: int = 0
    """Calendar days by which the answer was put off."""
    responded_by: str | None = None
    responded_at: Instant | None = None
    response: str | None = None
    """Redacted; None once it was sent back."""
    response_evidence: tuple[Evidence, ...] = ()
    closed_at: Instant | None = None
    last_step: str | None = None
    """Id of the newest step that counts: the one that ``undo`` takes back."""


class StepTaken(Record):
    """One step of a named person on a dispatch; reason and response are kept redacted."""

    id: Annotated[str, Field(min_length=1, max_length=100)]
    dispatch_id: DispatchId
    action: DispatchAction
    who: Annotated[str, Field(min_length=1, max_length=64)]
    at: Instant
    reason: Annotated[str, Field(min_length=2, max_length=1000)]
    values: dict[str, Any] = Field(default_factory=dict)
    """confirm: ``due``; extend: ``days``; respond: ``evidence``; undo: ``undoes``."""
    response: str | None = None
