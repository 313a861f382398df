"""What the routes of matters answer, field by field; nothing else leaves (P-13, P-14)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from api.answers import Answer, AtLeast, Count, CountedOnly, FewerVoices, MatterNamed, Paged, VoiceBounds
from pipeline.records import AffectedRange, ProposedUnits, Versions
from pipeline.records.matter import MatterChange


class Named(Answer):
    """A code with its name."""

    code: str
    name: str


class MatterCounts(Answer):
    """How much stands behind a matter; the numbers of all matters of a project are held back together (P-06)."""

    documents: Count
    origins: Count
    voices: VoiceBounds | FewerVoices | AtLeast
    by_source_kind: dict[str, Count]


class WeekOfMatter(Answer):
    """Texts of one week: its Monday, or ``undated``."""

    week: str
    count: Count


class ReplyShown(Answer):
    """The beginning of an official reply."""

    document_id: str
    text: str


class LateUnit(Answer):
    """A unit that is beyond a statutory limit with petitions of the matter (P-25); ``due`` of the oldest one."""

    unit: str
    unit_name: str
    step: Literal["take_up", "answer"]
    basis: str
    petitions: Count
    due: date | None = Field(description="null below k voices.")
    days: int | None = Field(description="Days since; null below k voices.")


class ResponseShown(Answer):
    """Petitions answered, answered late, and still within their limits; the units that are late."""

    answered: Count
    answered_late: Count
    waiting: Count
    median_days: int | None
    late: list[LateUnit]


class MatterCard(MatterNamed):
    """A matter: what texts of one project say about the same thing."""

    project_id: str
    factors: list[Named]
    counts: MatterCounts
    weeks: list[WeekOfMatter]
    other_weeks: AtLeast | None = Field(description="Texts in weeks that cannot be named; null: there are none.")
    first_month: str | None
    last_month: str | None
    places: list[str] = Field(description="Below k voices no finer than township.")
    stakeholder_groups: list[str]
    affected: AffectedRange | None = Field(description="The largest number that one text states; never a sum.")
    remedies: list[str]
    asked_units: list[Named]
    proposed_units: ProposedUnits
    proposed_unit_names: list[str]
    replies: list[ReplyShown]
    response: ResponseShown
    risk_point_ids: list[str]
    versions: Versions


class MatterChanged(Answer):
    """What became of a matter: ``into`` are those that hold its texts now."""

    matter_id: str
    change: MatterChange
    into: list[str]
    at: datetime


class Matters(Paged):
    """Matters of a project; ``count`` is how many there are, ``total`` the texts that stand in any of them."""

    rows: list[MatterCard]
    count: int
    total: Count
    counted_only: list[CountedOnly]


class MatterFound(Answer):
    """One matter, living or former; ``now`` are the living ones that hold its texts."""

    id: str
    project_id: str
    matter: MatterCard | None
    now: list[str]
    history: list[MatterChanged]
