"""From a message to the notice that may be told at this moment: counts under k-anonymity, quotes where P-07 allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from api.incident_cards import LEVEL_ZH, card_of, page_of, recurrence_zh
from api.notices import words
from api.notices.holders import living
from api.notices.notice import notice_of
from api.policy import Denied, Reader, access
from api.policy.wording import CONTROL_WORDS
from api.shown_dispatches import dispatch_shown
from models.taxonomy import taxonomy
from pipeline.alerts.levels import LevelRules
from pipeline.alerts.observation import CHINA
from pipeline.notify import Notice
from pipeline.notify.dispatches import KEY, dispatch_of
from pipeline.records import DispatchProposal, Incident, IncidentEvent
from pipeline.records.subscription import Message, Subscription
from pipeline.store import Store

CARD: Final = (
    "id", "project_id", "project_name", "kind", "level", "headline", "begin", "ended", "window_start", "window_end",
    "window_hours", "observed", "expected", "interval", "recurrence_months", "source_kinds", "lower_bound",
    "volume_artefact", "state", "verdict",
)  # fmt: skip
"""Fields of an incident's card that a webhook is given."""
DRIVERS: Final = 3
"""Drivers of a facet that a notice names."""
QUOTES: Final = 3


def may_tell(store: Store, subscription: Subscription, incident: Incident) -> bool:
    """Whether the subscriber may read the incident at this moment, by role, stage, region and purpose (P-09, P-18)."""
    project = store.project(incident.project_id)
    if project is None:
        return False
    reader = Reader(subscription.who, subscription.role, subscription.project_ids, subscription.region_code)
    safety = incident.kind == "life_safety"
    if safety and incident.officer != subscription.who:
        return False
    try:
        access().check(reader, "life_safety.read" if safety else "alerts.read", subscription.purpose, project)
    except Denied:
        return False
    return True


def may_tell_dispatch(store: Store, subscription: Subscription, dispatch: DispatchProposal) -> bool:
    """Whether the subscriber may read a dispatch at this moment (P-09); a response unit hears of its own alone.

    Whom a response unit's subscriber answers for stands in the account or key of the name: without one, of nobody.
    """
    project = store.project(dispatch.project_id)
    if subscription.role == "response_unit":
        mine = living(store, subscription.who, subscription.role)
        asked = (dispatch.functional_unit, dispatch.territorial_unit)
        if not any(one.sees_dispatches_of(*asked) for one in mine):
            return False
    reader = Reader(subscription.who, subscription.role, subscription.project_ids, subscription.region_code)
    try:
        access().check(reader, "dispatches.read", subscription.purpose, project)
    except Denied:
        return False
    return project is not None


