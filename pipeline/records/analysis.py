"""The analysis: what one version of the models and code lists reads in one document."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.records.base import (
    CueCode,
    DocumentId,
    FactorCode,
    Judgement,
    Probability,
    ProjectId,
    Record,
    Span,
    StakeholderCode,
    UnitCode,
    Versions,
    spans_in,
)

EntityType = Literal["place", "organisation", "facility"]
"""Persons are not among them: after redaction a person is nobody's finding (P-13)."""
Speaker = Literal["first_person", "witness", "reported", "hypothetical", "negated", "news"]
Remedy = Literal[
    "stop", "relocate_facility", "rectify_repair", "pay_compensate", "recalculate_standard", "resettle",
    "issue_certificate", "build_provide", "enforce_punish", "disclose_explain", "participate", "apologise_correct",
    "protect", "policy_change", "investigate", "expedite",
]  # fmt: skip


class Entity(Span):
    """A place, organisation or facility named in the text; ``code`` is an adcode, a unit code or empty."""

    type: EntityType
    code: str | None = None
    level: str | None = None


class FactorFinding(Record):
    """A risk factor that the text carries, with its probability and the passage that shows it."""

    code: FactorCode
    p: Probability
    primary: bool = False
    evidence: Span


class Affected(Span):
    """How many are concerned, as stated: 几百户 gives 300–999 households."""

    min: Annotated[int, Field(ge=0)]
    max: Annotated[int, Field(ge=0)] | None
    unit: Literal["household", "person", "all_households", "all_persons"]


class Since(Span):
    """Since when, as stated; ``from_date`` is resolved against the publication date."""

    from_date: date | None
    precision: Literal["day", "month", "year", "unknown"]


class RemedyDemanded(Span):
    code: Remedy


class EscalationCue(Span):
    """A cue of BRIEF §5.3 with the speaker's status; only first-person and witness cues count."""

    code: CueCode
    level: Annotated[int, Field(ge=0, le=5)]
    speaker: Speaker


class Escalation(Record):
    level: Annotated[int, Field(ge=0, le=5)] = 0
    cues: tuple[EscalationCue, ...] = ()


class ProcedureFlag(Span):
    """An alleged breach of a statutory step (BRIEF §3.3), such as 未公示 or 先拆后补: a checkable fact."""

    code: Annotated[str, Field(pattern=r"^[a-z_]+$")]


class UnitNamed(Span):
    """A unit that the text itself asks or has asked; ``code`` is None when the directory does not know it."""

    code: UnitCode | None


class ProposedUnits(Record):
    """Who could resolve it: {functional unit + territorial unit}, from the routing table; a person confirms."""

    primary: tuple[UnitCode, ...]
    secondary: tuple[UnitCode, ...] = ()
    territorial: tuple[UnitCode, ...]
    note: str = ""


class StakeholderGroup(Record):
    code: StakeholderCode
    p: Probability
    evidence: Span | None = None


class Grievance(Record):
    """One grievance (诉求): what is wrong, since when, for how many, and what is asked. Not stated is None."""

    factor_primary: FactorCode
    factors: Annotated[tuple[FactorFinding, ...], Field(min_length=1)]
    demand: Span | None = None
    facility: Span | None = None
    affected: Affected | None = None
    since: Since | None = None
    stakeholder_groups: tuple[StakeholderGroup, ...] = ()
    remedies: tuple[RemedyDemanded, ...] = ()
    addressed_authority: tuple[UnitNamed, ...] = ()
    proposed_units: ProposedUnits
    prior_channels: tuple[Span, ...] = ()
    repeated_unresolved: Judgement
    escalation: Escalation = Escalation()
    procedure_flags: tuple[ProcedureFlag, ...] = ()

    @model_validator(mode="after")
    def _one_primary(self) -> Grievance:
        primaries = [finding.code for finding in self.factors if finding.primary]
        if primaries != [self.factor_primary]:
            raise ValueError(f"E130: exactly one finding must be primary and equal factor_primary, found {primaries}")
        return self


Stance = Literal["oppose", "conditional", "neutral", "support"]
"""What a text wants of a project (立场)."""


class ProjectLink(Record):
    """A text is about a project, or mentions it; no link is an abstention, not a refusal."""

    project_id: ProjectId
    p: Probability
    relation: Literal["about", "mentions"]
    method: str
    evidence: Annotated[tuple[Span, ...], Field(min_length=1)]
    only_by_region: bool = False
    """Whether nothing but the region that came with the text says where the matter is (the text names no place of the
    project): such a link is shown and counts for nothing; words added to the registry entry make it count."""
    stance: Stance | None = None
    """None: it cannot be told."""
    stance_p: Probability | None = None

    @property
    def counts(self) -> bool:
        """Whether the text is evidence on the project: it is about it, and says so itself."""
        return self.relation == "about" and not self.only_by_region


class Analysis(Record):
    """One analysis of one document; ``input_hash`` is the hash of the text that it read."""

    document_id: DocumentId
    input_hash: str
    text_length: Annotated[int, Field(ge=1)]
    genre: Judgement
    """Purpose of the text (BRIEF §5.1): complaint, inquiry, praise … for petitions; post, news … for Weibo."""
    attitude: Judgement
    intensity: Annotated[int, Field(ge=0, le=3)] = 0
    is_grievance: bool
    p_grievance: Probability
    grievances: tuple[Grievance, ...] = ()
    entities: tuple[Entity, ...] = ()
    links: tuple[ProjectLink, ...] = ()
    resolved: Span | None = None
    """Passage that says the matter is settled (已解决、撤诉): counter-evidence."""
    limits: tuple[Annotated[str, Field(pattern=r"^[a-z_]+$")], ...] = ()
    """What held the reading back (codes of ``models.limits``), such as a model that is missing."""
    versions: Versions

    @model_validator(mode="after")
    def _spans_lie_in_the_text(self) -> Analysis:
        for span in spans_in(self):
            if span.end > self.text_length:
                raise ValueError(
                    f"E101: span [{span.start}, {span.end}) lies outside the {self.text_length} characters"
                )
        if self.is_grievance != bool(self.grievances):
            raise ValueError("E131: is_grievance and grievances contradict each other")
        return self
