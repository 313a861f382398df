"""Sixty kills with -9 over an office's whole work: it ends like one that nobody disturbed, whoever shares the work.

A thousand for each configuration: ``python -m benchmarks.kills --times 1000 --database sqlite --workers 1``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import kill_scenario as scenario
from benchmarks.kills import Databases, Killing, Tally

KILLS = 15
"""For each of the four configurations."""


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def databases(request: pytest.FixtureRequest) -> Iterator[tuple[str, Databases]]:
    server = request.getfixturevalue("postgres_server") if request.param == "postgres" else None
    yield request.param, Databases(request.param, server)


@pytest.mark.parametrize("workers", [1, 4])
def test_wherever_workers_are_killed_nothing_is_lost_or_doubled(
    databases: tuple[str, Databases], workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, stores = databases
    tally = Tally(kind, workers)
    with scenario.quick():
        killing = Killing(tmp_path, stores, workers)
        while tally.kills < KILLS:
            killing.round(tally.rounds, tally, KILLS - tally.kills)
            assert tally.rounds < 60, "they end before they are killed: this proves little"
        monkeypatch.setattr("pipeline.work.ROUND", 0.0)  # spread and judge as often as they may while they read
        killing.round(tally.rounds, tally, 0)
        killing.close()
    assert tally.differing == []
    assert (tally.lost, tally.doubled) == (0, 0)
