"""The desk for dispatches (派单): proposed from the routing, confirmed by a named human, answered by the unit."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final, Literal, NamedTuple, get_args

from api.desk import Desk, NotFound
from api.idempotency import Once
from api.policy import Denied, access
from api.policy.wording import without_control
from api.said import said
from api.shown_dispatches import dispatch_shown, dispatches_shown
from index.query import And, Term
from models.taxonomy import taxonomy
from pipeline.process.clocks import day_of
from pipeline.process.dispatching import ALLOWED
from pipeline.process.proposing import dispatches_for
from pipeline.process.routing import city_routing
from pipeline.records import DecisionProject, DispatchProposal, Evidence
from pipeline.records.dispatch import DispatchAction, DispatchState, StepTaken

RIGHT: Final[dict[str, str]] = {
    "confirm": "dispatches.confirm", "withdraw": "dispatches.confirm", "extend": "dispatches.confirm",
    "send_back": "dispatches.confirm", "close": "dispatches.confirm",
    "take_up": "dispatches.respond", "respond": "dispatches.respond",
}  # fmt: skip
"""Action → right that it needs; ``undo`` needs that of the step which it takes back."""


Part = Literal["waiting", "late", "answered", "proposed", "settled", "all"]
PARTS: Final[dict[Part, frozenset[str]]] = {
    "waiting": frozenset({"confirmed", "overdue"}), "late": frozenset({"overdue"}),
    "answered": frozenset({"responded"}), "proposed": frozenset({"proposed"}),
    "settled": frozenset({"closed", "withdrawn"}), "all": frozenset(get_args(DispatchState)),
}  # fmt: skip
"""Part of the list → states of the dispatches in it."""
PAGE: Final = 20


class Everywhere(NamedTuple):
    """A page of dispatches of several projects, the projects' names, and how many there are of each part."""

    rows: list[dict[str, Any]]
    projects: dict[str, tuple[str, str | None]]
    parts: dict[Part, int]


