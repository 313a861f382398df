"""The shape of a semantic difference: what changed about a project's candidates between two moments, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from api.answers import Answer, AtLeast, Count, FewerVoices, Paged, QuoteShown, VoiceBounds
from pipeline.comparison import Why
from pipeline.records import Interval, Versions
from pipeline.records.risk import CandidateState


class MomentShown(Answer):
    """A moment: the snapshot that held then, and the versions that had read most of the project's texts."""

    asked: str
    at: datetime
    snapshot: int
    taken_at: datetime
    versions: Versions | None


class CountsThen(Answer):
    """How much stood behind a candidate; none is exact where fewer than k voices more or less stood there (P-06)."""

    documents: Count
    origins: Count
    voices: VoiceBounds | FewerVoices | AtLeast
    by_source_kind: dict[str, Count]


class StoodAt(Answer):
    """A candidate at one of the moments, counted as the texts are known now: withdrawn ones are in no number (P-12)."""

    attention: Literal["watch", "focus", "verify_first"]
    p_valid: Interval
    band: Literal["insufficient", "low", "middle", "high"]
    rank: int
    priority: int
    trend: str
    triangulation: str
    escalation: int
    proposed_units: list[str]
    state: CandidateState
    counts: CountsThen
    quoting: Literal["as_evidence", "paraphrase_only"]


class PassagesShown(Answer):
    """How many texts passages came from or went with, and quotes of them where they may stand (P-06, P-07)."""

    texts: Count
    quotes: list[QuoteShown]


class MovedShown(Answer):
    """Texts whose evidence stood under one factor and stands under another; quoted as it stands under the second."""

    from_factor: str
    to_factor: str
    texts: Count
    quotes: list[QuoteShown]


class DifferenceShown(Answer):
    """What changed about one candidate, and why; ``what`` names the fields that differ."""

    id: str
    factor: str
    factor_name: str
    change: Literal["appeared", "vanished", "changed"]
    what: list[str]
    why: list[Why]
    before: StoodAt | None
    after: StoodAt | None
    added: PassagesShown
    removed: PassagesShown
    moved: list[MovedShown]


class RiskPointDiff(Paged):
    """The differences between two moments, candidates that now matter most first; sealed ones are never compared."""

    project_id: str
    earlier: MomentShown
    later: MomentShown
    texts_withdrawn: bool
    rows: list[DifferenceShown]


class MomentKept(Answer):
    """A moment that is kept of a project."""

    snapshot: int
    taken_at: datetime
    versions: Versions | None


class MomentsKept(Paged):
    """The moments that are kept, oldest first."""

    rows: list[MomentKept]
