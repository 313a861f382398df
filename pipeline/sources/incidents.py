"""Incidents (来源事件): a source that falls silent is an incident of the source, never a fall of opinion."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from pipeline.sources.habit import habit_of
from pipeline.sources.monitors import SILENT
from pipeline.store import IncidentKind, SourceState, Store

INTERVALS: Final = 3
"""A source that could not be read for longer than so many of its intervals is silent."""


def review(store: Store) -> dict[str, set[IncidentKind]]:
    """Opens and closes the incidents of every source that was ever crawled; returns those that are present.

    Empty windows of a source that shows nothing against its habit are stored as out of order, so that counts beside
    them are not shown as complete.
    """
    present: dict[str, set[IncidentKind]] = {}
    for state in store.source_states().values():
        if state.begun_at is not None:
            with store.transaction():
                found = incidents_of(store, state)
                store.settle_incidents(state.name, found)
            present[state.name] = set(found)
    return present


def incidents_of(store: Store, state: SourceState) -> dict[IncidentKind, dict[str, Any]]:
    """The incidents that are present at one source, with their numbers. One that is switched off has none."""
    if not state.enabled:
        return {}
    found: dict[IncidentKind, dict[str, Any]] = {}
    if state.blocked:
        found["blocked"] = {"cause": state.blocked}
    habit = habit_of(store.windows(state.name))
    if habit.empty_since is not None and habit.missed >= SILENT:
        found["no_items"] = {
            "empty_since": habit.empty_since.isoformat(),
            "items_a_day_before": round(habit.per_day, 1),
            "missed_by_habit": round(habit.missed, 1),
        }
        store.doubt_empty_windows(state.name, habit.empty_since)
    if silent := _not_read(store, state):
        found["no_success"] = silent
    return found


def _not_read(store: Store, state: SourceState) -> dict[str, Any] | None:
    """How long nothing could be read, where that is too long. Reading a part is reading; a pause at night is none."""
    read = [crawl.ended_at for crawl in store.crawls(state.name) if crawl.state == "done" or crawl.figures["items"]]
    last = max(filter(None, (*read[:1], state.last_success)), default=state.begun_at)
    allowed = INTERVALS * timedelta(minutes=state.every_minutes or 0)
    if last is None or not state.every_minutes or store.clock() - last <= allowed:
        return None
    hour = timedelta(hours=1)
    return {
        "last_read": last.isoformat(),
        "hours": round((store.clock() - last) / hour, 1),
        "allowed_hours": round(allowed / hour, 1),
    }
