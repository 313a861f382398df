"""Two versions at work at once, as during an upgrade: neither reads again what the other one has read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from offices import TestOffice, office_in

import pipeline.work
from api.cli.main import cli
from pipeline import hands
from pipeline.hands import lease_name
from pipeline.reanalysis import begin, versions_of
from pipeline.records import DecisionProject
from pipeline.store import Store
from pipeline.store.reanalysis import Scope
from pipeline.watching import Watching
from pipeline.work import Done, Silent, release_the_dead, spread, work

pytestmark = pytest.mark.usefixtures("rules_alone")
ROAD = DecisionProject(id="quarry-road", name_zh="青石坳采石场进场道路工程", places=("柳湾村",))
RENAMED = ROAD.model_copy(update={"aliases": ("进场道路",)})
TEXTS = [f"补偿偏低|青石坳采石场进场道路工程占了柳湾村的旱地，请核实第{number}户。" for number in range(4)]


@pytest.fixture
def read(tmp_path: Path) -> Iterator[TestOffice]:
    """An office whose texts were read before the registry changed."""
    with office_in(tmp_path / "office", ROAD) as office:
        office.import_texts(TEXTS)
        assert work(office).analysed == len(TEXTS)
        yield office


def test_what_a_living_worker_of_other_versions_read_is_not_sent_back(read: TestOffice) -> None:
    before = versions_of(read)
    read.store.add_worker("elsewhere:1:a:b", before)
    read.register([RENAMED])
    for _ in range(2):
        assert work(read).analysed == 0
    read.store.sign("elsewhere:1:a:b", "ended")
    assert work(read).analysed == len(TEXTS)
    assert work(read).analysed == 0


def test_once_the_last_worker_of_other_versions_has_gone_a_worker_that_waits_reads_the_rest(
    read: TestOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing comes in, and no hour ends."""
    monkeypatch.setattr("pipeline.watching.BEAT", 0.02)
    now = read.store.clock()
    read.store.clock = lambda: now
    read.store.add_worker("elsewhere:1:a:b", versions_of(read))
    read.register([RENAMED])
    done = list[int]()

    def happened(one: object) -> None:
        if (of_work := getattr(one, "done", None)) is not None:
            done.append(of_work.analysed)
            read.store.sign("elsewhere:1:a:b", "ended")
            if of_work.analysed:
                watching.stop()

    watching = Watching(read, happened)
    watching.run()
    assert done == [0, len(TEXTS)]


def test_an_open_run_whose_texts_were_read_by_newer_versions_ends_and_its_status_tells_the_queue(
    read: TestOffice,
) -> None:
    read.register([RENAMED])
    assert begin(read, Scope(), versions_of(read)) is not None
    read.register([RENAMED.model_copy(update={"aliases": ("进场道路", "采石场道路")})])
    assert "0 of 4 read (0.0%), 0.0/s by 0 workers, 4 left" in _status(read)
    read.store.add_worker("elsewhere:1:a:b", read.store.analysis_runs()[0].versions)
    assert begin(read, Scope(), versions_of(read)) is not None
    assert "0 of 4 read (0.0%), 0.0/s by 1 workers, nothing left" in _status(read), "the later run took them over"
    read.store.sign("elsewhere:1:a:b", "ended")
    done = work(read)
    assert (done.reread, done.analysed) == (4, 0)
    assert "No run is open." in _status(read)
    listed = CliRunner().invoke(cli, ["analyse", "--list", "--home", str(read.folder)]).output
    assert "0 of 4 read, 4 left to others" in listed


def _status(office: TestOffice) -> str:
    return CliRunner().invoke(cli, ["analyse", "--status", "--home", str(office.folder)]).output


def test_an_index_that_was_busy_for_a_while_is_not_called_busy_at_the_end(read: TestOffice) -> None:
    done = Done(index_busy=True)
    spread(read, Silent(), done)
    assert not done.index_busy


def test_leases_of_a_machine_of_the_same_name_are_left_to_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    command = "from pipeline.hands import lease_name; print(lease_name())"
    here = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True).stdout.strip()
    alive = lease_name()
    monkeypatch.setattr(hands, "_machine", lambda: "ffffffff")
    there = f"{here.rpartition(':')[0]}:{hands._machine()}"
    monkeypatch.undo()
    for name in (here, there, alive):
        assert store.hold([name], name, 60) is None
    release_the_dead(store)
    assert store.holders() == {there, alive} and len(there) <= 100 and str(os.getpid()) in alive


def test_a_worker_that_was_killed_here_has_ended_in_the_list(read: TestOffice) -> None:
    command = "from pipeline.hands import lease_name; print(lease_name())"
    dead = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True).stdout.strip()
    read.store.add_worker(dead, versions_of(read))
    pipeline.work.note_the_dead(read.store)
    assert [one.step for one in read.store.workers() if one.name == dead] == ["ended"]
