"""/metrics tells drift from what the work noted, and sources that match nothing from their incidents; it counts nothing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.metrics import metrics
from index import EmbeddedIndex, IndexEntry
from index.days import day_start
from pipeline.drift import note_drift
from pipeline.store import Store

NOW = day_start(date(2031, 3, 20)) + timedelta(hours=5)


def told(store: Store) -> dict[str, dict[tuple[str, ...], float]]:
    """Name → values of the labels, in the order of their names → value."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(metrics(store)):
        for sample in family.samples:
            labels = tuple(value for _, value in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(f"sqlite:///{tmp_path / 'a.sqlite3'}") as opened:
        opened.clock = lambda: NOW
        yield opened


def test_before_anybody_looked_nothing_is_said(store: Store) -> None:
    seen = told(store)
    assert not {"minyi_drift", "minyi_drift_moved", "minyi_silent", "minyi_drift_age_seconds"} & set(seen)
    assert seen["minyi_source_incidents"] == {("no_success",): 0, ("no_items",): 0, ("blocked",): 0}


def test_what_the_work_noted_is_told_without_asking_the_index(store: Store, tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index")
    index.write(
        IndexEntry(
            id=f"{day}-{number}", sequence=number + 1, title="题", body="文", published_at=day_start(day),
            is_grievance=day.month == 2, source_kind="hotline", source=f"{source}", factors=(),
        )
        for day, source in (
            (date(2030, 11, 3), "区长信箱"), (date(2031, 2, 10), "县长信箱"), (date(2031, 3, 10), "县长信箱"),
        )
        for number in range(120)
    )  # fmt: skip
    index.commit()
    note_drift(store, index, 5)
    index.close()
    store.clock = lambda: NOW + timedelta(minutes=30)
    seen = told(store)
    assert seen["minyi_drift"]["grievance", "hotline"] == seen["minyi_drift"]["grievance", "all"] == -1
    assert seen["minyi_drift_moved"]["grievance", "all"] == 1 and seen["minyi_drift_moved"]["negative", "all"] == 0
    assert seen["minyi_silent"] == {("source",): 1, ("factor",): 0}
    assert seen["minyi_drift_age_seconds"] == {(): 1800}
    lines = [line for line in metrics(store).splitlines() if line.startswith(("minyi_drift", "minyi_silent"))]
    assert lines and not [line for line in lines if "信箱" in line or "120" in line]


def test_a_source_that_matches_nothing_is_counted_until_its_incident_is_closed(store: Store) -> None:
    store.settle_incidents("春笋网", {"no_items": {"missed_by_habit": 9.0}})
    store.settle_incidents("县长信箱", {"no_items": {}, "blocked": {}})
    assert told(store)["minyi_source_incidents"] == {("no_success",): 0, ("no_items",): 2, ("blocked",): 1}
    store.settle_incidents("县长信箱", {})
    seen = told(store)["minyi_source_incidents"]
    assert seen == {("no_success",): 0, ("no_items",): 1, ("blocked",): 0} and "春笋" not in metrics(store)
