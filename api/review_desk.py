"""The desk for review (研判): one risk point whole, with its history and what the reader may do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from api.cards import card_of
from api.desk import Desk
from api.diff_desk import DiffDesk
from api.edited import spoken_of, told_changes
from api.policy import Reader, access, quotes_of
from api.process_desk import recurrence_shown
from api.review_standing import Reviewed, is_sealed, points_of, reviewed
from api.review_steps import NO_STEPS, Steps, steps_now
from api.shown_dispatches import dispatches_shown
from models.taxonomy import taxonomy
from pipeline.moments import NoMoment, moment
from pipeline.process.recurrence import recurrence_of
from pipeline.process.states import Standing, authors, same_name
from pipeline.records import Decision, DecisionProject
from pipeline.store import StoredRiskPoint

ONE_LOOK: Final = timedelta(hours=1)
"""Whoever opens a card again within it is still looking; what changed is told since the look before."""
NOT_INTO: Final = frozenset({"merged", "rejected", "closed"})


class Told(NamedTuple):
    """A decision with its changes in words."""

    decision: Decision
    changes: list[tuple[str, list[str]]]
    undone: bool


@dataclass(frozen=True)
class Review:
    """One risk point whole."""

    card: dict[str, Any]
    history: tuple[Told, ...] = ()
    steps: Steps = NO_STEPS
    known: int = 0
    merged_into: dict[str, Any] | None = None
    others: tuple[dict[str, Any], ...] = ()
    """Candidates of the project that it can be merged into, those of its category first: id, factor and title."""
    dispatches: tuple[dict[str, Any], ...] = ()
    recurring: dict[str, Any] | None = None
    confirmers: tuple[str, ...] = ()
    """Who else may confirm, by name, where the reader may not because they shaped it."""
    difference: dict[str, Any] | None = None
    """What changed since the reader last looked, with ``since``; None on a first look or when nothing did."""


class ReviewDesk(Desk):
    """One reader who reviews a risk point."""

    def review(self, risk_point_id: str, purpose: str | None) -> Review:
        """One risk point with everything that a decision about it needs. Raises NotFound or Denied."""
        store, looked = self._office.store, self._looked(risk_point_id)
        with self._asked_about("risk_points.read", purpose, risk_point_id) as point:
            card = card_of(point, store, self._k)
            project = store.project(point.project_id)
            if is_sealed(point) or project is None:
                return Review(card)
            [one] = reviewed(store, [point])
            steps = steps_now(self._office, self._reader, project, one)
            target = self._visible(one.standing.merged_into) if one.standing.merged_into else None
            return Review(
                card=card,
                history=self._history(card, one.standing),
                steps=steps,
                known=one.known,
                merged_into=card_of(target, store, self._k) if target else None,
                others=self._others(card) if "merge" in steps.open else (),
                dispatches=self._dispatches(project, point),
                recurring=self._recurring(project, point),
                confirmers=self._confirmers(project, one) if "same_person" in steps.barred.values() else (),
                difference=self._difference(project, point, purpose, looked) if looked else None,
            )

    def told(self, changes: dict[str, Any], *, quoted: bool) -> list[tuple[str, list[str]]]:
        """The changes of an edit in words; those of texts where they may be ``quoted`` (P-07)."""
        return told_changes(changes, self._office.store.documents_by_id(spoken_of([changes])), quoted=quoted)

    def _history(self, card: dict[str, Any], stands: Standing) -> tuple[Told, ...]:
        made = self._office.store.decisions_on(card["id"])
        documents = self._office.store.documents_by_id(spoken_of(one.changes for one in made))
        quoted, effective = card["quoting"] == "as_evidence", {one.id for one in stands.effective}
        return tuple(
            Told(
                one,
                told_changes(one.changes, documents, quoted=quoted),
                one.action != "undo" and one.id not in effective,
            )
            for one in made
        )

    def _others(self, card: dict[str, Any]) -> tuple[dict[str, Any], ...]:
        store, factors = self._office.store, taxonomy().factors
        possible = [
            point.candidate
            for point in points_of(store, card["project_id"], sealed=False)
            if point.candidate and point.id != card["id"] and point.presence == "live"
            and point.candidate.state not in NOT_INTO
        ]  # fmt: skip
        documents = store.documents_by_id({one.title.document_id for one in possible if one.title})
        possible.sort(key=lambda one: (factors[one.factor].category != card["category"], -one.priority, one.id))
        return tuple(
            {
                "id": one.id,
                "factor_name": factors[one.factor].name_zh,
                "factor_name_en": factors[one.factor].name_en,
                "title": quoted[0].text
                if one.title and (quoted := quotes_of((one.title,), documents, one.counts, self._k, 1))
                else None,
            }
            for one in possible
        )

    def _dispatches(self, project: DecisionProject, point: StoredRiskPoint) -> tuple[dict[str, Any], ...]:
        if not access().allows(self._reader, "dispatches.read", project):
            return ()
        found = self._office.store.dispatches(project.id, risk_point_id=point.id)
        mine = [one for one in found if self._reader.sees_dispatches_of(one.functional_unit, one.territorial_unit)]
        return tuple(dispatches_shown(self._office.store, mine))

    def _recurring(self, project: DecisionProject, point: StoredRiskPoint) -> dict[str, Any] | None:
        found = recurrence_of(self._office.store, point)
        opens = access().allows(self._reader, "evidence.read", project)
        return recurrence_shown(found, opens=opens) if found else None

    def _confirmers(self, project: DecisionProject, one: Reviewed) -> tuple[str, ...]:
        shaped = {same_name(name) for name in authors(one.standing.effective)}
        return tuple(
            account.display_name or account.name
            for account in self._office.store.accounts()
            if account.disabled_at is None
            and same_name(account.name) not in shaped
            and access().allows(
                Reader(account.name, account.role, account.project_ids, account.region_code),
                "risk_points.confirm",
                project,
            )
        )

    def _looked(self, risk_point_id: str) -> datetime | None:
        """When the reader last looked at it, before this look."""
        store = self._office.store
        point = store.risk_point(risk_point_id)
        if point is None:
            return None
        before = store.clock() - ONE_LOOK
        event = self._office.audit.last(self._reader.who, "risk_points.read", point.project_id, point.id, before)
        return event.when if event else None

    def _difference(
        self, project: DecisionProject, point: StoredRiskPoint, purpose: str | None, since: datetime
    ) -> dict[str, Any] | None:
        if not access().allows(self._reader, "candidates.read", project):
            return None
        try:
            if self._as_it_was(point, since):
                return None
            compared = DiffDesk(self._office, self._reader).diff(project.id, purpose, since.isoformat())
        except NoMoment:
            return None
        row = next((one for one in compared["rows"] if one["id"] == point.id), None)
        return {**row, "since": since} if row else None

    def _as_it_was(self, point: StoredRiskPoint, since: datetime) -> bool:
        """Whether the same moment stands as then and nobody decided on it since: most looks, and quick to tell."""
        store = self._office.store
        then, now = (moment(store, point.project_id, named).snapshot for named in (since.isoformat(), "now"))
        return then == now and all(one.when <= since for one in store.decisions_on(point.id))
