"""The shapes of what is answered about incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from api.answers import Answer, Count, FewerVoices, Paged, VoiceBounds
from pipeline.records import SourceKind
from pipeline.records.incident import AlertLevel, HeldBack, IncidentKind, IncidentState, Verdict
from pipeline.store import IncidentKind as SourceIncidentKind


class IncidentCard(Answer):
    """One incident; numbers are null or bounds where fewer than k voices stand behind them (P-06)."""

    id: str
    project_id: str
    project_name: str
    kind: IncidentKind
    level: AlertLevel
    level_name: str
    headline: str
    signal: AlertLevel
    held_back: list[HeldBack]
    begin: datetime
    ended: datetime | None
    window_start: datetime
    window_end: datetime
    window_hours: int
    observed: Count | None
    expected: float | None
    interval: tuple[float, float] | None
    recurrence_months: float | None
    voices: VoiceBounds | FewerVoices | None
    source_kinds: list[SourceKind]
    lower_bound: bool
    volume_artefact: bool
    follows: str | None
    cue: str | None
    matter_id: str | None
    state: IncidentState
    expires_at: datetime | None
    verdict: Verdict | None
    duplicate_of: str | None
    assigned_to: str | None
    settings_version: str
    listed: bool | None = None
    """On the daily list: whether it stands up to the number of projects; null elsewhere."""


class LateTexts(Answer):
    """Texts that were added to hours of a project's newest judged week after these were judged: in no alert."""

    project_id: str
    texts: Count


class Incidents(Answer):
    """Incidents, the latest first; ``next_cursor`` continues after them. ``late``: what could not be judged."""

    rows: list[IncidentCard]
    next_cursor: str | None
    late: list[LateTexts]


class DriverShown(Answer):
    """A value that exceeds its own share before; ``share`` of the excess, null where too few voices stand behind."""

    code: str | None
    name: str
    observed: Count
    expected: float | None
    share: float | None
    quotes: list[str]


class FacetShownDriving(Answer):
    """The drivers of one facet; ``covers`` is their share of the excess."""

    facet: Literal["matter", "factor", "source", "place"]
    covers: float | None
    values: list[DriverShown]
    others: Count | None


class WithoutTopFactor(Answer):
    """What would be left without the first factor."""

    factor: str
    observed: int
    expected: float
    recurrence_months: float
    level: AlertLevel | None


class ArtefactCheck(Answer):
    """Something that may look like a rise and be none; ``found``: it is so here."""

    code: Literal["copies", "back_fill", "one_voice", "new_source", "holiday", "volume_artefact"]
    found: bool
    share: float | None


class UnseenSource(Answer):
    """A source that was not read whole in the window; ``incidents``: it fell silent or was closed to us meanwhile."""

    source: str
    missing_hours: int
    capped_hours: int
    incidents: list[SourceIncidentKind]


class ExplanationShown(Answer):
    """Why it is one."""

    observed_now: Count
    drivers: list[FacetShownDriving]
    without_top_factor: WithoutTopFactor | None
    checks: list[ArtefactCheck]
    unseen: list[UnseenSource]
    undated: Count
    """Texts that were collected in the window and do not say when they were published: they are counted nowhere."""
    late: Count
    """Texts of the window that came after its hours were judged: they raised neither the alert nor its level."""


class IncidentPage(IncidentCard):
    """An incident with its explanation; a life-safety cue has none."""

    explanation: ExplanationShown | None


class NoteShown(Answer):
    """What a named officer did with an incident; the comment was redacted before it was stored."""

    incident_id: str
    who: str
    at: datetime
    action: Literal["acknowledge", "silence", "reopen", "close", "assign", "comment", "verdict"]
    value: str | None
    comment: str | None


class Notes(Paged):
    """Notes in the order they came."""

    rows: list[NoteShown]


class PointerOpened(Answer):
    """Where a text with a life-safety cue was found, for its duty officer alone, until ``expires_at`` (P-18)."""

    incident_id: str
    cue: str | None
    matter_id: str | None
    document_id: str
    source: str
    link: str | None
    expires_at: datetime | None


class QualityRow(Answer):
    """Verdicts on one project's incidents of one level."""

    project_id: str
    level: AlertLevel
    true: int
    false: int
    duplicate: int
    unanswered: int
    precision: float | None


class QualityShown(Paged):
    """Measured precision per project and level."""

    rows: list[QualityRow]


class EpisodeShown(Answer):
    """An episode as the asked settings would have told it."""

    begin: datetime
    end: datetime | None
    level: AlertLevel
    observed: Count
    expected: float
    recurrence_months: float | None
    incident_id: str | None
    verdict: Verdict | None


class NotTold(Answer):
    """A recorded incident that these settings would not have told."""

    incident_id: str
    verdict: Verdict | None


class Preview(Answer):
    """What settings would have sent, beside the recorded verdicts."""

    project_id: str
    since: datetime
    until: datetime
    false_alarms: tuple[float, float, float, float]
    episodes: list[EpisodeShown]
    not_told: list[NotTold]
