"""Killed with -9 at any moment, an import loses nothing and doubles nothing once it is run again."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from offices import TestOffice, office_in

from api.cli.projects import read_projects
from crawlers.importers import Good, open_source
from pipeline.raw import RawItem

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
ROWS = 8
KILLS = 50


def job(folder: Path) -> None:
    """Registers, imports and works, as ``minyi import FILE --projects FILE`` does."""
    with office_in(folder, *read_projects(EXAMPLES / "projects.jsonl")[0]) as office:
        office.receive(letters())
        office.work()


def letters() -> Iterator[RawItem]:
    rows = [row for row in open_source(EXAMPLES / "petitions_waste_plant.csv") if isinstance(row, Good)]
    for item in [item for row in rows for item in row.items][:ROWS]:
        item.collected_at = datetime(2026, 10, 1, tzinfo=UTC)
        item.author_key = item.author_key or item.item_key
        yield item


def everything(folder: Path) -> dict[str, Any]:
    """All that an office knows, without the moments at which it learnt it."""
    with TestOffice.open(folder) as office:
        documents = office.documents()
        ids = [document.id for document in documents]
        entries = office.index.get(ids)
        found = {
            "documents": [document.canonical_json() for document in documents],
            "analyses": {key: [a.canonical_json() for a in office.store.analyses_of(key)] for key in ids},
            "index": sorted((e.id, e.text, e.project_ids, e.factors, e.origin_id) for e in entries.values()),
            "states": office.store.counts_by_state(),
            "quarantine": office.store.quarantined(),
            "risk points": {
                p.id: [s.candidate.canonical_json() for s in office.store.risk_points(p.id).rows if s.candidate]
                for p in office.store.projects()
            },
            "voices": {p.id: office.store.distinct_voices(p.id, ids) for p in office.store.projects()},
        }
        assert office.index.verify().problems == ()
        return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], float]:
    """An office that nobody disturbed, what it knows, and how long that takes."""
    job(tmp_path_factory.mktemp("kill") / "warm")  # loads every model here, once for all the children
    folder = tmp_path_factory.mktemp("kill") / "undisturbed"
    run(folder)
    return folder, everything(folder), min(_seconds(tmp_path_factory.mktemp("kill") / str(n)) for n in range(3))


def _seconds(folder: Path) -> float:
    """How long an undisturbed job takes: the least of some counts, since a machine that was busy once is not later."""
    started = time.monotonic()
    run(folder)
    return time.monotonic() - started


def run(folder: Path, kill_after: float | None = None) -> bool:
    """The job in a process of its own, killed after so many seconds; whether it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            job(folder)
            os._exit(0)
        except BaseException:
            os._exit(1)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        assert os.WEXITSTATUS(status) == 0
    return not os.WIFSIGNALED(status)


def test_nothing_is_lost_or_doubled_wherever_it_is_killed(
    undisturbed: tuple[Path, dict[str, Any], float], tmp_path: Path
) -> None:
    reference, expected, seconds = undisturbed
    rng = random.Random(20261127)
    survived = 0
    for number in range(KILLS):
        folder = tmp_path / str(number)
        shutil.copytree(reference / "keys", folder / "keys")
        survived += run(folder, kill_after=rng.uniform(0.02, 1.0) * seconds)
        run(folder)
        assert everything(folder) == expected, f"kill {number}"
        shutil.rmtree(folder)
    assert survived < KILLS / 2, "most runs ended before the kill: it proved little"


def test_a_second_run_changes_nothing(undisturbed: tuple[Path, dict[str, Any], float]) -> None:
    folder, expected, _ = undisturbed
    run(folder)
    assert everything(folder) == expected
