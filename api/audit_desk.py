"""The desk for the audit trail: an auditor reads it in parts, checks its chain, and takes it away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from api.desk import Desk
from api.policy import access
from pipeline.audit import Asked, BrokenLink
from pipeline.records import AuditEvent


@dataclass(frozen=True)
class Trail:
    """A page of the trail, the newest event first; ``next`` is asked for as ``before`` to go on, None at the end."""

    events: list[AuditEvent]
    total: int
    next: int | None
    actions: list[str]
    """Everything that was done so far, to choose from."""


@dataclass(frozen=True)
class Checked:
    """What a check of the whole chain found; ``head`` is the last event that it covers."""

    head: AuditEvent | None
    broken: BrokenLink | None


class AuditDesk(Desk):
    """An auditor before the trail of one office. Reading it is an event itself."""

    def trail(self, purpose: str | None, asked: Asked, *, before: int | None = None, limit: int = 100) -> Trail:
        """The events that fit, the newest first."""
        with self._read("audit.read", purpose):
            log = self._office.audit
            rows = log.found(asked, before, limit + 1)
            shown = rows[:limit]
            return Trail(shown, log.count(asked), shown[-1].sequence if len(rows) > limit else None, log.actions())

    def check(self, purpose: str | None) -> Checked:
        """Follows the chain from its first event to the newest; the newest is worth noting elsewhere."""
        with self._read("audit.verify", purpose):
            log = self._office.audit
            head = log.head()
            return Checked(head, log.verify(head))

    def export(self, purpose: str | None, asked: Asked) -> Iterator[str]:
        """The events that fit as lines of JSON, the oldest first; without bounds the chain can be followed in them."""
        with self._read("audit.export", purpose):
            head = self._office.audit.head()
        events = self._office.audit.in_order(asked, head.sequence if head else 0)
        return (f"{event.model_dump_json()}\n" for event in events)

    @contextmanager
    def _read(self, event: str, purpose: str | None) -> Iterator[None]:
        """Checks and notes; what is read then has the reading in it."""
        with self._refusals_noted(event):
            granted = access().check(self._reader, "audit.read", purpose, None)
        self._note(event, granted)
        yield
