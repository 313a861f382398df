"""The shape of one opened text over HTTP: its passages, factors, copies, replies, readings and decisions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from api.answers import Answer, Count
from pipeline.records import DocumentGenre, Judgement, SourceKind, Versions
from pipeline.records.governance import DecisionAction
from pipeline.records.handling import Handling
from pipeline.records.risk import CandidateState


class TextPassage(Answer):
    """A half-open span of code points; ``label`` is its code, or what stands in place of what was removed."""

    start: int
    end: int
    kind: Literal["for", "against", "place", "organisation", "number", "date", "cue", "redacted"]
    label: str | None


class TextWords(Answer):
    """A passage word for word."""

    start: int
    end: int
    text: str


class FactorRead(Answer):
    """Why a factor fired: its passage, the words of the code list in it (none: the model alone), how sure that is."""

    code: str
    name: str
    name_en: str
    category: str
    p: float
    primary: bool
    passage: TextWords
    words: list[TextWords]


class TextLink(Answer):
    """A project that the text is about or mentions; ``stance`` is null where none was judged."""

    project_id: str
    project_name: str
    relation: Literal["about", "mentions"]
    p: float
    method: str
    stance: Literal["oppose", "conditional", "neutral", "support"] | None
    stance_p: float | None
    evidence: list[TextWords]


class TextSource(Answer):
    """Where a text comes from; ``cannot_tell`` names what its kind of source cannot tell."""

    id: str
    source_kind: SourceKind
    source: str
    genre: DocumentGenre
    region: str | None
    published_at: datetime | None
    collected_at: datetime
    url: str | None
    redactions: dict[str, int]
    redactor_version: str
    origin_id: str
    reply_to: str | None
    cannot_tell: list[str]


class Reply(TextSource):
    """An official reply with its text."""

    text: str


class PetitionClock(Answer):
    """The clock of one petition, which runs against the unit (P-25)."""

    state: Literal["answered", "answered_late", "waiting", "take_up", "answer"]
    begins: date
    take_up_by: date
    take_up_basis: str
    answer_by: date
    answer_basis: str
    days_late: int


class Thread(Answer):
    """The petition that is answered, its replies, its clock, and what the board states of it."""

    asked: TextSource | None
    replies: list[Reply]
    clock: PetitionClock | None
    handling: Handling | None


class TextCopy(Answer):
    """A copy of the same origin with what it adds to the first one."""

    id: str
    first: bool
    source_kind: SourceKind
    published_at: datetime | None
    added: list[TextWords]


class TextCopies(Answer):
    """Copies, and how many add something, as far as k voices stand behind the numbers (P-06)."""

    total: Count
    supplemented: Count | None
    rows: list[TextCopy]


class LinkRead(Answer):
    """A link that one reading found."""

    project_id: str
    relation: Literal["about", "mentions"]
    p: float


class FactorFound(Answer):
    """A factor that one reading found."""

    code: str
    p: float
    primary: bool
    evidence: dict[str, int]


class Reading(Answer):
    """What one analysis found; superseded ones are kept."""

    made_at: datetime
    current: bool
    versions: Versions
    is_grievance: bool
    p_grievance: float
    attitude: str
    factors: list[FactorFound]
    links: list[LinkRead]
    limits: list[str]


class TextDecision(Answer):
    """What a named person decided about a risk point; ``cites`` says whether the decision names this text itself."""

    id: str
    who: str
    when: datetime
    action: DecisionAction
    reason: str
    changes: list[str]
    cites: bool


class Citation(Answer):
    """A passage of the text that a risk point names, and as what."""

    kind: str
    start: int
    end: int


class CitingPoint(Answer):
    """A candidate or risk point that cites the text, with what people decided about it."""

    id: str
    factor: str
    factor_name: str
    factor_name_en: str
    state: CandidateState
    passages: list[Citation]
    decided_by_people: list[str]
    decisions: list[TextDecision]


class TextOpened(TextSource):
    """One redacted text with everything that was read of it and done with it."""

    title: str
    text: str
    passages: list[TextPassage]
    factors: list[FactorRead]
    demands: list[TextWords]
    attitude: Judgement | None
    links: list[TextLink]
    copies: TextCopies
    thread: Thread
    readings: list[Reading]
    risk_points: list[CitingPoint]
