"""What the work noted of drift, for who asks often: differences of shares, how many fell silent, no count of texts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from index import SearchIndex
from pipeline.drift.watch import Drift, Shift, drift
from pipeline.store import Store

FACT: Final = "drift"
EVERY: Final = timedelta(hours=1)
"""A share of a month does not move faster."""
ALL: Final = "all"
"""The kind of source that stands for texts of every kind."""


class NotedShift(NamedTuple):
    """How far a share moved since last month, in whole hundredths; only of months that both have enough texts."""

    head: str
    source_kind: str
    difference: float
    moved: bool


@dataclass(frozen=True)
class Noted:
    """Drift as it was at a moment. Silent factors and sources are numbers; None: could not be told."""

    at: datetime
    shifts: tuple[NotedShift, ...]
    silent_factors: int | None
    silent_sources: int | None


def note_drift(store: Store, index: SearchIndex) -> bool:
    """Looks and keeps what it saw, once an hour however often it is called; whether it looked. Raises SearchError."""
    now, last = store.clock(), noted(store)
    if last is not None and timedelta(0) <= now - last.at < EVERY:
        return False
    found = drift(index, tuple(project.id for project in store.projects()), now)
    kept = {
        "at": now.isoformat(),
        "shifts": _differences(found),
        "silent_factors": None if found.silent is None else len(found.silent),
        "silent_sources": None if found.sources is None else len(found.sources),
    }
    store.set_fact(FACT, json.dumps(kept))
    return True


def noted(store: Store) -> Noted | None:
    """What was seen last; None before anybody looked."""
    kept = store.fact(FACT)
    if kept is None:
        return None
    data = json.loads(kept)
    return Noted(
        datetime.fromisoformat(data["at"]),
        tuple(NotedShift(*one) for one in data["shifts"]),
        data["silent_factors"],
        data["silent_sources"],
    )


def _differences(found: Drift) -> list[NotedShift]:
    kinds: dict[str, tuple[Shift, ...]] = {ALL: found.shifts, **found.by["source_kind"]}
    return [
        NotedShift(one.head, kind, round(one.now - one.before, 2), one.moved)
        for kind, shifts in kinds.items()
        for one in shifts
        if one.before is not None and one.now is not None and one.moved is not None
    ]
