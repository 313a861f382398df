"""The risk-point candidate (风险点候选): what an assessor accepts, merges, edits or rejects."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from pipeline.records.analysis import ProposedUnits, Remedy
from pipeline.records.base import FactorCode, Instant, Interval, ProjectId, Record, StakeholderCode, Versions
from pipeline.records.evidence import Evidence

CandidateState = Literal[
    "proposed", "under_review", "accepted", "merged", "rejected",
    "confirmed_risk_point", "dispatched", "responded", "overdue", "closed", "reopened",
]  # fmt: skip


class Counts(Record):
    """How much stands behind a candidate; voices are bounds, since not every voice can be told apart (P-03)."""

    documents: Annotated[int, Field(ge=1)]
    origins: Annotated[int, Field(ge=1)]
    voices_low: Annotated[int, Field(ge=1)]
    voices_high: Annotated[int, Field(ge=1)]
    by_source_kind: dict[str, int]

    @model_validator(mode="after")
    def _bounds(self) -> Counts:
        if not (self.origins <= self.documents and self.voices_low <= self.voices_high <= self.documents):
            raise ValueError(
                "E140: counts contradict each other: origins ≤ documents, voices_low ≤ voices_high ≤ documents"
            )
        return self


class CounterEvidence(Evidence):
    """A passage that speaks against the candidate."""

    kind: Literal["support", "official_reply", "resolved"]


class AffectedRange(Record):
    """The largest number that one text states; numbers of different texts are never added (BRIEF §5.3)."""

    min: int
    max: int | None
    unit: str
    evidence: Evidence


class Reason(Record):
    """Why the candidate is rated as it is: a code with the figures that it rests on, never free text."""

    code: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    values: dict[str, Any] = Field(default_factory=dict)


class Gap(Record):
    """Who or what was not heard: absence online is not consent (P-24)."""

    kind: Literal["group", "source", "period", "voices"]
    code: str


class RangesForDiscussion(Record):
    """Probability and impact ranges; blank unless a person fills them (BRIEF §2.5)."""

    probability: tuple[float, float] | None = None
    impact: tuple[float, float] | None = None


class RiskPointCandidate(Record):
    """One risk factor of one project with everything that speaks for and against it."""

    id: Annotated[str, Field(pattern=r"^r[0-9a-f]{24}$")]
    project_id: ProjectId
    factor: FactorCode
    filed_under: tuple[FactorCode, ...] = ()
    """Official rows of the 对照表 for a factor of practice (``maps_to``)."""
    sealed: bool = False
    """检举控告 and other confidential factors: category and time only (P-14)."""
    title: Evidence | None
    matter_ids: Annotated[tuple[str, ...], Field(min_length=1)]
    evidence: tuple[Evidence, ...]
    counter_evidence: tuple[CounterEvidence, ...] = ()
    residues: tuple[Evidence, ...] = ()
    """What single copies of a form letter add to it."""
    counts: Counts
    triangulation: Literal["one_voice", "several_voices", "several_source_kinds"]
    first_seen: Instant | None
    last_seen: Instant | None
    trend: Literal["rising", "steady", "falling", "cannot_tell"]
    places: tuple[Evidence, ...] = ()
    stakeholder_groups: tuple[StakeholderCode, ...] = ()
    affected: AffectedRange | None = None
    remedies: tuple[Remedy, ...] = ()
    proposed_units: ProposedUnits
    escalation: Annotated[int, Field(ge=0, le=5)] = 0
    attention: Literal["watch", "focus", "verify_first"]
    p_valid: Interval
    priority: Annotated[int, Field(ge=0, le=100)] = 0
    """In which order candidates of a project are offered, the highest first."""
    ranges: RangesForDiscussion = RangesForDiscussion()
    reasons: Annotated[tuple[Reason, ...], Field(min_length=1)]
    gaps: tuple[Gap, ...] = ()
    state: CandidateState = "proposed"
    versions: Versions

    @model_validator(mode="after")
    def _evidence_or_silence(self) -> RiskPointCandidate:
        if self.sealed:
            if self.title or self.evidence or self.counter_evidence or self.residues or self.places:
                raise ValueError("E141: a sealed candidate shows its category and time only (P-14)")
        elif not self.evidence or self.title is None:
            raise ValueError("E142: a candidate needs evidence and a quoted title")
        return self