@dataclass(frozen=True)
class Composer:
    """Writes notices for one run of one office; ``public_url`` is where people open incidents, empty for no links."""

    store: Store
    k: int
    rules: LevelRules
    public_url: str = ""
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Pages of incidents that were explained already, for further subscribers."""

    def __call__(self, message: Message, subscription: Subscription) -> Notice | None:
        """The notice; None when the subscriber may read none of it any more.

        Raises ControlWording (E833) for words that nothing we send may say (P-16).
        """
        if KEY.match(message.key):
            return self._dispatch(message, subscription)
        told = [
            (event, incident)
            for event in self.store.events_of_message(message.key)
            if (incident := self.store.incident(event.incident_id)) and may_tell(self.store, subscription, incident)
        ]
        if not told:
            return None
        if message.digest:
            return self._digest(message, told)
        event, incident = told[0]
        if incident.kind == "life_safety":
            return self._safety(message, event, incident)
        return self._one(message, event, incident, subscription.quotes)

    def _one(self, message: Message, event: IncidentEvent, incident: Incident, quotes: bool) -> Notice:
        if incident.id not in self.pages:
            self.pages[incident.id] = page_of(incident, self.store, self.k, self.rules)
        page = self.pages[incident.id]
        lines = [*self._lines(event, page, quotes)]
        subject = f"【{LEVEL_ZH[incident.level]}】{words.OF_EVENT[event.kind]}：{page['project_name']}"
        return notice_of(message.key, subject, lines, {"event": event.kind, "incident": self._card(page)})

    def _lines(self, event: IncidentEvent, page: dict[str, Any], quotes: bool) -> Iterator[str]:
        if event.kind == "reminder":
            yield words.REMINDED
        if event.kind == "closed":
            yield words.CLOSED[page["verdict"]]
        yield words.PROJECT.format(name=page["project_name"], id=page["project_id"])
        yield words.LEVEL.format(level=page["level_name"])
        start, end, hours = _clock(page["window_start"]), _clock(page["window_end"]), page["window_hours"]
        yield words.WINDOW.format(start=start, end=end, hours=hours)
        low, high = page["interval"]
        yield words.OBSERVED.format(
            seen=_count(page["observed"]), expected=f"{page['expected']:.1f}", low=f"{low:.0f}", high=f"{high:.0f}"
        )
        now = page["explanation"]["observed_now"] if page["explanation"] else page["observed"]
        if now != page["observed"]:
            yield words.SINCE.format(seen=_count(now))
        if page["recurrence_months"] is not None:
            yield words.RECURRENCE.format(words=recurrence_zh(page["recurrence_months"]))
        if page["lower_bound"]:
            yield words.LOWER_BOUND
        if page["volume_artefact"]:
            yield words.ARTEFACT
        if page["explanation"] and event.kind != "closed":
            yield from _why(page["explanation"], quotes)
        yield words.ASKED
        yield self._where(page["id"])

    def _digest(self, message: Message, told: list[tuple[IncidentEvent, Incident]]) -> Notice:
        """One line an incident, the highest level first; of several events of one the last counts."""
        last = {incident.id: (event, incident) for event, incident in told}
        cards = [(event, card_of(incident, self.store, self.k)) for event, incident in last.values()]
        cards.sort(key=lambda one: (-list(LEVEL_ZH).index(one[1]["level"]), one[1]["begin"], one[1]["id"]))
        lines = []
        for number, (event, card) in enumerate(cards, 1):
            lines.append(
                words.DIGEST_LINE.format(
                    number=number, level=card["level_name"], what=words.OF_EVENT[event.kind], headline=card["headline"]
                )
            )
            lines.append(self._where(card["id"]))
        subject = words.DIGEST_SUBJECT.format(count=len(cards))
        data = [{"event": event.kind, "incident": self._card(card)} for event, card in cards]
        return notice_of(message.key, subject, [*lines, words.ASKED], {"event": "digest", "incidents": data})

    def _safety(self, message: Message, event: IncidentEvent, incident: Incident) -> Notice:
        """P-18: matter, cue and time, and how the officer opens the pointer; no quote, no address, no link."""
        card = card_of(incident, self.store, self.k)
        name, cue = card["project_name"], incident.cue or ""
        if event.kind == "closed":
            subject = words.SAFETY_CLOSED.format(incident=incident.id)
            return notice_of(message.key, subject, [subject], {"event": "closed", "incident": {"id": incident.id}})
        told = {
            "name": name,
            "id": incident.project_id,
            "matter": incident.matter_id or words.NO_MATTER,
            "cue": taxonomy().cues[cue].name_zh if cue else "",
            "code": cue,
            "time": _clock(incident.window_end),
            "incident": incident.id,
        }
        lines = [line.format(**told) for line in words.SAFETY]
        data = {
            "id": incident.id, "kind": incident.kind, "project_id": incident.project_id, "cue": cue,
            "matter_id": incident.matter_id, "time": incident.window_end.isoformat(),
        }  # fmt: skip
        subject = words.SAFETY_SUBJECT.format(name=name)
        return notice_of(message.key, subject, lines, {"event": "life_safety", "incident": data})

    def _dispatch(self, message: Message, subscription: Subscription) -> Notice | None:
        """A unit beyond its clock (P-25): units, days and the rule; nothing of who complained, and no response text."""
        found = dispatch_of(self.store, message)
        project = self.store.project(found[0].project_id) if found else None
        if found is None or project is None or not may_tell_dispatch(self.store, subscription, found[0]):
            return None
        shown = dispatch_shown(self.store, found[0])
        late = shown["late"]
        told = {
            "name": project.name_zh, "id": project.id, "factor": shown["factor_name"], "unit": late["unit"],
            "territorial": shown["territorial_unit_name"], "step": words.DISPATCH_STEP[late["step"]],
            "limit": late["since"], "days": late["days"], "basis": late["basis"], "dispatch": shown["id"],
        }  # fmt: skip
        lines = [line.format(**told) for line in words.DISPATCH]
        names = ("id", "project_id", "risk_point_id", "functional_unit", "territorial_unit", "state")
        data = {name: shown[name] for name in names} | {"late": {**late, "since": late["since"].isoformat()}}
        subject = words.DISPATCH_SUBJECT.format(**told)
        return notice_of(message.key, subject, [*lines, words.ASKED], {"event": "dispatch_overdue", "dispatch": data})

    def _where(self, incident_id: str) -> str:
        link = self._link(incident_id)
        return words.LINK.format(link=link) if link else words.NUMBER.format(id=incident_id)

    def _link(self, incident_id: str) -> str | None:
        return f"{self.public_url.rstrip('/')}/incidents/{incident_id}" if self.public_url else None

    def _card(self, card: dict[str, Any]) -> dict[str, Any]:
        shown = {name: card[name] for name in CARD}
        plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in shown.items()}
        return {**plain, "link": self._link(card["id"])}


def trial_notice(key: str, name: str) -> Notice:
    """A message that says nothing but that the channel works."""
    return notice_of(key, words.TEST_SUBJECT, [words.TEST_TEXT.format(name=name)], {"event": "test"})


def _why(explanation: dict[str, Any], quotes: bool) -> Iterator[str]:
    """Drivers by factor and source with counts as they may be shown; places and matters stay in the system."""
    said: list[str] = []
    for facet in explanation["drivers"]:
        rows = facet["values"][:DRIVERS]
        if facet["facet"] in words.FACETS and rows:
            yield f"{words.FACETS[facet['facet']]}："
            yield from (words.DRIVER.format(name=row["name"], seen=_count(row["observed"])) for row in rows)
            said += [quote for row in rows for quote in row["quotes"]]
    found = [words.WITHOUT[check["code"]] for check in explanation["checks"] if check["found"]]
    if found:
        yield words.CHECKS.format(found="、".join(found))
    fit = [quote for quote in dict.fromkeys(said) if not any(word in quote for word in CONTROL_WORDS)]
    if quotes and fit:
        yield words.QUOTES
        yield from (words.QUOTE.format(text=quote) for quote in fit[:QUOTES])


def _count(shown: dict[str, Any] | None) -> str:
    if not shown:
        return words.FEWER.format(k="")
    if "less_than" in shown:
        return words.FEWER.format(k=shown["less_than"])
    if "at_least" in shown:
        return words.AT_LEAST.format(count=shown["at_least"])
    return (words.COUNT if shown.get("exact", True) else words.ABOUT).format(count=shown["value"])


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
