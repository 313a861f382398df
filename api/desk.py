"""The desk: every question and every decision of a reader passes here, is checked, and leaves an audit event.

Command line and HTTP both stand at it; neither reads the store for a reader by another way (P-09, P-10).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal, TypeAlias

from api.cards import card_of
from api.confirmed import confirmed_only, is_confirmed, listed
from api.edited import refuse_foreign_words
from api.finding import Beside, Finder, Found, FoundText
from api.kept_cards import Together
from api.matter_cards import counted_only
from api.milestones import milestone_of, milestones_of
from api.once import Once
from api.policy import Denied, Figure, Reader, access
from api.said import said
from index import Search
from index.hybrid import FusedPage
from index.query import And, Query, Term
from pipeline.matters.aside import fact_of, from_fact
from pipeline.office import Office
from pipeline.process.recurrence import recurrence_of
from pipeline.process.states import standing
from pipeline.records import AuditEvent, Decision, DecisionProject, Document, Purpose
from pipeline.records.governance import DecisionAction
from pipeline.records.handling import Handling
from pipeline.redact import redact
from pipeline.saved import save
from pipeline.sources.status import SourceStatus, statuses
from pipeline.store import SavedSearch, StoreConflict, StoredRiskPoint

Mode: TypeAlias = Literal["lexical", "hybrid"]
"""How texts are found: by their words, or by words and meaning together (混合检索)."""
CONFIRMING: Final = frozenset({"confirm", "close", "reopen", "keep_closed"})
"""Decisions that make a risk point of a candidate, end it or begin it anew."""
READING: Final = (".read", ".export")
"""Actions that change nothing end like this."""
PASSAGE_CONTEXT = 40
"""Characters around a passage that an opened piece of evidence shows."""


class NotFound(LookupError):
    """E311: there is nothing by that id that the reader may see."""


@dataclass(frozen=True)
class Cards:
    """A page of risk-point cards and the cursor that continues after it."""

    rows: list[dict[str, Any]]
    next_cursor: str
    counted_only: list[dict[str, Any]]
    """What no card shows: how many texts speak of law suits, and for who reads sealed ones of accusations."""


@dataclass(frozen=True)
class Passages:
    """Opened passages and the offset of the next ones, None after the last."""

    rows: list[dict[str, Any]]
    next_offset: int | None


@dataclass(frozen=True)
class Decided:
    """A decision, and whether it is new or was recorded before."""

    decision: Decision
    new: bool


@dataclass(frozen=True)
class Saved:
    """A search as it is kept now, and whether its name is new."""

    search: SavedSearch
    new: bool


class Desk:
    """One reader at one office. Every question leaves one audit event, a refused one as ``<action>.denied``."""

    def __init__(self, office: Office, reader: Reader) -> None:
        self._office = office
        self._reader = reader

    def projects(self, purpose: str | None) -> list[DecisionProject]:
        """The projects that the reader's role may see in their stages. Raises Denied without a purpose."""
        self._note("projects.read", self._granted_somewhere("projects.read", purpose))
        mine = [p for p in self._office.store.projects() if access().allows(self._reader, "projects.read", p)]
        there = {project.id for project in mine}
        return [one if one.parent_id in there else one.model_copy(update={"parent_id": None}) for one in mine]

    def searchable(self, projects: Iterable[DecisionProject]) -> dict[str, Figure]:
        """How many texts can be searched about each of the projects that the reader was shown (P-06)."""
        office = self._office
        return {
            project.id: Finder(office.ledgers, project.id, self._k).find(Search(), Beside()).total
            for project in projects
        }

    def project(self, project_id: str, purpose: str | None) -> DecisionProject:
        """One project. Raises NotFound or Denied."""
        with self._asked("projects.read", purpose, project_id) as project:
            return self._parent_hidden(project)

    def _parent_hidden(self, project: DecisionProject) -> DecisionProject:
        """The project, without the one around it where the reader may not see that one."""
        around = self._office.store.project(project.parent_id) if project.parent_id else None
        if around is not None and access().allows(self._reader, "projects.read", around):
            return project
        return project.model_copy(update={"parent_id": None})

    def documents(
        self,
        project_id: str,
        purpose: str | None,
        search: Search,
        beside: Beside = Beside(),  # noqa: B008 (frozen)
        mode: Mode = "lexical",
    ) -> Found:
        """Searches the redacted texts that are about one project; sealed texts are not among them (P-14).

        Every count passes k-anonymity (P-06). Mode hybrid also ranks by meaning and loses no text that the words find;
        it raises SemanticsOff (E231) where the setting ``semantic`` is off.
        """
        office = self._office
        with self._asked("documents.read", purpose, project_id):
            return Finder(office.ledgers, project_id, self._k, self._fused(mode)).find(search, beside)

    def similar(
        self,
        project_id: str,
        purpose: str | None,
        document_id: str,
        span: tuple[int, int] | None = None,
        *,
        size: int = 20,
    ) -> tuple[FoundText, ...]:
        """Other texts about the project that mean what a passage means, closest first; the score is the cosine.

        Without ``span``, a half-open span of code points, the whole text is the passage. Raises NotFound for a text
        that is not about the project or is sealed, NoPassage (E232) and SemanticsOff (E231).
        """
        store, index = self._office.store, self._office.index
        about = Term("project_ids", (project_id,))
        document = store.documents_by_id([document_id]).get(document_id)
        with self._asked("documents.read", purpose, project_id, document.id if document else None):
            semantics = self._office.semantics
            if document is None or not index.count(And((about, Term("id", (document_id,))))):
                raise NotFound(f"E311: no text {document_id} about the project {project_id}")
            start, end = span or (0, len(document.text))
            hits = semantics.more_like(index, document, start, end, among=about, size=size)
            return tuple(FoundText(hit, by_meaning=True) for hit in hits)

    def save_search(self, project_id: str, purpose: str | None, name: str, query: Query) -> Saved:
        """Keeps a query of the project under a name that belongs to the reader's role.

        Raises NotKept for what looks like personal data, StoreConflict for a name that another role owns.
        """
        with self._asked("saved_searches.save", purpose, project_id):
            new = save(self._office.store, project_id, name, self._reader.role, query)
            kept = self._office.store.saved_search(project_id, name)
            assert kept is not None
            return Saved(kept, new)

    def saved_search(self, project_id: str, purpose: str | None, name: str) -> SavedSearch:
        """The project's saved search of that name. Raises NotFound, which lists the names there are."""
        with self._asked("saved_searches.read", purpose, project_id):
            found = self._office.store.saved_search(project_id, name)
            if found is None:
                raise self._not_saved(project_id, name)
            return found

    def forget_search(self, project_id: str, purpose: str | None, name: str) -> None:
        """Removes a saved search of the reader's role. Raises NotFound, or StoreConflict when another role owns it."""
        with self._asked("saved_searches.forget", purpose, project_id):
            if self._office.store.forget_search(project_id, name, self._reader.role):
                return
            if saved := self._office.store.saved_search(project_id, name):
                raise StoreConflict(f"E152: the saved search {name!r} belongs to the role {saved.owner_role}")
            raise self._not_saved(project_id, name)

    def risk_points(
        self, project_id: str, purpose: str | None, *, updated_since: str | None = None, limit: int = 100
    ) -> Cards:
        """Cards in the order of their last change; sealed ones, and their removal, only for those who may see them.

        Who may not read candidates gets the risk points that people confirmed.
        """
        sealed = self._sealed_or_open(project_id)
        with self._asked("sealed.read" if sealed else "risk_points.read", purpose, project_id) as project:
            page = self._office.store.risk_points(project_id, updated_since, limit, sealed=sealed)
            rows = listed(self._reader, project, page.rows)
            together = Together(self._office.store)
            cards = [card_of(p, self._office.store, self._k, together) for p in rows]
            return Cards(cards, page.next_cursor, self.counted_only(project))

    def counted_only(self, project: DecisionProject) -> list[dict[str, Any]]:
        """Texts about a project that are counted and never shown, as far as the reader may know of them."""
        may = {action: access().allows(self._reader, action, project) for action in ("sealed.read", "candidates.read")}
        asides = from_fact(self._office.store.fact(fact_of(project.id)))
        return counted_only(asides, self._k, sealed=may["sealed.read"], opened=may["candidates.read"])

    def risk_point(self, risk_point_id: str, purpose: str | None) -> dict[str, Any]:
        """One card. Raises NotFound or Denied."""
        with self._asked_about("risk_points.read", purpose, risk_point_id) as point:
            return card_of(point, self._office.store, self._k)

    def evidence(self, risk_point_id: str, purpose: str | None, *, offset: int = 0, limit: int = 50) -> Passages:
        """Opens the passages behind a candidate, for and against, each with its surroundings in the stored text.

        Passages of texts that were withdrawn are left out (P-12).
        """
        with self._asked_about("evidence.read", purpose, risk_point_id) as point:
            assert point.candidate is not None
            candidate = point.candidate
            passages: list[tuple[str, Any]] = [("for", e) for e in candidate.evidence]
            passages += [(e.kind, e) for e in candidate.counter_evidence]
            passages += [("residue", e) for e in candidate.residues]
            end = offset + limit
            ids = {e.document_id for _, e in passages[offset:end]}
            documents, handling = self._office.store.documents_by_id(ids), self._office.store.handling_of(ids)
            rows = [row for kind, e in passages[offset:end] for row in _opened(kind, e, documents, handling)]
            return Passages(rows, end if end < len(passages) else None)

    def decide(
        self,
        risk_point_id: str,
        purpose: str | None,
        *,
        who: str,
        action: DecisionAction,
        reason: str,
        changes: dict[str, Any] | None = None,
        merge_into: str | None = None,
        known: int | None = None,
        once: Once | None = None,
    ) -> Decided:
        """Records what a named person decided, with a reason (P-23); the same request twice is one decision.

        ``undo`` takes back the last decision that stands and needs the same right; ``reopen`` records the passages that
        appeared after the closing. The reason is redacted, since reasons name people. Raises StepRefused (E640–E644),
        DecidedMeanwhile when there are more decisions than the ``known`` ones, ValueError (E156) for a title that
        is no passage of the candidate.
        """
        store = self._office.store
        last = self._taken_back(risk_point_id, once) if action == "undo" else None
        needed = "risk_points.confirm" if (last.action if last else action) in CONFIRMING else "risk_points.decide"
        with self._asked_about(needed, purpose, risk_point_id) as point:
            if merge_into is not None and self._visible(merge_into) is None:
                raise StoreConflict(f"E152: {point.id} can be merged into another risk point of its project only")
            refuse_foreign_words(point, changes or {}, store.documents_by_id)
            recurring = recurrence_of(store, point) if action == "reopen" else None
            decision = Decision(
                id=uuid.uuid4().hex,
                risk_point_id=risk_point_id,
                who=who,
                when=store.clock(),
                action=action,
                reason=said(reason),
                changes=changes or {},
                merge_into=merge_into,
                undoes=last.id if last else None,
                evidence=recurring.evidence if recurring else (),
            )

            def record() -> str:
                store.add_decision(decision, separate_reviewer=self._office.settings.separate_reviewer, known=known)
                return decision.id

            made, new = once.run(store, record) if once else (record(), True)
            return Decided(next(one for one in store.decisions_on(risk_point_id) if one.id == made), new)

    def _taken_back(self, risk_point_id: str, once: Once | None) -> Decision | None:
        """What an ``undo`` takes back: the last decision that stands; of a request that came before, what it took."""
        made = {one.id: one for one in self._office.store.decisions_on(risk_point_id)}
        before = made.get(once.answered(self._office.store) or "") if once else None
        if before is not None and before.undoes is not None:
            return made[before.undoes]
        return next(reversed(standing(made.values()).effective), None)

    def decisions(self, risk_point_id: str, purpose: str | None) -> list[Decision]:
        """All decisions about a risk point, in the order they came. Raises NotFound or Denied."""
        with self._asked_about("risk_points.read", purpose, risk_point_id):
            return self._office.store.decisions_on(risk_point_id)

    def milestones(self, project_id: str, purpose: str | None) -> list[dict[str, Any]]:
        """What notices propose as milestones of a project, each with its statutory clock, and what was decided."""
        with self._asked("milestones.read", purpose, project_id):
            return milestones_of(self._office.store, project_id)

    def decide_milestone(
        self, project_id: str, purpose: str | None, milestone_id: str, *, who: str, accept: bool, reason: str
    ) -> dict[str, Any]:
        """Records whether a named person takes a proposed milestone into the project, and why (P-23).

        The reason is redacted, since reasons name people. The same decision twice is one decision.
        """
        store = self._office.store
        with self._asked("milestones.decide", purpose, project_id, milestone_id):
            decided = store.decide_milestone(
                project_id, milestone_id, accept=accept, by=who, reason=redact(reason).text
            )
            return milestone_of(decided, store.document(decided.payload.document_id))

    def sources(self, purpose: str | None) -> list[SourceStatus]:
        """How the crawled sources do: what a reader has to know before a count is called a fall of opinion."""
        with self._refusals_noted("sources.read"):
            granted = access().check(self._reader, "sources.read", purpose, None)
        self._note("sources.read", granted)
        return statuses(self._office.store)

    def audit_events(self, purpose: str | None, *, after: int = 0, limit: int = 1000) -> list[AuditEvent]:
        """The audit trail, for auditors; reading it is an event itself."""
        with self._refusals_noted("audit.read"):
            granted = access().check(self._reader, "audit.read", purpose, None)
        self._note("audit.read", granted)
        return self._office.audit.events(after, limit)

    def _fused(self, mode: Mode) -> Callable[[Search], FusedPage] | None:
        return partial(self._office.semantics.search, self._office.index) if mode == "hybrid" else None

    def _not_saved(self, project_id: str, name: str) -> NotFound:
        names = [saved.name for saved in self._office.store.saved_searches(project_id)]
        return NotFound(f"E311: no saved search {name!r}; there are: {', '.join(names) or 'none'}")

    @property
    def _k(self) -> int:
        return self._office.settings.k_anonymity

    def _granted_somewhere(self, action: str, purpose: str | None, event: str = "") -> Purpose:
        """The purpose of a question over all projects, where the role is granted the action in some stage.

        Raises Denied, noted as the event, which is called after the action unless told otherwise.
        """
        with self._refusals_noted(event or action):
            granted = access().stated(self._reader, purpose)
            if not access().anywhere(self._reader, action):
                raise Denied(f"E304: role {self._reader.role} may not {action} in any stage (api/policy/access.yaml)")
        return granted

    @contextmanager
    def _asked(
        self, action: str, purpose: str | None, project_id: str, subject: str | None = None, *, hidden: bool = False
    ) -> Iterator[DecisionProject]:
        """Checks, and notes the event in the same transaction as what is done.

        What is only read holds nobody up: its event has a transaction of its own, once everything is read and before
        any of it is given out (P-10). Purpose comes before existence, and what is ``hidden`` from the reader is
        answered like what does not exist.
        """
        project = self._office.store.project(project_id)
        with self._refusals_noted(action, project.id if project else None, subject):
            granted = access().stated(self._reader, purpose)
            if project is None or hidden:
                what = f"risk point {subject}" if hidden else f"project {project_id}; see: minyi projects list"
                raise NotFound(f"E311: no {what}")
            access().check(self._reader, action, purpose, project)
        reads, store = action.endswith(READING), self._office.store
        try:
            with store.one_state() if reads else store.transaction():
                if not reads:
                    self._note(action, granted, project.id, subject)
                yield project
        except NotFound:  # what was noted went with the transaction
            self._note(f"{action}.denied", None, project.id, subject)
            raise
        if reads:
            self._note(action, granted, project.id, subject)

    @contextmanager
    def _asked_about(self, action: str, purpose: str | None, risk_point_id: str) -> Iterator[StoredRiskPoint]:
        point = self._office.store.risk_point(risk_point_id)
        if point is None:
            with self._refusals_noted(action):
                access().stated(self._reader, purpose)
                raise NotFound(f"E311: no risk point {risk_point_id}")
        sealed = point.candidate is not None and point.candidate.sealed
        needed = "sealed.read" if sealed and action == "risk_points.read" else action
        hidden = self._visible(point.id) is None
        with self._asked(needed, purpose, point.project_id, point.id, hidden=hidden):
            yield point

    def _visible(self, risk_point_id: str) -> StoredRiskPoint | None:
        """The risk point, unless the reader may not even know of it: it is sealed (P-14), or not confirmed yet."""
        point = self._office.store.risk_point(risk_point_id)
        project = self._office.store.project(point.project_id) if point else None
        if point is None or project is None:
            return point
        if point.candidate is not None and point.candidate.sealed:
            return point if access().allows(self._reader, "sealed.read", project) else None
        reads = access().allows(self._reader, "risk_points.read", project)
        return None if reads and confirmed_only(self._reader, project) and not is_confirmed(point) else point

    def _sealed_or_open(self, project_id: str) -> bool | None:
        """Which risk points the reader may list: False open ones, True sealed ones alone, None both."""
        project = self._office.store.project(project_id)
        if project is None or not access().allows(self._reader, "sealed.read", project):
            return False
        return None if access().allows(self._reader, "risk_points.read", project) else True

    @contextmanager
    def _refusals_noted(self, action: str, project_id: str | None = None, subject: str | None = None) -> Iterator[None]:
        try:
            yield
        except (Denied, NotFound):
            self._note(f"{action}.denied", None, project_id, subject)
            raise

    def _note(
        self, action: str, purpose: Purpose | None, project_id: str | None = None, subject: str | None = None
    ) -> None:
        reader = self._reader
        self._office.audit.append(
            reader.who, reader.role, action, purpose=purpose, project_id=project_id, subject=subject
        )


def _opened(
    kind: str, passage: Any, documents: Mapping[str, Document], handling: Mapping[str, Handling]
) -> Iterator[dict[str, Any]]:
    """The passage in its surroundings; nothing where the text was withdrawn, or is shorter now."""
    document = documents.get(passage.document_id)
    if document is None or not passage.stands_in(document):
        return
    text = passage.quote(document)
    start, end = max(0, passage.start - PASSAGE_CONTEXT), min(len(document.text), passage.end + PASSAGE_CONTEXT)
    yield {
        "kind": kind,
        "document_id": document.id,
        "start": passage.start,
        "end": passage.end,
        "text": text,
        "before": document.text[start : passage.start],
        "after": document.text[passage.end : end],
        "source_kind": document.source_kind,
        "genre": document.genre,
        "published_at": document.published_at,
        "origin_id": document.origin_id,
        "handling": stated.model_dump() if (stated := handling.get(document.id)) else None,
    }
