"""The desk for incidents: reading, answering, judging; life-safety cues only for their duty officer (P-18)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal, get_args

from api.charts import Bar
from api.desk import Desk, NotFound
from api.incident_cards import card_of, late_of, page_of
from api.incident_inbox import Asked, Inbox, Need, need_of, sort
from api.incident_trials import LONGER, MOST_DAYS, within_limit
from api.incident_weeks import weeks_around
from api.policy import access, concerns, holder
from pipeline.alerts.backtest import Backtest, backtest
from pipeline.alerts.daily import listed
from pipeline.alerts.observation import CHINA
from pipeline.alerts.quality import Quality, quality
from pipeline.alerts.watch import detector_of
from pipeline.records import DecisionProject, Incident, IncidentEvent, IncidentNote, Purpose
from pipeline.records.incident import IncidentState, Verdict
from pipeline.redact import CannotRedact, redact
from pipeline.sources.status import SourceStatus
from pipeline.store import Account, ApiKey, StoreConflict

Action = Literal["acknowledge", "silence", "reopen", "close", "assign", "comment", "verdict"]
HOURS: Final[dict[str, tuple[int, int]]] = {"acknowledge": (24, 168), "silence": (72, 720)}
"""Hours after which an answer expires: unless told otherwise, and at most."""
TRIED: Final = timedelta(days=90)
MANY: Final = 10_000
"""Incidents at most that one list is made of, the latest ones."""
OTHERS: Final = 30
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR: Final = re.compile(r"[0-9]{12,16}")
OFFICER: Final = re.compile(r"[\w.@\-]{1,64}")


@dataclass(frozen=True)
class IncidentRows:
    """Cards, the latest first; ``next_cursor`` continues after them, None after the last."""

    rows: list[dict[str, Any]]
    next_cursor: str | None
    late: list[dict[str, Any]]
    """By project texts of its newest judged week that came too late to be judged."""


@dataclass(frozen=True)
class Dossier:
    """Everything about one incident: its page, what people did, the weeks around it, how often alerts were right.

    ``others``: cards of other incidents of the project, of which it may be a duplicate, the latest first.
    """

    page: dict[str, Any]
    notes: list[IncidentNote]
    weeks: tuple[Bar, ...]
    quality: tuple[Quality, ...]
    others: list[dict[str, Any]]
    may_answer: bool


class IncidentDesk(Desk):
    """One reader before the incidents of one office."""

    def alerts(
        self,
        project_id: str,
        purpose: str | None,
        *,
        state: IncidentState | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> IncidentRows:
        """The incidents of one project. Raises NotFound, Denied, ValueError (E804) for a cursor that is none."""
        with self._asked("alerts.read", purpose, project_id) as project:
            return self._rows([project], state, None, cursor, limit)

    def incidents(
        self,
        purpose: str | None,
        *,
        state: IncidentState | None = None,
        day: date | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> IncidentRows:
        """The incidents of every project that the reader may see alerts of; with ``day`` those that began on it.

        On a day, ``listed`` says which of them stand up to their number (:mod:`pipeline.alerts.daily`); these lead.
        """
        granted = self._granted_somewhere("alerts.read", purpose)
        self._note("alerts.read", granted)
        projects = self._mine()
        if day is None:
            return self._rows(projects, state, None, cursor, limit)
        found = self._rows(projects, state, day, None, 10_000)
        begin = datetime.combine(day, time(), CHINA)
        ids = [project.id for project in projects]
        known = self._office.store.incidents(
            ids, kind="volume", since=begin, until=begin + timedelta(days=1), limit=10_000
        )
        chosen = [incident.id for incident in listed(known, len(self._office.store.alert_series(ids)))]
        rank = {incident_id: n for n, incident_id in enumerate(chosen)}
        rows = [{**row, "listed": row["id"] in rank} for row in found.rows]
        rows.sort(key=lambda row: rank.get(row["id"], len(rank)))
        return IncidentRows(rows, None, found.late)

    def inbox(
        self,
        purpose: str | None,
        *,
        asked: Asked = Asked(),  # noqa: B008 (frozen)
        project_id: str | None = None,
        offset: int = 0,
        limit: int = 20,
    ) -> Inbox:
        """A page of the reader's incidents, those first that need the reader. Raises Denied."""
        granted = self._granted_somewhere("alerts.read", purpose)
        self._note("alerts.read", granted, project_id)
        store = self._office.store
        mine = {project.id: project for project in self._mine() if project_id in (None, project.id)}
        account = store.account(self._reader.who)
        who = (self._reader.who, account.unit if account else None)
        answers = {one for one, project in mine.items() if access().allows(self._reader, "alerts.answer", project)}

        def need(incident: Incident) -> Need | None:
            return need_of(incident, who, incident.project_id in answers)

        seen = [i for i in store.incidents(mine, limit=MANY) if self._sees(i, mine[i.project_id])]
        found = sort(seen, need, asked)
        page = found.found[offset : offset + limit]
        return Inbox(
            rows=[{**card_of(incident, store, self._k), "need": one} for incident, one in page],
            total=len(found.found),
            needing=found.needing,
            states=found.states,
            levels=found.levels,
            late=late_of(store, mine, self._k),
        )

    def silent_sources(self, purpose: str | None) -> list[SourceStatus]:
        """Sources that are silent or closed now, which is no fall of opinion; none for who may not read sources."""
        if not access().anywhere(self._reader, "sources.read"):
            return []
        return [status for status in self.sources(purpose) if status.incidents]

    def incident(self, incident_id: str, purpose: str | None) -> dict[str, Any]:
        """One incident with its explanation. Raises NotFound or Denied."""
        with self._about("alerts.read", purpose, incident_id) as incident:
            rules = detector_of(self._office.settings).rules
            assert rules is not None
            return page_of(incident, self._office.store, self._k, rules)

    def dossier(self, incident_id: str, purpose: str | None) -> Dossier:
        """One incident with all that a person needs to answer it. Raises NotFound or Denied."""
        store = self._office.store
        with self._about("alerts.read", purpose, incident_id) as incident:
            rules = detector_of(self._office.settings).rules
            assert rules is not None
            page, notes = page_of(incident, store, self._k, rules), store.notes_on(incident_id)
            if incident.kind == "life_safety":
                return Dossier(page, notes, (), (), [], True)
            project = store.project(incident.project_id)
            others = store.incidents([incident.project_id], kind="volume", limit=OTHERS + 1)
            return Dossier(
                page,
                notes,
                weeks_around(store, incident, self._k),
                quality(store, [incident.project_id]),
                [card_of(one, store, self._k) for one in others if one.id != incident.id],
                project is not None and access().allows(self._reader, "alerts.answer", project),
            )

    def notes(self, incident_id: str, purpose: str | None) -> list[IncidentNote]:
        """What people did with an incident. Raises NotFound or Denied."""
        with self._about("alerts.read", purpose, incident_id):
            return self._office.store.notes_on(incident_id)

    def answer(
        self,
        incident_id: str,
        purpose: str | None,
        *,
        who: str,
        action: Action,
        hours: int | None = None,
        to: str | None = None,
        verdict: Verdict | None = None,
        duplicate_of: str | None = None,
        comment: str | None = None,
    ) -> dict[str, Any]:
        """Records what a named person does with an incident and returns its card; comments are redacted first.

        Raises ValueError (E808) for values that do not belong to the action, StoreConflict (E152) for an incident that
        is closed or another project's.
        """
        _agree(action, hours, to, verdict, duplicate_of, comment)
        store = self._office.store
        with self._about("alerts.answer", purpose, incident_id) as incident:
            changes = self._changes(incident, action, hours, to, verdict, duplicate_of)
            note = IncidentNote(
                incident_id=incident_id,
                who=who,
                at=store.clock(),
                action=action,
                value=to or verdict or (f"{_hours(action, hours)}h" if action in HOURS else None),
                comment=_redacted(comment),
            )
            answered = store.answer_incident(incident_id, note, **changes)
            if action == "close":
                if answered.kind == "life_safety":
                    answered = store.lapse_incident(incident_id, "closed", document_id=None)
                store.tell(answered, "closed", "closed", store.clock(), answered.officer)
            return card_of(answered, store, self._k)

    def pointer(self, incident_id: str, purpose: str | None) -> dict[str, Any]:
        """Opens the pointer to the source of a life-safety cue, for its duty officer alone; every opening is noted.

        There is no other way to an address: none is found by text, place, author or search (P-18).
        """
        store = self._office.store
        with self._about("life_safety.read", purpose, incident_id) as incident:
            document = store.document(incident.document_id) if incident.document_id else None
            if incident.kind != "life_safety" or document is None or document.tombstone:
                raise NotFound(f"E311: incident {incident_id} has no pointer, or its 72 hours are over (P-18)")
            sealed = store.sealed_pointer(document.id)
            opened = self._office.keys.open_pointer(document.id, sealed.sealed) if sealed else None
            in_clear = document.url if document.url and not document.url.startswith("keyed:") else None
            return {
                "incident_id": incident_id,
                "cue": incident.cue,
                "matter_id": incident.matter_id,
                "document_id": document.id,
                "source": str(document.source),
                "link": opened or in_clear,
                "expires_at": incident.expires_at,
            }

    def quality(self, purpose: str | None, project_id: str | None = None) -> tuple[Quality, ...]:
        """Measured precision per project and level, of one project or of all that the reader may see alerts of."""
        if project_id is not None:
            with self._asked("alerts.read", purpose, project_id):
                return quality(self._office.store, [project_id])
        granted = self._granted_somewhere("alerts.read", purpose)
        self._note("alerts.read", granted)
        return quality(self._office.store, [project.id for project in self._mine()])

    def preview(
        self,
        project_id: str,
        purpose: str | None,
        since: date | None = None,
        rates: tuple[float, float, float, float] | None = None,
        *,
        most_days: int | None = None,
    ) -> Backtest:
        """What settings would have sent since a day, 90 days ago if none is named. Raises ValueError (E807)."""
        with self._asked("alerts.read", purpose, project_id):
            today = self._office.store.clock().astimezone(CHINA).date()
            if most_days and since and since < (first := today - timedelta(days=most_days)):
                raise ValueError(f"E807: a back-test goes over {most_days} days at most; ask for a day from {first} on")
            begin = datetime.combine(since or today - TRIED, time(), CHINA)
            rates = rates or self._office.settings.alert_false_alarms
            return backtest(self._office.store, project_id, begin, rates, self._k)

    def trial(
        self,
        project_id: str,
        purpose: str | None,
        since: date | None = None,
        rates: tuple[float, float, float, float] | None = None,
    ) -> Backtest:
        """What :meth:`preview` returns, for whoever asks from another machine: bounded in days, one at a time.

        Raises ValueError (E807) for too many days, TrialTooLong and TrialsFull.
        """
        project = self._office.store.project(project_id)
        if project is None or not access().allows(self._reader, "alerts.read", project):
            return self.preview(project_id, purpose)  # refuses; nobody else waits for it
        return within_limit(lambda: self.preview(project_id, purpose, since, rates, most_days=MOST_DAYS), LONGER)

    def name_duty_officer(self, project_id: str, purpose: str | None, officer: str | None) -> None:
        """Names the duty officer of a project (P-18), None nobody; only somebody whose role may open cues can be named.

        Raises NotFound, Denied, ValueError (E808).
        """
        if officer is not None and not OFFICER.fullmatch(officer):
            raise ValueError(
                "E808: a duty officer is the name of an account or a key, or cli- and a user, without blanks"
            )
        with self._asked("duty.manage", purpose, project_id) as project:
            if officer is not None and not officer.startswith("cli-"):  # an operator states a role with each question
                self._refuse_unable(officer, project)
            self._office.store.name_duty_officer(project_id, officer)

    def _refuse_unable(self, officer: str, project: DecisionProject) -> None:
        """Raises ValueError (E808) for who has no account and no key, or none that may read cues of the project."""
        store = self._office.store
        account = store.account(officer)
        found: list[Account | ApiKey] = [account] if account is not None and account.disabled_at is None else []
        found += [key for key in store.api_keys() if key.name == officer and key.revoked_at is None]
        readers = [holder(one.name, one.role, one.project_ids, one.region_code, one.unit) for one in found]
        if not readers:
            raise ValueError(f"E808: no living account or key is named {officer}; see: minyi accounts list")
        if not any(concerns(one, project) and access().anywhere(one, "life_safety.read") for one in readers):
            raise ValueError(
                f"E808: {officer} may not open life-safety cues of {project.id}; the role needs life_safety.read "
                "(api/policy/access.yaml), and the project has to be among its own"
            )

    def streamed(self, purpose: str | None) -> Purpose:
        """Notes that the reader follows the stream of incidents. Raises Denied."""
        granted = self._granted_somewhere("alerts.read", purpose, "alerts.stream")
        self._note("alerts.stream", granted)
        return granted

    def events(self, after: int, limit: int = 100) -> tuple[list[tuple[IncidentEvent, dict[str, Any]]], int]:
        """Events after a number that the reader may see, each with the incident's card, and the last number looked at.

        Rights are those of this moment, event by event.
        """
        store = self._office.store
        events = store.incident_events(after, limit)
        seen = []
        for event in events:
            incident, project = store.incident(event.incident_id), store.project(event.project_id)
            if incident is not None and project is not None and self._sees(incident, project):
                seen.append((event, card_of(incident, store, self._k)))
        return seen, events[-1].sequence if events else after

    @property
    def last_event(self) -> int:
        """The number of the newest event there is."""
        return self._office.store.incident_events_end()

    @property
    def k(self) -> int:
        """Voices from which on numbers are shown."""
        return self._k

    def still_welcome(self, key: str) -> bool:
        """Whether the key is still the reader's: a stream outlives the question that opened it."""
        found = self._office.store.api_key(key)
        return found is not None and found.name == self._reader.who

    def metrics(self, purpose: str | None) -> str:
        """Figures about the watch in Prometheus' text format. Raises Denied."""
        from api.metrics import metrics

        with self._refusals_noted("metrics.read"):
            granted = access().check(self._reader, "metrics.read", purpose, None)
        self._note("metrics.read", granted)
        return metrics(self._office.store)

    def _mine(self) -> list[DecisionProject]:
        projects = self._office.store.projects()
        return [project for project in projects if access().allows(self._reader, "alerts.read", project)]

    def _rows(
        self, projects: list[DecisionProject], state: IncidentState | None, day: date | None, cursor: str | None,
        limit: int,
    ) -> IncidentRows:  # fmt: skip
        """A page of what the reader sees; the cursor names none that they do not see, nor says that there is one."""
        by_id = {project.id: project for project in projects}
        begin = datetime.combine(day, time(), CHINA) if day else None
        store = self._office.store
        after, seen = _position(cursor), list[Incident]()
        while len(seen) <= limit:
            found = store.incidents(
                by_id, state=state, since=begin, until=begin + timedelta(days=1) if begin else None,
                after=after, limit=limit + 1,
            )  # fmt: skip
            seen += [one for one in found if self._sees(one, by_id[one.project_id])]
            if len(found) <= limit:
                break
            after = found[-1].begin, found[-1].id
        shown = seen[:limit]
        cursor = _cursor(shown[-1]) if len(seen) > limit else None
        return IncidentRows([card_of(one, store, self._k) for one in shown], cursor, late_of(store, by_id, self._k))

    def _sees(self, incident: Incident, project: DecisionProject) -> bool:
        if incident.kind == "life_safety":
            return incident.officer == self._reader.who and access().allows(self._reader, "life_safety.read", project)
        return access().allows(self._reader, "alerts.read", project)

    @contextmanager
    def _about(self, action: str, purpose: str | None, incident_id: str) -> Iterator[Incident]:
        """Checks and notes the event; a life-safety cue is there for its officer alone."""
        incident = self._office.store.incident(incident_id)
        project = self._office.store.project(incident.project_id) if incident else None
        safety = incident is not None and incident.kind == "life_safety"
        needed = "life_safety.read" if safety else action
        hidden = incident is None or project is None or (safety and not self._sees(incident, project))
        if incident is None or project is None or hidden:
            with self._refusals_noted(needed if incident is None or safety else action):
                access().stated(self._reader, purpose)
                raise NotFound(f"E311: no incident {incident_id}")
        with self._asked(needed, purpose, project.id, incident_id):
            yield incident

    def _changes(
        self, incident: Incident, action: Action, hours: int | None, to: str | None, verdict: Verdict | None,
        duplicate_of: str | None,
    ) -> dict[str, Any]:  # fmt: skip
        """The fields of the incident that an answer sets."""
        if action in HOURS:
            return self._until(incident, action, hours)
        if action == "verdict":
            other = self._office.store.incident(duplicate_of) if duplicate_of else None
            if duplicate_of and (
                other is None or other.id == incident.id
                or (other.project_id, other.kind) != (incident.project_id, incident.kind)
            ):  # fmt: skip
                raise StoreConflict("E152: an incident can be the duplicate of another one of its project only")
            return {"verdict": verdict, "duplicate_of": duplicate_of}
        if action == "reopen" and incident.kind == "life_safety":
            raise StoreConflict("E152: a life-safety cue is not opened again; a new text raises a new one")
        simple: dict[str, dict[str, Any]] = {
            "reopen": {"state": "open", "expires_at": None},
            "close": {"state": "closed", "expires_at": None},
            "assign": {"assigned_to": to},
        }
        return simple.get(action, {})

    def _until(self, incident: Incident, action: Action, hours: int | None) -> dict[str, Any]:
        if incident.state == "closed":
            raise StoreConflict(f"E152: incident {incident.id} is closed; open it again first (reopen)")
        state = "acknowledged" if action == "acknowledge" else "silenced"
        if incident.kind == "life_safety":
            if action == "silence":
                raise StoreConflict("E152: a life-safety cue cannot be silenced (P-18)")
            return {"state": state}
        return {"state": state, "expires_at": self._office.store.clock() + timedelta(hours=_hours(action, hours))}


