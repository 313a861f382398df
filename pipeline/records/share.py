"""The data-sharing contract (数据共享约定) and what was given out under it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final, Literal, Self, TypeAlias, get_args

from pydantic import Field, model_validator

from pipeline.records.base import Instant, ProjectId, Record
from pipeline.records.governance import Purpose, Role
from pipeline.redacted import RedactedText

ShareLevel: TypeAlias = Literal["aggregates", "risk_points", "evidence"]
"""Numbers under k-anonymity; cards of risk points; cards with the passages behind them. Each holds the one before."""
ShareForm: TypeAlias = Literal["view", "export", "api"]
"""Read on a screen, taken away as a file, pulled by a system."""
ShareState: TypeAlias = Literal["in_force", "not_yet", "expired", "revoked"]
LEVELS: Final[tuple[ShareLevel, ...]] = get_args(ShareLevel)
LONGEST: Final = timedelta(days=366)
"""A contract lasts a year at most; who needs the data longer concludes another one."""
YEARS: Final = (2000, 2200)
ShareId = Annotated[str, Field(pattern=r"^s[0-9a-f]{24}$")]
GranteeName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]{1,63}$")]
"""The name of an API key: it stands in the audit trail."""
UnitName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]{1,63}$")]
"""Code of the unit that the grantee belongs to: what one grantee of a unit holds, the unit holds."""


def check_terms(valid_from: datetime, valid_until: datetime, basis: str) -> None:
    """Raises ValueError (E680) for a contract that does not end in time, or that says no basis."""
    if valid_from.year < YEARS[0] or valid_until.year > YEARS[1]:
        raise ValueError(f"E680: a contract is for days from {YEARS[0]} to {YEARS[1]}")
    if not timedelta() < valid_until - valid_from <= LONGEST:
        raise ValueError(f"E680: a contract ends after it begins, at most {LONGEST.days} days later")
    if len(basis.strip()) < 2:
        raise ValueError("E680: a contract says on which basis the unit may have the data")


class Share(Record):
    """A data-sharing contract: who may have what of one project, in which form, for which purpose, until when.

    Nothing is given out beyond its terms; ``api.policy.shares`` is the one place that says so.
    """

    id: ShareId
    project_id: ProjectId
    grantee: GranteeName
    grantee_role: Role
    grantee_unit: UnitName
    level: ShareLevel
    form: ShareForm
    purpose: Purpose
    valid_from: Instant
    valid_until: Instant
    basis: RedactedText
    """Why the unit may have it, such as the number of the agreement."""
    granted_by: str
    granted_at: Instant
    revoked_at: Instant | None = None
    revoked_by: str | None = None
    revoked_because: RedactedText | None = None

    @model_validator(mode="after")
    def _ends(self) -> Self:
        check_terms(self.valid_from, self.valid_until, self.basis)
        return self

    @property
    def revoked(self) -> bool:
        """Whether it was ended before its time."""
        return self.revoked_at is not None

    def in_force(self, now: datetime) -> bool:
        """Whether it can be used at this moment."""
        return self.state(now) == "in_force"

    def state(self, now: datetime) -> ShareState:
        """Whether it can be used at this moment, or why not."""
        if self.revoked:
            return "revoked"
        if now < self.valid_from:
            return "not_yet"
        return "in_force" if now < self.valid_until else "expired"


class ReleasedNumber(Record):
    """A number that a unit was given: of which question, and of which documents, by the digest of their ids."""

    key: Annotated[str, Field(max_length=200)]
    documents: Annotated[int, Field(ge=0)]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Release(Record):
    """One use of a contract: who took what, in which form, and how many numbers were held back from it."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    share_id: ShareId
    project_id: ProjectId
    grantee_unit: UnitName
    who: str
    at: Instant
    form: ShareForm
    level: ShareLevel
    told: Annotated[int, Field(ge=0)]
    """Exact numbers that were given."""
    coarsened: Annotated[int, Field(ge=0)]
    """Numbers that the ledger held back, beyond those that k-anonymity hides anyway."""
    rows: Annotated[int, Field(ge=0)] = 0
    """Risk points that were given."""
