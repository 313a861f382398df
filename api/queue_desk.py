"""The desk with the queue of a project's candidates (待研判), those first on which a judgement tells most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from api.cards import card_of
from api.confirmed import confirmed_only, is_confirmed
from api.desk import Desk
from api.kept_cards import Together
from api.policy import access
from api.process_desk import recurrence_shown
from api.review_order import First, Place, place_of
from api.review_standing import PARTS, Part, Reviewed, is_sealed, points_of, reviewed
from api.review_steps import Steps, steps_now
from pipeline.process.recurrence import recurrences
from pipeline.records import DecisionProject

PAGE: Final = 10


class Queued(NamedTuple):
    """A candidate in the queue: its card, why it stands where it stands, and what the reader may do with it."""

    card: dict[str, Any]
    first: tuple[First, ...]
    steps: Steps
    known: int
    """How many decisions there are: one that is sent with it is refused when somebody was faster."""


@dataclass(frozen=True)
class Queue:
    """A page of the queue. ``decided`` of ``of`` candidates have a decision; None for who sees confirmed ones alone."""

    rows: list[Queued]
    total: int
    parts: dict[Part, int]
    decided: int | None
    of: int
    sealed: list[dict[str, Any]]
    recurring: list[dict[str, Any]]
    """Closed risk points about which people complain anew, each with its card."""
    counted_only: list[dict[str, Any]]


class QueueDesk(Desk):
    """One reader before the candidates of a project."""

    def queue(
        self, project_id: str, purpose: str | None, *, part: Part = "open", offset: int = 0, limit: int = PAGE
    ) -> Queue:
        """A page of one part. Sealed ones are named by category and time, to who may see them (P-14).

        Raises NotFound or Denied.
        """
        sealed, store = self._sealed_or_open(project_id), self._office.store
        with self._asked("sealed.read" if sealed else "risk_points.read", purpose, project_id) as project:
            only = confirmed_only(self._reader, project)
            points = list(points_of(store, project_id, sealed=sealed))
            shown = [point for point in points if not is_sealed(point) and (not only or is_confirmed(point))]
            everything = list(reviewed(store, shown))
            parts = {name: [one for one in everything if one.belongs(name)] for name in PARTS}
            ordered = sorted(((_place(one), one) for one in parts[part]), key=_order)
            together = Together(store)
            return Queue(
                rows=[self._queued(project, *one, together) for one in ordered[offset : offset + limit]],
                total=len(ordered),
                parts={name: len(found) for name, found in parts.items()},
                decided=None if only else sum(not one.is_open for one in everything),
                of=len(everything),
                sealed=[card_of(point, store, self._k, together) for point in points if is_sealed(point)],
                recurring=self._recurring(project, together),
                counted_only=self.counted_only(project),
            )

    def _queued(self, project: DecisionProject, place: Place, one: Reviewed, together: Together) -> Queued:
        card = card_of(one.point, self._office.store, self._k, together)
        return Queued(card, place.reasons, steps_now(self._office, self._reader, project, one), one.known)

    def _recurring(self, project: DecisionProject, together: Together) -> list[dict[str, Any]]:
        store, opens = self._office.store, access().allows(self._reader, "evidence.read", project)
        return [
            {**recurrence_shown(one, opens=opens), "card": card_of(point, store, self._k, together)}
            for one in recurrences(store, project.id)
            if (point := self._visible(one.risk_point_id))
        ]


def _place(one: Reviewed) -> Place:
    return place_of(one.candidate, new_evidence=one.renewed)


def _order(found: tuple[Place, Reviewed]) -> tuple[float, int, str]:
    place, one = found
    return -round(place.score, 6), -one.candidate.priority, one.point.id
