"""The shapes of answers: what leaves over HTTP, field by field; nothing else can (P-13, P-14)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from pipeline.records import (
    AffectedRange,
    AuditEvent,
    Decision,
    DecisionProject,
    DocumentGenre,
    Gap,
    Interval,
    ProposedUnits,
    RangesForDiscussion,
    Reason,
    Role,
    SourceKind,
    Versions,
)
from pipeline.records.handling import Handling
from pipeline.records.milestone import DayUnit, MilestoneState
from pipeline.records.risk import CandidateState
from pipeline.store import IncidentKind


class Answer(BaseModel):
    """An answer has the fields that are declared, and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paged(Answer):
    """A page of a list."""

    next_offset: int | None
    """The ``offset`` of the next page, null after the last."""


class Projects(Paged):
    """The decision projects that the reader may see."""

    rows: list[DecisionProject]


class Exact(Answer):
    """A count that may be shown: at least k distinct voices stand behind it, or there is nothing."""

    value: int
    exact: Literal[True] = True


class FewerVoices(Answer):
    """Fewer distinct voices than this stand behind it; how many texts they wrote is not shown (P-06)."""

    less_than: int


class AtLeast(Answer):
    """At least so many texts: not everything was read, or the number would give a hidden one away."""

    at_least: int


Count = Exact | FewerVoices | AtLeast


class FacetValue(Answer):
    """A value with its count."""

    value: str
    count: Count


class FacetShown(Answer):
    """The values of a facet, then under ``others`` (其他) those that are not named; ``more`` were cut off."""

    values: list[FacetValue]
    others: Count | None
    more: int


class PeriodShown(Answer):
    """A day, a week from Monday or a month in Asia/Shanghai; ``count`` is null when nothing was read in it."""

    first: date
    last: date
    count: Count | None
    coverage: Literal["complete", "lower_bound", "missing", "unknown"]
    missing_sources: list[str]


class StancesShown(Answer):
    """Texts by what they want of the project; ``unknown`` cannot be told, it is not neutral. Null: nothing was read."""

    oppose: Count | None
    conditional: Count | None
    neutral: Count | None
    support: Count | None
    unknown: Count | None


class MonthOfStances(Answer):
    """A month in Asia/Shanghai by stance: counts of texts, which are no vote and no survey."""

    first: date
    last: date
    stances: StancesShown
    coverage: Literal["complete", "lower_bound", "missing", "unknown"]


class TimelineShown(Answer):
    """The documents over time, empty periods among them; ``undated`` have no date.

    ``months`` are the same documents by stance, always by month, where that is answered: not beside a search.
    """

    interval: Literal["day", "week", "month"]
    periods: list[PeriodShown]
    undated: Count
    months: list[MonthOfStances]


class AddedWords(Answer):
    """A passage that a copy adds to the text that stands for it."""

    document_id: str
    start: int
    end: int
    text: str


class DocumentFound(Answer):
    """A text that was found; ``highlights`` are half-open spans of code points in ``text``.

    ``copies`` counts the texts found that it stands for, itself among them, when copies were collapsed;
    ``supplemented`` those that add something, and ``added`` is what the first of them add. What only its meaning found
    is in no count; between similar texts ``score`` is the cosine of their vectors.
    """

    id: str
    text: str
    highlights: list[tuple[int, int]]
    score: float | None
    published_at: datetime | None
    source_kind: SourceKind
    genre: DocumentGenre
    attitude: str
    factors: list[str]
    escalation: int
    origin_id: str
    copies: Count | None
    supplemented: Count | None
    added: list[AddedWords]
    found_by: Literal["words", "meaning"]


class SimilarFound(Answer):
    """Texts that mean what a passage means, closest first; there is no count of them."""

    hits: list[DocumentFound]


class SearchAlertShown(Answer):
    """When a watched search last found new texts, and how many at least; null where so many clauses are not counted."""

    at: datetime
    new: Count | None


class SavedSearchShown(Answer):
    """A query that was kept; ``query`` is its tree, the same that rules are made of.

    ``watched``: whether the caller is told of new texts. ``alert``: the last time that happened.
    """

    name: str
    owner_role: Role
    saved_at: datetime
    query: dict[str, JsonValue]
    watched: bool
    alert: SearchAlertShown | None


class SavedSearches(Paged):
    """The saved searches of a project, by name."""

    rows: list[SavedSearchShown]


class FacetsShown(Answer):
    """Facets of what was found; ``origins`` counts near-duplicates once."""

    total: Count
    origins: Count | None
    facets: dict[str, FacetShown]


class TimelineFound(Answer):
    """What was found, over time."""

    total: Count
    origins: Count | None
    timeline: TimelineShown


class DocumentsFound(Answer):
    """One page of a search; ``total`` counts all that were found. The rest is there when it was asked for."""

    total: Count
    origins: Count | None
    hits: list[DocumentFound]
    facets: dict[str, FacetShown]
    timeline: TimelineShown | None
    next_cursor: str | None


class QuoteShown(Answer):
    """A quote: a substring of a redacted text, 80 characters at most (P-07)."""

    document_id: str
    start: int
    end: int
    text: str


class CounterQuote(QuoteShown):
    """A quote that speaks against."""

    kind: Literal["support", "official_reply", "resolved"]


class VoiceBounds(Answer):
    """At least and at most so many distinct voices."""

    low: int
    high: int


class CardCounts(Answer):
    """How much stands behind a candidate, as far as k voices do (P-06)."""

    documents: Count
    origins: Count
    voices: VoiceBounds | FewerVoices
    by_source_kind: dict[str, Count]


