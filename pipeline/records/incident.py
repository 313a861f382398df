"""The incident (预警事件): negative opinion on a project beyond its own habit, and how people answered it."""

from __future__ import annotations

import hashlib
from typing import Annotated, Final, Literal

from pydantic import Field

from pipeline.records.base import CueCode, DocumentId, Instant, Probability, ProjectId, Record
from pipeline.redacted import RedactedText

AlertLevel = Literal["blue", "yellow", "orange", "red"]
"""蓝 < 黄 < 橙 < 红."""
LEVELS: Final[tuple[AlertLevel, ...]] = ("blue", "yellow", "orange", "red")
IncidentKind = Literal["volume", "life_safety"]
IncidentState = Literal["open", "acknowledged", "silenced", "closed"]
Verdict = Literal["true", "false", "duplicate"]
HeldBack = Literal["few_voices", "one_kind_of_source"]
EventKind = Literal["opened", "escalated", "life_safety", "reminder", "closed"]
IncidentId = Annotated[str, Field(pattern=r"^i[0-9a-f]{24}$")]
OfficerName = Annotated[str, Field(pattern=r"^[\w.@\-]{1,64}$")]
"""A named officer of the deployment or a unit, never somebody who spoke."""


class Incident(Record):
    """One episode of unusual volume, or one life-safety cue (P-18).

    ``observed`` origins of ``window_start``–``window_end`` against ``expected`` with its 90 % ``interval``, in the
    window that was most unusual so far. ``signal`` is the level that volume alone reached, ``level`` what the
    conditions on voices and sources let stand; ``held_back`` says which of them did not hold.
    """

    id: IncidentId
    project_id: ProjectId
    kind: IncidentKind = "volume"
    serial: Annotated[int, Field(ge=0)]
    begin: Instant
    ended: Instant | None = None
    window_start: Instant
    window_end: Instant
    observed: Annotated[int, Field(ge=0)]
    expected: Annotated[float, Field(ge=0)]
    interval: tuple[float, float]
    dispersion: Annotated[float, Field(ge=1)] = 1.0
    p_value: Probability
    score: float = 0.0
    recurrence_months: Annotated[float, Field(ge=0)]
    signal: AlertLevel
    level: AlertLevel
    held_back: tuple[HeldBack, ...] = ()
    voices_low: Annotated[int, Field(ge=0)] = 0
    voices_high: Annotated[int, Field(ge=0)] = 0
    by_source_kind: dict[str, Annotated[int, Field(gt=0)]] = Field(default_factory=dict)
    volume_artefact: bool = False
    lower_bound: bool = False
    settings_version: str
    follows: IncidentId | None = None
    """The incident of the same project that ended less than seven days before."""
    announced: AlertLevel | None = None
    """The highest level that was told to anybody."""
    cue: CueCode | None = None
    matter_id: str | None = None
    document_id: DocumentId | None = None
    """Of a life-safety cue, until it expires."""
    officer: OfficerName | None = None
    """The duty officer to whom a life-safety cue goes."""
    state: IncidentState = "open"
    expires_at: Instant | None = None
    verdict: Verdict | None = None
    duplicate_of: IncidentId | None = None
    assigned_to: OfficerName | None = None


HUMAN: Final = ("state", "expires_at", "verdict", "duplicate_of", "assigned_to")
"""Fields that people set; no later reading changes them."""


class IncidentEvent(Record):
    """Something to tell about an incident. ``key`` is the same however often it is found: told once, it is told.

    ``recipient`` names the only person it goes to, None means every subscriber who may see the incident.
    """

    sequence: int
    key: Annotated[str, Field(max_length=100)]
    kind: EventKind
    incident_id: IncidentId
    project_id: ProjectId
    level: AlertLevel
    at: Instant
    recipient: str | None = None


class IncidentNote(Record):
    """What a named person did with an incident; comments are redacted before they are stored (P-02)."""

    incident_id: IncidentId
    who: str
    at: Instant
    action: Literal["acknowledge", "silence", "reopen", "close", "assign", "comment", "verdict"]
    value: str | None = None
    comment: RedactedText | None = None


def incident_id(project_id: str, kind: IncidentKind, subject: str) -> str:
    """Stable id: a hash of the project and of the episode's number, or of the text that carries the cue."""
    return "i" + hashlib.sha256("\x1f".join((project_id, kind, subject)).encode()).hexdigest()[:24]
