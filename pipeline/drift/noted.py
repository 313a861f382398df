"""What the work noted of drift, for who asks often: differences of shares, how many fell silent, no count of texts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from index import SearchIndex
from pipeline.drift.counts import HEADS
from pipeline.drift.watch import Drift, Shift, drift
from pipeline.store import Store

FACT: Final = "drift"
EVERY: Final = timedelta(hours=1)
"""A share of a month does not move faster."""
ALL: Final = "all"
"""The kind of source that stands for texts of every kind."""


class NotedShift(NamedTuple):
    """How far a share moved since last month, to the hundredth; only of months that both have enough texts.

    ``difference`` None: fewer than k people may stand behind one of the shares, which it would tell of (P-06).
    """

    head: str
    source_kind: str
    difference: float | None
    moved: bool


@dataclass(frozen=True)
class Noted:
    """Drift as it was at a moment. Silent factors and sources are numbers; None: could not be told."""

    at: datetime
    shifts: tuple[NotedShift, ...]
    silent_factors: int | None
    silent_sources: int | None


def note_drift(store: Store, index: SearchIndex, k: int) -> bool:
    """Looks and keeps what it saw, once an hour however often it is called; whether it looked. Raises SearchError."""
    now, last = store.clock(), noted(store)
    if last is not None and timedelta(0) <= now - last.at < EVERY:
        return False
    found = drift(index, tuple(project.id for project in store.projects()), now)
    kept = {
        "at": now.isoformat(),
        "heads": HEADS,
        "shifts": _differences(found, k),
        "silent_factors": None if found.silent is None else len(found.silent),
        "silent_sources": None if found.sources is None else len(found.sources),
    }
    store.set_fact(FACT, json.dumps(kept, separators=(",", ":")))  # a fact holds a thousand characters
    return True


def noted(store: Store) -> Noted | None:
    """What was seen last; None before anybody looked."""
    kept = store.fact(FACT)
    if kept is None:
        return None
    data = json.loads(kept)
    return Noted(
        datetime.fromisoformat(data["at"]),
        tuple(
            NotedShift(head, kind, None if one[0] is None else one[0] / 100, bool(one[1]))
            for kind, shifts in data["shifts"].items()
            for head, one in zip(data["heads"], shifts, strict=True)
            if one
        ),
        data["silent_factors"],
        data["silent_sources"],
    )


def _differences(found: Drift, k: int) -> dict[str, list[list[int | None]]]:
    """By kind of source and in the order of the heads: whole hundredths and whether it moved; empty: cannot be told."""
    whole = [_kept(one, any(found.few(one.head, k))) for one in found.shifts]
    by_kind = {
        kind: [_kept(one, any(found.few(one.head, k, "source_kind", kind))) for one in shifts]
        for kind, shifts in found.by["source_kind"].items()
    }
    return {ALL: whole, **by_kind}


def _kept(one: Shift, few: bool) -> list[int | None]:
    if one.before is None or one.now is None or one.moved is None:
        return []
    return [None if few else round(100 * (one.now - one.before)), int(one.moved)]