class DispatchDesk(Desk):
    """One reader before the dispatches of one office."""

    def propose(self, risk_point_id: str, purpose: str | None) -> list[dict[str, Any]]:
        """Has the dispatches of a confirmed risk point proposed; asking again proposes nothing twice.

        Raises NotFound, Denied, StepRefused (E640 while nobody confirmed it, E649), RoutingUnusable (E647).
        """
        store = self._office.store
        with self._asked_about("dispatches.propose", purpose, risk_point_id) as point:
            city = city_routing(self._office.settings.routing_table)
            proposed = dispatches_for(point, store.standing_of(point.id).round, city, store.clock())
            without_control("".join(one.basis.note for one in proposed))
            return dispatches_shown(store, store.propose_dispatches(proposed))

    def dispatches(
        self,
        project_id: str,
        purpose: str | None,
        *,
        state: DispatchState | None = None,
        risk_point_id: str | None = None,
        unit: str | None = None,
    ) -> list[dict[str, Any]]:
        """The dispatches of a project, the one that is due first at the head; late ones name their unit (P-25)."""
        store = self._office.store
        with self._asked("dispatches.read", purpose, project_id):
            found = store.dispatches(project_id, risk_point_id=risk_point_id, state=state)
            mine = [one for one in found if unit in (None, one.functional_unit, one.territorial_unit)]
            return dispatches_shown(store, [one for one in mine if self._sees(one)])

    def everywhere(
        self, purpose: str | None, *, part: Part = "waiting", offset: int = 0, limit: int = PAGE
    ) -> Everywhere:
        """A page of the dispatches of all projects of the reader: late ones first, then by last day. Raises Denied.

        A response unit that is bound to its unit gets its own.
        """
        store = self._office.store
        granted = self._granted_somewhere("dispatches.read", purpose)
        mine = {p.id: p for p in store.projects() if access().allows(self._reader, "dispatches.read", p)}
        seen = [one for one in store.dispatches() if one.project_id in mine and self._sees(one)]
        parts = {name: [one for one in seen if one.state in states] for name, states in PARTS.items()}
        page = sorted(parts[part], key=_urgency)[offset : offset + limit]
        with store.transaction():
            named: list[str | None] = [*sorted({one.project_id for one in page})]
            for project_id in named or [None]:
                self._note("dispatches.read", granted, project_id)
        names = {one: (mine[one].name_zh, mine[one].name_en) for one in {each.project_id for each in page}}
        counts = {name: len(found) for name, found in parts.items()}
        return Everywhere(dispatches_shown(store, page), names, counts)

    def open_steps(self, dispatch_id: str) -> tuple[DispatchAction, ...]:
        """The steps on a dispatch that its state allows and that the reader may take; none on what they may not see."""
        found = self._office.store.dispatch(dispatch_id)
        project = self._office.store.project(found.project_id) if found else None
        if found is None or project is None or not self._sees(found):
            return ()
        possible: list[DispatchAction] = [one for one, states in ALLOWED.items() if found.state in states]
        if found.taken_up_at is not None:
            possible = [one for one in possible if one != "take_up"]
        if found.extended_by or day_of(self._office.store.clock()) > found.due or not found.clocks.extension:
            possible = [one for one in possible if one != "extend"]
        if found.last_step is not None:
            possible.append("undo")
        return tuple(one for one in possible if self._may(self._right(found.id, found, one), found, project))

    def extension(self, dispatch_id: str) -> int:
        """By how many days an answer may be put off; 0 for what the reader may not see."""
        found = self._office.store.dispatch(dispatch_id)
        return found.clocks.extension if found and self._sees(found) else 0

    def dispatch(self, dispatch_id: str, purpose: str | None) -> dict[str, Any]:
        """One dispatch with its steps. Raises NotFound or Denied."""
        store = self._office.store
        with self._about("dispatches.read", purpose, dispatch_id) as found:
            steps = [step.model_dump() for step in store.dispatch_steps(found.id)]
            return {**dispatch_shown(store, found), "steps": steps}

    def act(
        self,
        dispatch_id: str,
        purpose: str | None,
        *,
        who: str,
        action: DispatchAction,
        reason: str,
        due: date | None = None,
        days: int | None = None,
        response: str | None = None,
        evidence: tuple[Evidence, ...] = (),
        once: Once | None = None,
    ) -> dict[str, Any]:
        """Takes a step on a dispatch, as a named person with a reason (P-23), and returns the dispatch.

        ``due`` goes with confirm (an earlier day than the clock's), ``days`` with extend, ``response`` and ``evidence``
        with respond. Reason and response are redacted. Raises StepRefused (E640–E644), ValueError (E648) for values
        that do not belong to the action or that do not stand in their texts, and ControlWording (E833) for a response
        that reports control instead of what was verified, published, repaired or agreed (P-16).
        """
        store = self._office.store
        known = store.dispatch(dispatch_id)
        needed = self._right(dispatch_id, known, action, once)
        with self._about(needed, purpose, dispatch_id) as found:
            if needed == "dispatches.respond" and not self._answers(found):
                raise Denied(f"E306: {self._reader.who} answers for {self._reader.unit}, which this is not asked of")
            values = self._values(found, action, due, days, response, evidence)
            told = None if response is None else said(without_control(response))
            why = said(reason)
            step = StepTaken(
                id=uuid.uuid4().hex, dispatch_id=dispatch_id, action=action, who=who, at=store.clock(), reason=str(why),
                values=values, response=told,
            )  # fmt: skip

            def record() -> str:
                store.add_step(step, why, told, separate_reviewer=self._office.settings.separate_reviewer)
                return step.id

            once.run(store, record) if once else record()
            stands = store.dispatch(dispatch_id)
            assert stands is not None
            return dispatch_shown(store, stands)

    def routing(self) -> list[dict[str, Any]]:
        """The routing table in force; reference data, nothing of any project. Raises RoutingUnusable (E647)."""
        city = city_routing(self._office.settings.routing_table)
        return [
            {
                "factor": row.factor,
                "factor_name": taxonomy().factors[row.factor].name_zh,
                "primary": list(row.primary),
                "secondary": list(row.secondary),
                "note": row.note,
                "routed_by": "city" if row.factor in city.own else "national",
            }
            for row in city.rows.values()
        ]

    def _right(
        self, dispatch_id: str, known: DispatchProposal | None, action: DispatchAction, once: Once | None = None
    ) -> str:
        """The right that a step needs; an ``undo`` that comes again needs that of the step it took back then."""
        if action != "undo":
            return RIGHT[action]
        steps = {step.id: step for step in self._office.store.dispatch_steps(dispatch_id)}
        before = steps.get(once.answered(self._office.store) or "") if once else None
        taken_back = before.values.get("undoes") if before else known and known.last_step
        last = steps.get(taken_back or "")
        return RIGHT[last.action] if last else "dispatches.confirm"

    def _may(self, needed: str, found: DispatchProposal, project: DecisionProject) -> bool:
        mine = needed != "dispatches.respond" or self._answers(found)
        return mine and access().allows(self._reader, needed, project)

    def _answers(self, found: DispatchProposal) -> bool:
        """Who is bound to a unit takes up and answers what is asked of that unit alone."""
        return self._reader.answers_for(found.functional_unit, found.territorial_unit)

    def _values(
        self, found: DispatchProposal, action: str, due: date | None, days: int | None, response: str | None,
        evidence: tuple[Evidence, ...],
    ) -> dict[str, Any]:  # fmt: skip
        given = {"due": due, "days": days, "response": response, "evidence": evidence or None}
        belongs = {"confirm": {"due"}, "extend": {"days"}, "respond": {"response", "evidence"}}.get(action, set())
        strangers = sorted(name for name, value in given.items() if value is not None and name not in belongs)
        missing = {"extend": days, "respond": response}.get(action, "") is None
        if strangers or missing:
            what = f"{', '.join(strangers)} does not go with it" if strangers else "days, or response, is missing"
            raise ValueError(f"E648: {action}: {what}")
        if action == "undo":
            return {"undoes": found.last_step}
        values: dict[str, Any] = {"due": due.isoformat()} if due else {"days": days} if days is not None else {}
        if evidence:
            self._refuse_dangling(found.project_id, evidence)
            values["evidence"] = [one.model_dump(mode="json") for one in evidence]
        return values

    def _refuse_dangling(self, project_id: str, evidence: tuple[Evidence, ...]) -> None:
        """A response rests on passages of texts that can be searched about its project, or on none (P-14)."""
        documents = self._office.store.documents_by_id({one.document_id for one in evidence})
        for one in evidence:
            document = documents.get(one.document_id)
            about = And((Term("project_ids", (project_id,)), Term("id", (one.document_id,))))
            if document is None or one.end > len(document.text) or not self._office.index.count(about):
                raise ValueError(
                    f"E648: {one.document_id}:{one.start}-{one.end} is no passage of a text on the project"
                )

    @contextmanager
    def _about(self, action: str, purpose: str | None, dispatch_id: str) -> Iterator[DispatchProposal]:
        found = self._office.store.dispatch(dispatch_id)
        if found is None or not self._sees(found):
            with self._refusals_noted(action):
                access().stated(self._reader, purpose)
                raise NotFound(f"E311: no dispatch {dispatch_id}")
        with self._asked(action, purpose, found.project_id, dispatch_id):
            yield found

    def _sees(self, dispatch: DispatchProposal) -> bool:
        """Whether the reader may know of it: what is asked of another unit is hidden from a response unit."""
        units = (dispatch.functional_unit, dispatch.territorial_unit)
        return self._reader.sees_dispatches_of(*units) and self._visible(dispatch.risk_point_id) is not None


def _urgency(one: DispatchProposal) -> tuple[bool, bool, Any, str]:
    """Late ones, then those that run, each by its last day."""
    return one.state != "overdue", one.state != "confirmed", one.due, one.id
