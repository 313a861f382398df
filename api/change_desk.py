"""The desk at which another system follows risk points: what changed, in one order, over all projects it may see."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any, Final

from api.cards import card_of
from api.confirmed import CONFIRMED, is_confirmed
from api.desk import Desk
from api.kept_cards import Together
from api.policy import Denied, access
from pipeline.store import StoredRiskPoint
from pipeline.store.changes import SCANNED, Change

SCHEMA_VERSION: Final = "1.0"
"""Of every record that is pulled: the first number moves when a field goes or changes its meaning."""
CURSOR: Final = re.compile(r"(\d{1,18})\.([0-9a-f]{24})")
GONE: Final = {"removed": "vanished", "withdrawn": "withdrawn"}


class CursorUnknown(ValueError):
    """E661: a cursor that this deployment did not give out."""


class CursorAhead(ValueError):
    """E661: a cursor of changes that the store does not have (any more): it was restored from a backup."""


@dataclass(frozen=True)
class ChangePage:
    """Changes in their order, the cursor after them, and whether more are there already."""

    rows: list[dict[str, Any]]
    next_cursor: str
    more: bool


class ChangeDesk(Desk):
    """One reader who follows changes. Each page leaves one event, and one for every project that is on it."""

    def changes(self, purpose: str | None, cursor: str | None = None, limit: int = 100) -> ChangePage:
        """The next changes after a cursor that the reader may see; without a cursor from the beginning.

        Every risk point comes once with its newest change: nothing is lost and nothing comes twice when risk points
        change between two pages. What is no longer there comes as a tombstone. Raises Denied, CursorUnknown and
        CursorAhead (E661).
        """
        store = self._office.store
        with self._refusals_noted("risk_points.changes"):
            granted = access().stated(self._reader, purpose)
            if not any(access().anywhere(self._reader, action) for action in ("risk_points.read", "sealed.read")):
                raise Denied(f"E304: role {self._reader.role} may not read risk points in any stage")
        store.number_changes()
        after = self._position(cursor)
        may = self._may()
        picked, more = self._picked(may, after, limit)
        after = picked[-1].sequence if picked else after  # not further: it would tell of changes that are not shown
        points = store.changed_points(picked)
        together = Together(store)
        rows = [
            self._row(
                change, points[change.risk_point_id], together, only=change.project_id not in may["candidates.read"]
            )
            for change in picked
            if change.risk_point_id in points
        ]
        shown = {(row["kind"] == "sealed", row["project_id"]) for row in rows}
        with store.transaction():
            self._note("risk_points.changes", granted)
            for sealed, project_id in sorted(shown):
                self._note("sealed.read" if sealed else "risk_points.read", granted, project_id)
        return ChangePage(rows, self._cursor(after), more)

    def schemas(self, purpose: str | None) -> None:
        """Notes that the schemas of records are read, which hold no data. Raises Denied without a purpose."""
        with self._refusals_noted("schemas.read"):
            granted = access().stated(self._reader, purpose)
        self._note("schemas.read", granted)

    def _may(self) -> dict[str, set[str]]:
        """By action the projects on which the reader may do it."""
        projects = self._office.store.projects()
        return {
            action: {project.id for project in projects if access().allows(self._reader, action, project)}
            for action in ("risk_points.read", "candidates.read", "sealed.read")
        }

    def _picked(self, may: dict[str, set[str]], after: int, limit: int) -> tuple[list[Change], bool]:
        """The next changes that the reader may see, and whether more may follow.

        Who is shown confirmed risk points alone is also told of those that are none any more.
        """
        store, picked = self._office.store, list[Change]()
        while changes := store.changes_after(after):
            once = store.once_confirmed(
                one.risk_point_id for one in changes
                if one.project_id in may["risk_points.read"] and one.project_id not in may["candidates.read"]
            )  # fmt: skip
            for change in changes:
                after = change.sequence
                told = change.state in CONFIRMED or change.risk_point_id in once
                needed = "sealed.read" if change.sealed else "risk_points.read" if told else "candidates.read"
                if change.project_id in may[needed]:
                    picked.append(change)
                    if len(picked) == limit:
                        return picked, True
            if len(changes) < SCANNED:
                break
        return picked, False

    def _row(self, change: Change, point: StoredRiskPoint, together: Together, *, only: bool) -> dict[str, Any]:
        """The record of one change; with ``only`` confirmed risk points are all that the reader is shown."""
        named: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "change": change.sequence,
            "id": point.id,
            "project_id": point.project_id,
            "updated_at": None if change.sealed else point.updated_at,
        }
        if reason := tombstone_of(change):
            into = self._office.store.merged_into(point.id) if reason == "merged" else None
            shown = into if into is None or self._visible(into) is not None else None
            return {**named, "kind": "tombstone", "reason": reason, "merged_into": shown}
        if only and not change.sealed and not is_confirmed(point):
            return {**named, "kind": "tombstone", "reason": "unconfirmed", "merged_into": None}
        card = card_of(point, self._office.store, self._k, together)
        return {**named, "kind": "sealed" if change.sealed else "card", "card": card}

    def _cursor(self, sequence: int) -> str:
        stamp = self._office.keys.stamp("changes", str(sequence))
        return base64.urlsafe_b64encode(f"{sequence}.{stamp}".encode()).decode().rstrip("=")

    def _position(self, cursor: str | None) -> int:
        if cursor is None:
            return 0
        try:
            opened = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        except (binascii.Error, ValueError):
            opened = ""
        found = CURSOR.fullmatch(opened)
        if found is None or self._cursor(int(found[1])) != cursor:
            raise CursorUnknown("E661: this cursor is not one of ours; use next_cursor of an earlier answer")
        if int(found[1]) > self._office.store.changes_end():
            raise CursorAhead(
                "E661: the changes up to this cursor are not there any more; start again without a cursor"
            )
        return int(found[1])


def tombstone_of(change: Change) -> str | None:
    """Why the risk point is to be taken out of what others show; None while it stands."""
    if change.presence in GONE:
        return GONE[change.presence]
    return "merged" if change.state == "merged" else None
