"""Dispatches (派单) and what named people did with them; the state of a risk point follows its dispatches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from pipeline.process.clocks import day_of
from pipeline.process.dispatching import check_step, standing_of
from pipeline.process.states import WATCHED, StepRefused, refuse_same, standing, state_with
from pipeline.records.dispatch import DispatchProposal, DispatchProposed, DispatchState, StepTaken
from pipeline.redacted import RedactedText
from pipeline.store.decisions import decisions_about, sent_in
from pipeline.store.engine import Database, StoreConflict, UnknownRecord, insert_new, portions
from pipeline.store.process_tables import dispatch_steps, dispatches
from pipeline.store.risk_points import next_revision
from pipeline.store.tables import risk_points


class Dispatches(Database):
    """The store's dispatches."""

    def propose_dispatches(self, proposed: Sequence[DispatchProposed]) -> list[DispatchProposal]:
        """Stores proposals of one risk point; those that are known stay as they are. Returns all of them as they stand.

        Raises StepRefused (E640) unless people confirmed the risk point (P-23).
        """
        with self.transaction() as connection:
            for one in proposed:
                next_revision(connection, one.project_id)
                _refuse_unconfirmed(connection, one)
                stands = standing_of(one, (), day_of(self.clock()))
                row = {"id": one.id, "project_id": one.project_id, "risk_point_id": one.risk_point_id, "payload": one}
                row |= {"round": one.round, "state": "proposed", "take_up_due": stands.take_up_due, "due": stands.due}
                insert_new(connection, dispatches, [row], "id")
            return self._stand(connection, dispatches.c.id.in_([one.id for one in proposed]))

    def dispatch(self, dispatch_id: str) -> DispatchProposal | None:
        """The dispatch of this id as it stands at this moment, or None."""
        with self.reading() as connection:
            return next(iter(self._stand(connection, dispatches.c.id == dispatch_id)), None)

    def dispatches(
        self, project_id: str | None = None, *, risk_point_id: str | None = None, state: DispatchState | None = None
    ) -> list[DispatchProposal]:
        """Dispatches as they stand at this moment, the one that is due first at the head."""
        conditions = [] if project_id is None else [dispatches.c.project_id == project_id]
        if risk_point_id is not None:
            conditions.append(dispatches.c.risk_point_id == risk_point_id)
        with self.reading() as connection:
            found = self._stand(connection, *conditions)
        return [one for one in found if state is None or one.state == state]

    def overdue_dispatches(self) -> list[DispatchProposal]:
        """The dispatches of all projects that were marked as overdue, as they stand at this moment."""
        with self.reading() as connection:
            return self._stand(connection, dispatches.c.state == "overdue")

    def dispatch_steps(self, dispatch_id: str) -> list[StepTaken]:
        """All steps on a dispatch, in the order they came."""
        with self.reading() as connection:
            return _steps(connection, [dispatch_id]).get(dispatch_id, [])

    def step_known(self, step_id: str) -> StepTaken | None:
        """The step of this id, whatever dispatch it is on; None when there is none."""
        with self.reading() as connection:
            return _step_of(connection, step_id)

    def add_step(
        self, step: StepTaken, reason: RedactedText, response: RedactedText | None, *, separate_reviewer: bool = False
    ) -> bool:
        """Takes a step on a dispatch; False when this very step is known already. ``reason`` and ``response`` are kept.

        Raises UnknownRecord, StoreConflict when the id stands for another step, StepRefused (E640–E644).
        """
        step = step.model_copy(update={"reason": reason, "response": response})
        with self.transaction() as connection:
            query = select(dispatches.c.payload).where(dispatches.c.id == step.dispatch_id)
            proposed = connection.execute(query).scalar_one_or_none()
            if proposed is None:
                raise UnknownRecord(f"E151: no dispatch {step.dispatch_id}")
            next_revision(connection, proposed.project_id)  # locks the project: steps come one after the other
            known = _step_of(connection, step.id)
            if known is not None:
                if known.canonical_json() != step.canonical_json():
                    raise StoreConflict(f"E152: step {step.id} is known with another content")
                return False
            taken = _steps(connection, [proposed.id]).get(proposed.id, [])
            today = day_of(self.clock())
            stands = standing_of(proposed, taken, today)
            _refuse_unconfirmed(connection, proposed)
            check_step(step, stands, today)
            if step.action == "close" and separate_reviewer:
                refuse_same(step.who, filter(None, [stands.responded_by]), "closes a dispatch")
            row = step.model_dump(exclude={"reason", "response", "at"})
            connection.execute(insert(dispatch_steps).values(**row, at=step.at, reason=reason, response=response))
            self._write(connection, standing_of(proposed, [*taken, step], today))
            self._follow(connection, proposed.risk_point_id)
        return True

    def late_dispatches(self) -> list[DispatchProposal]:
        """Dispatches that are beyond their clock and not marked as such yet."""
        today = day_of(self.clock())
        beyond = (dispatches.c.due < today) | (dispatches.c.take_up_due < today)
        with self.reading() as connection:
            found = self._stand(connection, dispatches.c.state == "confirmed", beyond)
        return [one for one in found if one.state == "overdue"]

    def mark_overdue(self) -> list[DispatchProposal]:
        """Marks the dispatches that became overdue by the clock, and their risk points with them; returns these."""
        marked = []
        with self.transaction() as connection:
            for one in sorted(self.late_dispatches(), key=lambda each: each.project_id):
                next_revision(connection, one.project_id)
                [now] = self._stand(connection, dispatches.c.id == one.id)
                self._write(connection, now)
                self._follow(connection, one.risk_point_id)
                marked += [now] if now.state == "overdue" else []
        return marked

    def _stand(self, connection: Connection, *conditions: Any) -> list[DispatchProposal]:
        query = select(dispatches.c.payload).where(*conditions).order_by(dispatches.c.due, dispatches.c.id)
        proposed = list(connection.execute(query).scalars())
        taken = _steps(connection, [one.id for one in proposed])
        today = day_of(self.clock())
        return [standing_of(one, taken.get(one.id, ()), today) for one in proposed]

    def _write(self, connection: Connection, stands: DispatchProposal) -> None:
        values = {"state": stands.state, "take_up_due": stands.take_up_due, "due": stands.due}
        connection.execute(update(dispatches).where(dispatches.c.id == stands.id).values(**values))

    def _follow(self, connection: Connection, risk_point_id: str) -> None:
        """The risk point takes the state that its dispatches give it; readers of ``updated_since`` hear of it."""
        point = connection.execute(select(risk_points).where(risk_points.c.id == risk_point_id)).one()
        decided = standing(decisions_about(connection, risk_point_id))
        state = state_with(decided.state, sent_in(connection, risk_point_id, decided.round))
        if state != point.state:
            values = {
                "state": state,
                "updated_at": self.clock(),
                "revision": next_revision(connection, point.project_id),
            }
            connection.execute(update(risk_points).where(risk_points.c.id == risk_point_id).values(**values))


