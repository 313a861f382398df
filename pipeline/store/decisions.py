"""Decisions of named humans about candidates; they outlast every re-analysis (P-23)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from pipeline.process.states import Standing, check, standing, state_with
from pipeline.records import Decision
from pipeline.store.engine import Database, StoreConflict, UnknownRecord
from pipeline.store.process_tables import dispatches
from pipeline.store.risk_points import next_revision, with_human_values
from pipeline.store.tables import decisions, risk_points

EDITABLE = frozenset({
    "title", "places", "stakeholder_groups", "affected", "remedies", "proposed_units", "escalation", "attention",
    "ranges", "trend", "triangulation",
})  # fmt: skip
"""What a person may set: judgements, never the evidence, the counts, or what the machine said of itself."""


class DecidedMeanwhile(StoreConflict):
    """E152: somebody decided after the person looked; ``since`` are these decisions, in the order they came."""

    def __init__(self, since: Sequence[Decision]) -> None:
        last = since[-1]
        super().__init__(f"E152: {last.who} decided meanwhile ({last.action}); look at it again, then decide")
        self.since = tuple(since)


class Decisions(Database):
    """The store's decisions."""

    def add_decision(self, decision: Decision, *, separate_reviewer: bool = False, known: int | None = None) -> bool:
        """Records a decision and applies it; False when this very decision is known already.

        ``known`` is how many decisions the person knew of. Raises UnknownRecord for an unknown risk point,
        StoreConflict when the id stands for another decision, DecidedMeanwhile when there are more than were known,
        StepRefused (E640–E644) for a step that the risk point's state does not allow, and ValueError for a value that
        the candidate cannot have.
        """
        with self.transaction() as connection:
            query = select(risk_points.c.project_id).where(risk_points.c.id == decision.risk_point_id)
            project_id = connection.execute(query).scalar_one_or_none()
            if project_id is None:
                raise UnknownRecord(f"E151: no risk point {decision.risk_point_id}")
            revision = next_revision(connection, project_id)
            same = select(decisions.c.payload).where(decisions.c.id == decision.id)
            stored = connection.execute(same).scalar_one_or_none()
            if stored is not None:
                if stored.canonical_json() != decision.canonical_json():
                    raise StoreConflict(f"E152: decision {decision.id} is known with another content")
                return False
            point = connection.execute(select(risk_points).where(risk_points.c.id == decision.risk_point_id)).one()
            if point.presence == "removed":
                raise UnknownRecord(f"E151: risk point {decision.risk_point_id} was removed")
            _refuse_uneditable(decision)
            made = decisions_about(connection, point.id)
            if known is not None and len(made) > known:
                raise DecidedMeanwhile(made[known:])
            before, after = standing(made), standing([*made, decision])
            check(decision, before, point.state, sent_in(connection, point.id, before.round), separate_reviewer)
            if decision.action == "merge":
                query = select(risk_points.c.project_id).where(risk_points.c.id == decision.merge_into)
                if decision.merge_into == decision.risk_point_id or connection.execute(query).scalar() != project_id:
                    raise StoreConflict("E152: merge_into must name another risk point of the same project")
            values = _values(connection, point, after)
            position = select(func.count()).where(decisions.c.risk_point_id == point.id)
            connection.execute(
                insert(decisions).values(
                    id=decision.id,
                    risk_point_id=point.id,
                    position=connection.execute(position).scalar_one(),
                    action=decision.action,
                    payload=decision,
                )
            )
            changed = update(risk_points).where(risk_points.c.id == point.id)
            connection.execute(changed.values(**values, revision=revision, updated_at=self.clock()))
        return True

    def decisions_on(self, risk_point_id: str) -> list[Decision]:
        """All decisions about a risk point, in the order they came."""
        with self.reading() as connection:
            return decisions_about(connection, risk_point_id)

    def decided_points(self, project_id: str) -> set[str]:
        """The risk points of a project about which anybody ever decided anything."""
        query = select(decisions.c.risk_point_id).join(risk_points, risk_points.c.id == decisions.c.risk_point_id)
        with self.reading() as connection:
            return set(connection.execute(query.where(risk_points.c.project_id == project_id).distinct()).scalars())

    def standing_of(self, risk_point_id: str) -> Standing:
        """What people decided about a risk point, as far as it was not undone."""
        return standing(self.decisions_on(risk_point_id))


def decisions_about(connection: Connection, risk_point_id: str) -> list[Decision]:
    """All decisions about a risk point, in the order they came."""
    query = select(decisions.c.payload).where(decisions.c.risk_point_id == risk_point_id)
    return list(connection.execute(query.order_by(decisions.c.position)).scalars())


def sent_in(connection: Connection, risk_point_id: str, round_: int) -> list[Any]:
    """The states of a risk point's dispatches of one round."""
    mine = (dispatches.c.risk_point_id == risk_point_id, dispatches.c.round == round_)
    return list(connection.execute(select(dispatches.c.state).where(*mine).order_by(dispatches.c.id)).scalars())


def _values(connection: Connection, point: Any, after: Standing) -> dict[str, Any]:
    """State and human values; raises pydantic's ValidationError when the candidate cannot have them."""
    state = state_with(after.state, sent_in(connection, point.id, after.round))
    with_human_values(point.payload, state, after.human)
    return {"human": after.human, "state": state}


def _refuse_uneditable(decision: Decision) -> None:
    refused = sorted(set(decision.changes) - EDITABLE)
    if refused:
        raise ValueError(
            f"E156: {', '.join(refused)} cannot be set by a decision; editable: {', '.join(sorted(EDITABLE))}"
        )
