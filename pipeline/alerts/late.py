"""Texts that came too late to be judged: an hour is judged once, and what is added to it afterwards raises no alert."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, NamedTuple

from pipeline.alerts.observation import tick_of
from pipeline.store import Store
from pipeline.store.engine import lock

LOOKED_BACK: Final = 7 * 24
"""Judged hours before the newest one whose late texts are told."""
FACT: Final = "late_texts"
THROUGH: Final = "late_texts_through"
"""Fact: the outbox up to which texts were looked at."""


class Late(NamedTuple):
    """Negative origins that no judged hour counted, and between how many and how many voices are behind them."""

    texts: int = 0
    voices_low: int = 0
    voices_high: int = 0


def late_in(store: Store, project_id: str, first: int, last: int) -> Late:
    """What came too late for the judged hours of ``first``–``last`` (both included); hours not judged yet wait."""
    series = store.alert_series([project_id]).get(project_id)
    if series is None:
        return Late()
    first, last = max(first, series.begin), min(last, series.tick)
    if first > last:
        return Late()
    judged = {hour.tick: hour for hour in store.judged_hours(project_id, first, last)}
    texts, known, documents = 0, 0, []
    for hour in store.hour_counts([project_id], first, last):
        then = judged.get(hour.tick)
        late = sum(hour.negative.values()) - (sum(then.by_source.values()) if then else 0)
        if late > 0:
            texts += late
            known += then.voices_high if then else 0
            documents += hour.documents
    if not texts:
        return Late()
    low, high = store.distinct_voices(project_id, documents)
    return Late(texts, max(0, low - known), min(texts, high))


def note_late(store: Store, judged_before: Mapping[str, int], outbox_end: int) -> int:
    """Notes the late texts of every project; how many belong to projects to which one was added since the last time.

    ``judged_before``: the last hour of each project that was judged before this watch; ``outbox_end``: then.
    """
    after = int(store.fact(THROUGH) or 0)
    oldest = store.oldest_changed(after, outbox_end)
    added = {one for one, moment in oldest.items() if tick_of(moment) <= judged_before.get(one, -1)}
    series = store.alert_series(added | late_texts(store).keys())
    found = {
        one: late for one, mine in series.items()
        if (late := late_in(store, one, mine.tick - LOOKED_BACK + 1, mine.tick)).texts
    }  # fmt: skip
    with store.transaction() as connection:
        lock(connection, "watch")
        store.set_fact(FACT, json.dumps(found, sort_keys=True))
        store.set_fact(THROUGH, str(outbox_end))
    return sum(late.texts for one, late in found.items() if one in added)


def late_texts(store: Store) -> dict[str, Late]:
    """By project what came too late for its newest judged week, as of the last watch; none: the project is missing."""
    return {one: Late(*late) for one, late in json.loads(store.fact(FACT) or "{}").items()}
