"""The matter (事项) as it is kept: what texts of one project say about the same thing, and what became of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.records.analysis import ProposedUnits, Remedy
from pipeline.records.base import (
    DocumentId,
    FactorCode,
    Instant,
    ProjectId,
    Record,
    StakeholderCode,
    UnitCode,
    Versions,
)
from pipeline.records.evidence import Evidence
from pipeline.records.risk import AffectedRange, Counts

MatterId = Annotated[str, Field(pattern=r"^m[0-9a-f]{24}$")]
MatterChange = Literal["appeared", "renamed", "merged", "split", "ended"]
"""renamed: an earlier text of it became known; ended: no text carries it any more."""


class MonthOfMatter(Record):
    """How many origins of one calendar month (Asia/Shanghai), as YYYY-MM."""

    month: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]
    origins: Annotated[int, Field(ge=1)]


class ResponseClock(Record):
    """Replies against the limits of the regulation: 15 days to take up, 60 to answer (BRIEF §5.4).

    Nothing here reads today's date; whoever shows it compares the due dates with theirs.
    """

    asked: Annotated[int, Field(ge=0)]
    """Petitions and hotline records that are dated."""
    answered: Annotated[int, Field(ge=0)]
    answered_late: Annotated[int, Field(ge=0)]
    """Answered after their due date."""
    median_days: Annotated[int, Field(ge=0)] | None = None
    """Median days to the first reply."""
    open_since: date | None = None
    """Day of the oldest petition without a reply."""
    take_up_due: date | None = None
    answer_due: date | None = None
    """Due dates of that petition."""

    def overdue(self, today: date) -> bool:
        """Whether the oldest unanswered petition is past its due date."""
        return self.answer_due is not None and self.answer_due < today


class MatterSheet(Record):
    """One matter with everything that its texts say; every word is a passage, numbers of people are never added."""

    id: MatterId
    project_id: ProjectId
    concern: FactorCode
    factors: Annotated[tuple[FactorCode, ...], Field(min_length=1)]
    """Everything its texts complain about, the most frequent first."""
    site: str | None
    title: Evidence
    documents: Annotated[tuple[DocumentId, ...], Field(min_length=1)]
    counts: Counts
    first_seen: Instant | None
    last_seen: Instant | None
    timeline: tuple[MonthOfMatter, ...] = ()
    places: tuple[Evidence, ...] = ()
    stakeholder_groups: tuple[StakeholderCode, ...] = ()
    affected: AffectedRange | None = None
    remedies: tuple[Remedy, ...] = ()
    asked_units: tuple[UnitCode, ...] = ()
    """Units that the texts themselves ask or have asked, the most frequent first."""
    proposed_units: ProposedUnits
    replies: tuple[Evidence, ...] = ()
    clock: ResponseClock
    versions: Versions

    @model_validator(mode="after")
    def _title_is_its_own(self) -> MatterSheet:
        if self.title.document_id not in self.documents:
            raise ValueError(f"E341: the title of {self.id} stands in none of its documents")
        return self


class MatterEvent(Record):
    """What happened to a matter: ids and counts only, so that nothing of a withdrawn text is in it (P-12)."""

    project_id: ProjectId
    matter_id: MatterId
    change: MatterChange
    into: tuple[MatterId, ...] = ()
    """Where its texts are now."""
    at: Instant
