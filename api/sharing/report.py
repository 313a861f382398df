"""The monthly report of use: for each contract how often it was used and refused, and how much was given out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.records import Share
from pipeline.shares import Month
from pipeline.store import Store


@dataclass(frozen=True, slots=True)
class ShareUse:
    """One contract in one month."""

    share: Share
    uses: int
    refused: int
    told: int
    coarsened: int
    rows: int
    last_use: datetime | None

    def as_json(self) -> dict[str, Any]:
        """As it is shown."""
        share = self.share
        return {
            "share_id": share.id, "project_id": share.project_id, "grantee": share.grantee,
            "grantee_unit": share.grantee_unit, "level": share.level, "form": share.form, "purpose": share.purpose,
            "valid_from": share.valid_from, "valid_until": share.valid_until, "revoked_at": share.revoked_at,
            "uses": self.uses, "refused": self.refused, "numbers_told": self.told,
            "numbers_held_back": self.coarsened, "risk_points": self.rows, "last_use": self.last_use,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class UseReport:
    """All contracts that could be used in a month or were, unused ones among them, by id."""

    month: Month
    rows: tuple[ShareUse, ...]


def report_of(store: Store, shares: Iterable[Share], month: Month) -> UseReport:
    """Uses are those of the audit trail, what was given is that of the ledger; both were written together."""
    events = store.share_uses(month.begin, month.end)
    releases = store.releases(month.begin, month.end)
    rows = []
    for share in sorted(shares, key=lambda share: share.id):
        mine = [event for event in events if event.subject == share.id]
        given = [release for release in releases if release.share_id == share.id]
        over = share.valid_until <= month.begin or (share.revoked_at is not None and share.revoked_at <= month.begin)
        if not mine and (over or share.valid_from >= month.end):
            continue
        uses = [event for event in mine if event.action == "shares.use"]
        rows.append(
            ShareUse(
                share=share,
                uses=len(uses),
                refused=len(mine) - len(uses),
                told=sum(release.told for release in given),
                coarsened=sum(release.coarsened for release in given),
                rows=sum(release.rows for release in given),
                last_use=uses[-1].when if uses else None,
            )
        )
    return UseReport(month, tuple(rows))
