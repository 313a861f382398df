"""How the risk points of a project stand in review: what was decided, and whether more is known since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple, get_args

from pipeline.process.states import Standing, standing
from pipeline.records import RiskPointCandidate
from pipeline.records.risk import CandidateState
from pipeline.store import Store, StoredRiskPoint

Part = Literal["open", "to_confirm", "renewed", "decided", "all"]
"""Parts of the queue: without a decision, accepted and not confirmed, with evidence since, decided, all."""
PARTS: Final[tuple[Part, ...]] = get_args(Part)
UNDECIDED: Final[frozenset[CandidateState]] = frozenset({"proposed", "under_review"})
ROWS: Final = 500


class Reviewed(NamedTuple):
    """A risk point in review; ``known`` is how many decisions there are, ``renewed`` whether texts came since."""

    point: StoredRiskPoint
    candidate: RiskPointCandidate
    standing: Standing
    known: int
    renewed: bool

    @property
    def is_open(self) -> bool:
        """Whether nobody decided yet."""
        return self.candidate.state in UNDECIDED

    def belongs(self, part: Part) -> bool:
        """Whether it is in that part of the queue."""
        match part:
            case "open":
                return self.is_open and self.point.presence == "live"
            case "to_confirm":
                return self.candidate.state == "accepted"
            case "renewed":
                return self.renewed
            case "decided":
                return not self.is_open
            case "all":
                return True


def points_of(store: Store, project_id: str, *, sealed: bool | None) -> Iterator[StoredRiskPoint]:
    """All risk points of a project that were not removed; ``sealed`` as in :meth:`Store.risk_points`."""
    cursor = None
    while True:
        page = store.risk_points(project_id, cursor, ROWS, sealed=sealed)
        yield from (point for point in page.rows if point.candidate is not None)
        if len(page.rows) < ROWS:
            return
        cursor = page.next_cursor


def reviewed(store: Store, points: Iterable[StoredRiskPoint]) -> Iterator[Reviewed]:
    """How they stand, in the order given."""
    for point in points:
        assert point.candidate is not None
        made = store.decisions_on(point.id)
        stands = standing(made)
        yield Reviewed(point, point.candidate, stands, len(made), _renewed(store, point.candidate, stands))


def is_sealed(point: StoredRiskPoint) -> bool:
    """Whether it shows category and time only (P-14)."""
    return point.candidate is not None and point.candidate.sealed


def _renewed(store: Store, candidate: RiskPointCandidate, stands: Standing) -> bool:
    """Whether texts came in after the last decision; copies of texts that were there are none."""
    if candidate.state in UNDECIDED or candidate.state == "closed" or not stands.effective:
        return False
    since = stands.effective[-1].when
    later = store.came_after({one.document_id for one in candidate.evidence}, since)
    texts = [one for one in store.documents_by_id(later).values() if not one.tombstone]
    origins = store.documents_by_id({one.origin_id for one in texts})
    return any(origins.get(one.origin_id, one).collected_at > since for one in texts)
