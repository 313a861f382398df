"""The desk that shows a project's risk points by priority: what to look at first, not what changed last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from api.cards import card_of
from api.confirmed import listed
from api.desk import Desk
from api.kept_cards import Together
from pipeline.store import StoredRiskPoint

SETTLED: Final = frozenset({"merged", "rejected", "closed"})
PAGE: Final = 500


@dataclass(frozen=True)
class RankedCards:
    """A page of cards by priority, how many there are in all, and what is counted only."""

    rows: list[dict[str, Any]]
    total: int
    insufficient: int
    """How many of all have a likelihood too low to be assessed by."""
    sealed: int
    """Accusations, for who reads them; each has category and time."""
    counted_only: list[dict[str, Any]]


class RankedDesk(Desk):
    """One reader before the ranked risk points of one project."""

    def ranked(
        self, project_id: str, purpose: str | None, *, settled: bool = False, offset: int = 0, limit: int = 20
    ) -> RankedCards:
        """Cards by priority, sealed ones last; without ``settled`` those that still ask for something.

        Raises NotFound or Denied. Who may not read candidates gets the risk points that people confirmed.
        """
        sealed = self._sealed_or_open(project_id)
        with self._asked("sealed.read" if sealed else "risk_points.read", purpose, project_id) as project:
            found = listed(self._reader, project, self._all(project_id, sealed))
            shown = [point for point in found if settled or _asks(point)]
            page = sorted(shown, key=_rank)[offset : offset + limit]
            together = Together(self._office.store)
            return RankedCards(
                rows=[card_of(point, self._office.store, self._k, together) for point in page],
                total=len(shown),
                insufficient=sum(_insufficient(point) for point in shown),
                sealed=sum(point.candidate is not None and point.candidate.sealed for point in shown),
                counted_only=self.counted_only(project),
            )

    def _all(self, project_id: str, sealed: bool | None) -> list[StoredRiskPoint]:
        found: list[StoredRiskPoint] = []
        cursor = None
        while True:
            page = self._office.store.risk_points(project_id, cursor, PAGE, sealed=sealed)
            found += [point for point in page.rows if point.candidate is not None]
            if len(page.rows) < PAGE:
                return found
            cursor = page.next_cursor


def _asks(point: StoredRiskPoint) -> bool:
    return point.candidate is not None and point.candidate.state not in SETTLED and point.presence == "live"


def _rank(point: StoredRiskPoint) -> tuple[Any, ...]:
    candidate = point.candidate
    assert candidate is not None
    return candidate.sealed, -candidate.priority, candidate.factor, candidate.id


def _insufficient(point: StoredRiskPoint) -> bool:
    candidate = point.candidate
    return candidate is not None and any(reason.code == "insufficient" for reason in candidate.reasons)