class MatterNamed(Answer):
    """A matter (事项) by its topic; ``title`` is quoted from k voices on, below that the factor's name (P-07)."""

    id: str
    concern: str
    concern_name: str
    title: str
    quoted: bool


class CountedOnly(Answer):
    """Texts that are counted and never shown: law suits (涉法涉诉), and accusations (检举控告) for who reads these."""

    factor: str
    factor_name: str
    documents: Count


class RiskPointCard(Answer):
    """A risk-point candidate as it is shown, with quotes where they may stand."""

    id: str
    project_id: str
    sealed: Literal[False]
    factor: str
    factor_name: str
    factor_name_en: str
    category: str
    filed_under: list[str]
    title: str | None
    quotes: list[QuoteShown]
    counter_quotes: list[CounterQuote]
    residue_quotes: list[QuoteShown]
    quoting: Literal["as_evidence", "paraphrase_only"]
    evidence_count: Count
    counter_evidence_count: Count
    matter_ids: list[str]
    matters: list[MatterNamed]
    counts: CardCounts
    triangulation: str
    first_seen: datetime | None
    last_seen: datetime | None
    trend: str
    places: list[str]
    stakeholder_groups: list[str]
    affected: AffectedRange | None
    remedies: list[str]
    proposed_units: ProposedUnits
    proposed_unit_names: list[str]
    escalation: int
    attention: Literal["watch", "focus", "verify_first"]
    p_valid: Interval
    priority: int
    ranges: RangesForDiscussion
    reasons: list[Reason]
    gaps: list[Gap]
    state: CandidateState
    presence: Literal["live", "withdrawn", "removed"]
    decided_by_people: list[str]
    versions: Versions
    updated_at: datetime


class SealedCard(Answer):
    """检举控告: category and time, nothing more (P-14)."""

    id: str
    project_id: str
    sealed: Literal[True]
    category: str
    factor_name: str
    first_seen: datetime | None
    last_seen: datetime | None


class RemovedCard(Answer):
    """A candidate that is no longer supported and that nobody had decided on."""

    id: str
    project_id: str
    removed: Literal[True]
    updated_at: datetime


ShownCard = RiskPointCard | SealedCard
Card = ShownCard | RemovedCard


class RiskPoints(Answer):
    """A page of cards in the order of their last change; ask on with ``updated_since=next_cursor``."""

    rows: list[Card]
    next_cursor: str
    counted_only: list[CountedOnly]


class PassageOpened(Answer):
    """A passage behind a candidate, with up to 40 characters before and after it in the redacted text."""

    kind: Literal["for", "support", "official_reply", "resolved", "residue"]
    document_id: str
    start: int
    end: int
    text: str
    before: str
    after: str
    source_kind: SourceKind
    genre: DocumentGenre
    published_at: datetime | None
    origin_id: str
    handling: Handling | None
    """What the board states about the petition: status, and grades from 1 to 5; null where it states nothing."""


class EvidenceOpened(Answer):
    """A page of passages; ``next_offset`` is None after the last."""

    rows: list[PassageOpened]
    next_offset: int | None


class Decisions(Paged):
    """What named people decided about a risk point, in the order it came."""

    rows: list[Decision]


class Words(Answer):
    """A passage of a notice, word for word."""

    document_id: str
    start: int
    end: int
    text: str


class ClockShown(Answer):
    """How long a statute wants a notice to stand and how long this one announces: two numbers, no judgement."""

    basis: str
    required: int
    unit: DayUnit
    announced: int | None
    """Days announced, in ``unit``, first and last day included; null where the notice names no period."""
    shorter: bool | None
    first: date | None
    last: date | None
    earliest_end: date | None
    exception: str | None
    holidays_known: bool
    evidence: Words | None


class MilestoneShown(Answer):
    """A step of a project that a notice states; it is a milestone of the project once a person accepted it."""

    id: str
    project_id: str
    document_id: str
    kind: str
    name: str
    date: str
    state: MilestoneState
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    notice_title: str | None
    notice_url: str | None
    issued_by: str | None
    evidence: Words | None
    """Null where the notice was withdrawn or has another text now."""
    clock: ClockShown | None


class Milestones(Paged):
    """Proposed milestones by date."""

    rows: list[MilestoneShown]


class IncidentShown(Answer):
    """A time in which a source was silent or closed; never a fall of opinion."""

    id: int
    source: str
    kind: IncidentKind
    opened_at: datetime
    closed_at: datetime | None
    facts: dict[str, str | float]


class SourceShown(Answer):
    """How a crawled source does."""

    name: str
    title: str | None
    kind: str | None
    enabled: bool
    blocked: str | None
    blocked_at: datetime | None
    last_success: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    next_run: datetime | None
    read_until: datetime | None
    lag_minutes: int | None
    windows: int
    capped_share: float | None
    cut_share: float | None
    waiting_windows: int
    robots: str | None
    robots_at: datetime | None
    requests_today: int
    last_crawl: datetime | None
    last_state: str | None
    figures: dict[str, int | dict[str, int]]
    monitors: dict[str, dict[str, JsonValue]]
    """Of each monitor ``ok`` (null: too little is known) and the numbers behind it."""
    incidents: list[IncidentShown]


class Sources(Paged):
    """The crawled sources by name."""

    rows: list[SourceShown]


class AuditTrail(Answer):
    """Events in order; ask on with ``after=next_cursor``."""

    rows: list[AuditEvent]
    next_cursor: int
