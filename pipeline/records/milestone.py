"""What an official notice proposes: a milestone of a decision project, with the clock that its statute sets."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field

from pipeline.records.base import DocumentId, ProjectId, Record
from pipeline.records.evidence import Evidence
from pipeline.records.project import PartialDate

DayUnit = Literal["day", "working_day"]
"""Calendar days (日), or working days (工作日) with the State Council's holidays and shifted working days."""
MilestoneState = Literal["proposed", "accepted", "rejected"]


class Clock(Record):
    """How long a statute wants a notice to stand (BRIEF §3.3), and how long this one announces. Facts, no judgement."""

    basis: str
    """The statute and its article."""
    required: Annotated[int, Field(gt=0)]
    """Fewest days, in ``unit``."""
    unit: DayUnit
    announced: int | None = None
    """Days that the notice announces, in ``unit``, its first and last day included; None where it names no period."""
    first: date | None = None
    last: date | None = None
    """The announced period, where the notice dates it."""
    earliest_end: date | None = None
    """Last day of the shortest lawful period, counted from the day after publication."""
    evidence: Evidence | None = None
    """The passage that announces the period."""
    exception: str | None = None
    """When the statute allows less, in its words."""
    holidays_known: bool = True
    """False where the State Council's calendar of a year is not known: then working days are Monday to Friday."""

    @property
    def shorter(self) -> bool | None:
        """Whether the announced period is shorter than the statute's; None where none is announced."""
        return None if self.announced is None else self.announced < self.required


class MilestoneProposal(Record):
    """A dated step of a project that a notice states; a named person accepts or rejects it (P-23)."""

    id: Annotated[str, Field(pattern=r"^m[0-9a-f]{24}$")]
    project_id: ProjectId
    document_id: DocumentId
    kind: str
    """Code of ``pipeline/notices/kinds.yaml``."""
    name: str
    date: PartialDate
    evidence: Evidence | None = None
    """The words that tell the kind of notice; None once the notice was withdrawn."""
    issued_by: Evidence | None = None
    """Where the notice names the unit that issued it."""
    clock: Clock | None = None

    def without_passages(self) -> Self:
        """The step as it was decided, without the passages of a notice that was withdrawn (P-12)."""
        clock = self.clock and self.clock.model_copy(update={"evidence": None})
        return self.model_copy(update={"evidence": None, "issued_by": None, "clock": clock})
