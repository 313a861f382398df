"""The shapes of answers about data sharing: contracts, what is given out under them, the report of use."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.answers import Answer, Count, Paged
from pipeline.records import Gap, Purpose, Role, Share, ShareForm, ShareLevel


class ShareShown(Answer):
    """A contract with its terms and, where it was ended, by whom and why."""

    id: str
    project_id: str
    grantee: str
    grantee_role: Role
    grantee_unit: str
    level: ShareLevel
    form: ShareForm
    purpose: Purpose
    valid_from: datetime
    valid_until: datetime
    basis: str
    granted_by: str
    granted_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    revoked_because: str | None

    @classmethod
    def of(cls, share: Share) -> ShareShown:
        """The contract as it is shown."""
        return cls.model_validate(share.model_dump(mode="json"))


class SharesShown(Paged):
    """Contracts by their beginning, ended ones among them."""

    rows: list[ShareShown]


class SharedNumber(Answer):
    """A value of a table with its count."""

    value: str
    count: Count


class SharedPassage(Answer):
    """A passage behind a risk point: where it stands, and its words, trimmed (P-08)."""

    number: str
    kind: str
    document_id: str
    start: int
    end: int
    quote: str


class SharedPointShown(Answer):
    """A risk point that a named person accepted; ``evidence`` at the level of that name alone."""

    id: str
    factor: str
    factor_name: str
    category: str
    state: str
    attention: str
    trend: str
    quoting: str
    title: str | None
    quotes: list[str]
    remedies: list[str]
    places: list[str]
    stakeholder_groups: list[str]
    proposed_unit_names: list[str]
    gaps: list[Gap]
    escalation: int
    first_month: str | None
    last_month: str | None
    documents: Count
    evidence: list[SharedPassage] | None = None


class SharedData(Answer):
    """What was given out: numbers, from the level risk_points on risk points, and what they do not say."""

    share_id: str
    release_id: str
    project_id: str
    project_name: str
    level: ShareLevel
    form: ShareForm
    purpose: Purpose
    at: datetime
    k: int
    total: Count | None
    tables: dict[str, list[SharedNumber]]
    held_back: Annotated[int, Field(description="Numbers withheld because of what the grantee's unit holds.")]
    risk_points: list[SharedPointShown]
    limits: list[str]


class ShareUseShown(Answer):
    """One contract in one month."""

    share_id: str
    project_id: str
    grantee: str
    grantee_unit: str
    level: ShareLevel
    form: ShareForm
    purpose: Purpose
    valid_from: datetime
    valid_until: datetime
    revoked_at: datetime | None
    uses: int
    refused: int
    numbers_told: int
    numbers_held_back: int
    risk_points: int
    last_use: datetime | None


class UseReportShown(Paged):
    """All contracts that could be used in the month or were."""

    month: str
    rows: list[ShareUseShown]
