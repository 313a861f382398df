"""What became of matters between two readings of a project: appeared, renamed, merged, split, ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pipeline.records.matter import MatterEvent

Members = Mapping[str, frozenset[str]]
"""Documents by matter."""


def changes_between(project_id: str, before: Members, after: Members, at: datetime) -> list[MatterEvent]:
    """The events that lead from one grouping to the other, in order of id; growth alone is no event."""
    now = {document: key for key, documents in after.items() for document in documents}
    sources: Counter[str] = Counter()
    into: dict[str, tuple[str, ...]] = {}
    for key in sorted(before):
        into[key] = tuple(sorted({now[document] for document in before[key] if document in now}))
        sources.update(into[key])
    found = []
    for key, successors in into.items():
        if successors == (key,):
            continue
        if not successors:
            change = "ended"
        elif len(successors) > 1:
            change = "split"
        else:
            change = "merged" if sources[successors[0]] > 1 or successors[0] in before else "renamed"
        found.append(MatterEvent(project_id=project_id, matter_id=key, change=change, into=successors, at=at))
    found += [
        MatterEvent(project_id=project_id, matter_id=key, change="appeared", at=at)
        for key in sorted(after)
        if key not in before and not sources[key]
    ]
    return found


def where_it_is_now(matter_id: str, events: Sequence[MatterEvent], live: Iterable[str]) -> tuple[str, ...]:
    """The living matters that a former one became, by id; itself while it lives, empty when it ended."""
    alive, found, seen, waiting = set(live), set(), set(), [matter_id]
    latest = {event.matter_id: event for event in events if event.change != "appeared"}
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        if key in alive:
            found.add(key)
        elif key in latest:
            waiting += latest[key].into
    return tuple(sorted(found))