def _refuse_unconfirmed(connection: Connection, dispatch: DispatchProposed) -> None:
    """Nothing is dispatched that no named person confirmed, nor what was closed or reopened since (P-23)."""
    decided = standing(decisions_about(connection, dispatch.risk_point_id))
    if decided.state not in WATCHED:
        raise StepRefused(f"E640: the risk point is {decided.state}; a named person confirms it first: minyi decide")
    if decided.round != dispatch.round:
        raise StepRefused("E640: the dispatch belongs to an earlier round; the risk point was reopened since")


def _steps(connection: Connection, ids: Iterable[str]) -> dict[str, list[StepTaken]]:
    found: dict[str, list[StepTaken]] = {}
    for portion in portions(ids):
        query = select(dispatch_steps).where(dispatch_steps.c.dispatch_id.in_(portion))
        for row in connection.execute(query.order_by(dispatch_steps.c.number)):
            step = _step(row)
            found.setdefault(step.dispatch_id, []).append(step)
    return found


def _step_of(connection: Connection, step_id: str) -> StepTaken | None:
    row = connection.execute(select(dispatch_steps).where(dispatch_steps.c.id == step_id)).one_or_none()
    return None if row is None else _step(row)


def _step(row: Any) -> StepTaken:
    return StepTaken.model_validate({name: row._mapping[name] for name in StepTaken.model_fields})