def _hours(action: str, hours: int | None) -> int:
    usual, most = HOURS[action]
    if hours is not None and not 1 <= hours <= most:
        raise ValueError(f"E808: {action} lasts 1 to {most} hours")
    return hours or usual


def _agree(
    action: str, hours: int | None, to: str | None, verdict: str | None, duplicate_of: str | None, comment: str | None
) -> None:
    """Raises ValueError (E808) when values and action do not belong together."""
    if action not in get_args(Action):
        raise ValueError(f"E808: {action} is no answer; there are: {', '.join(get_args(Action))}")
    if hours is not None and action not in HOURS:
        raise ValueError(f"E808: hours do not go with {action}")
    if (to is not None) != (action == "assign") or (to is not None and not OFFICER.fullmatch(to)):
        raise ValueError("E808: assign needs `to`, the code of a unit or the name of an officer of the office")
    if (verdict is not None) != (action == "verdict"):
        raise ValueError("E808: verdict needs true, false or duplicate")
    if (duplicate_of is not None) != (verdict == "duplicate"):
        raise ValueError("E808: duplicate needs the id of the incident that it repeats")
    if action == "comment" and not comment:
        raise ValueError("E808: comment needs words")


def _redacted(comment: str | None) -> Any:
    if comment is None:
        return None
    try:
        return redact(comment).text
    except CannotRedact:
        raise ValueError("E808: the comment cannot be redacted with certainty; say it in other words") from None


def _cursor(incident: Incident) -> str:
    """Microseconds, since a cue begins at any moment: a rounded one would come again or be passed over."""
    return f"{(incident.begin - EPOCH) // timedelta(microseconds=1)}-{incident.id}"


def _position(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    moment, separator, incident_id = cursor.partition("-")
    if not separator or not CURSOR.fullmatch(moment):
        raise ValueError("E804: the cursor is not one of an earlier answer; ask without it")
    return EPOCH + timedelta(microseconds=int(moment)), incident_id
