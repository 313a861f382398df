from __future__ import annotations

from datetime import timedelta

import pytest
from letters import MONDAY, ROAD

from pipeline.records import Alert
from pipeline.store import Store, UnknownRecord


def alert(number: int, **changes: object) -> Alert:
    values = {
        "id": f"a{number}",
        "project_id": "quarry-road",
        "window_start": MONDAY + timedelta(days=number),
        "window_end": MONDAY + timedelta(days=number + 1),
        "observed": 12,
        "expected": 3.0,
        "interval": (1.0, 6.0),
        "p_value": 0.001,
        "level": "yellow",
    }
    return Alert(**{**values, **changes})


def test_what_a_person_answered_outlasts_the_next_run(store: Store):
    store.upsert_projects([ROAD])
    assert store.save_alerts([alert(1), alert(2)]) == 2
    store.answer_alert("a1", "closed", verdict="false")
    assert store.save_alerts([alert(1, observed=15)]) == 0
    [answered] = store.alerts("quarry-road", "closed")
    assert (answered.observed, answered.verdict) == (15, "false")
    assert [found.id for found in store.alerts("quarry-road")] == ["a2", "a1"]
    assert store.alerts("quarry-road", "open") == [alert(2)]


def test_an_unknown_alert_cannot_be_answered(store: Store):
    with pytest.raises(UnknownRecord):
        store.answer_alert("a9", "closed")
