"""The worker that stays: woken by what comes in, ended by a signal after the batch in hand; nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from offices import TestOffice, office_in

import pipeline.watching
import pipeline.work
from api.cli import crew
from api.cli.crew import BEGIN
from api.cli.main import cli
from api.imports import TakingIn
from crawlers.importers import open_source
from crawlers.registry import Source
from crawlers.run import CrawlRefused, permitted
from pipeline import hands
from pipeline.backlog import full, waited_for
from pipeline.reanalysis import begin, versions_of
from pipeline.records import DecisionProject
from pipeline.store.reanalysis import Scope
from pipeline.watching import Happened, Watching
from pipeline.work import Done, Progress, work

pytestmark = pytest.mark.usefixtures("rules_alone")
ROAD = DecisionProject(id="quarry-road", name_zh="青石坳采石场进场道路工程", places=("柳湾村",))
TEXT = "补偿偏低|青石坳采石场进场道路工程占了柳湾村的旱地，补偿标准只有邻镇一半，请核实第{}户。"
SECONDS = 120


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_what_comes_in_is_worked_on_and_a_stop_lets_everything_go(database_url: str, tmp_path: Path) -> None:
    with office_in(tmp_path / "one", ROAD, database_url=database_url) as office:
        watching = Watching(office)
        thread = threading.Thread(target=watching.run)
        thread.start()
        until(lambda: [one.step for one in office.store.workers()] == ["waiting"])
        with TestOffice(office.settings) as other:  # as another process would: its own connections
            other.import_texts([TEXT.format(number) for number in range(3)])
        until(lambda: office.store.counts_by_state() == {"indexed": 3})
        watching.stop()
        thread.join(SECONDS)
        assert not thread.is_alive() and office.store.lease_holders() == set()
        [worker] = office.store.workers()
        assert (worker.new, worker.step) == (3, "ended")


def test_a_cluster_that_is_away_is_waited_for_and_what_to_do_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline.watching, "SOONEST", 0.01)
    said = list[str]()
    with office_in(tmp_path / "office", ROAD) as office:
        here, office.settings = office.settings, office.settings.model_copy(update={"index_url": "http://127.0.0.1:9"})
        office.import_texts([TEXT.format(1)])

        def happened(one: Happened) -> None:
            said.append(one.what)
            if one.what == "work":
                watching.stop()
            else:
                assert office.store.counts_by_state() == {"analysed": 1}, "reading does not wait for the index"
                office.settings = here  # as if the cluster had come back

        watching = Watching(office, happened)
        watching.run()
        assert office.store.counts_by_state() == {"indexed": 1}
    assert len(said) == 2 and said[0].startswith("E605: Elasticsearch at http://127.0.0.1:9")
    assert "start it, or correct index_url; tried again in" in said[0]


@pytest.mark.parametrize("stays", [False, True], ids=["ends", "stays"])
def test_a_worker_signs_while_it_spreads_and_has_ended_only_when_it_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stays: bool
) -> None:
    spread, during = pipeline.work.spread, list[str]()
    monkeypatch.setattr(hands, "BEAT", 0.01)

    def slowly(office: TestOffice, progress: Progress, done: Done) -> None:
        [before] = office.store.workers()
        until(lambda: office.store.workers()[0].seen_at > before.seen_at)
        [now] = office.store.workers()
        assert now.alive(office.store.clock())
        during.append(now.step)
        spread(office, progress, done)

    monkeypatch.setattr(pipeline.work, "spread", slowly)
    with office_in(tmp_path / "office", ROAD) as office:
        office.import_texts([TEXT.format(1)])
        if stays:
            watching = Watching(office, lambda one: watching.stop() if one.what == "work" else None)
            watching.run()
        else:
            work(office)
        assert during == ["spreading"] and [one.step for one in office.store.workers()] == ["ended"]


def test_sigterm_ends_it_after_the_batch_in_hand(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    with office_in(folder, ROAD) as office:
        office.import_texts([TEXT.format(number) for number in range(60)])
    child = os.fork()
    if child == 0:
        try:
            with TestOffice.open(folder) as mine:
                Watching(mine).run()
            os._exit(0)
        except BaseException:
            os._exit(1)
    with TestOffice.open(folder) as office:
        until(lambda: bool(office.store.lease_holders()))
        os.kill(child, signal.SIGTERM)
        _, status = os.waitpid(child, 0)
        assert os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
        states = office.store.counts_by_state()
        assert office.store.lease_holders() == set() and states["received"] < 60
        assert sum(states.values()) == 60
        assert work(office).analysed == states["received"]


def test_the_work_reads_what_a_run_queued_beside_what_is_new_and_ends_it(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    with office_in(folder, ROAD) as office:
        office.import_texts([TEXT.format(number) for number in range(5)])
        work(office)
        office.register([ROAD.model_copy(update={"aliases": ("进场道路",)})])
        run = begin(office, Scope(), versions_of(office))
        assert run is not None and run.texts == 5
        told = CliRunner().invoke(cli, ["analyse", "--status", "--home", str(folder)]).output
        assert "0 of 5 read (0.0%)" in told and "nobody reads it now" in told
        office.import_texts([TEXT.format(9)])
        done = work(office)
        assert (done.analysed, done.reread) == (1, 5)
        assert [one.state for one in office.store.analysis_runs()] == ["done"]
        told = CliRunner().invoke(cli, ["analyse", "--status", "--home", str(folder)]).output
        assert "No run is open." in told and "5 again" in told


def test_too_much_that_waits_slows_imports_down_and_keeps_crawls_away(tmp_path: Path) -> None:
    file = tmp_path / "letters.jsonl"
    file.write_text(
        "".join(f'{{"id": "{n}", "title": "反映", "body": "柳湾村第{n}户的路灯坏了。"}}\n' for n in range(4))
    )
    with office_in(tmp_path / "office", ROAD) as office:
        office.settings = office.settings.model_copy(update={"queue_limit": 2})
        office.import_texts([TEXT.format(number) for number in range(3)])
        reason = full(office)
        assert reason is not None and reason.startswith("E166")
        refused = TakingIn(open_source(file), lambda bad: None, room=waited_for)
        assert refused.into(office).new == 0 and str(refused.refused) == reason, "nobody reads: it waits in vain"
        with pytest.raises(CrawlRefused, match="E166"):
            permitted(Source.model_construct(name="board", enabled=True), office)
        reading = TakingIn(open_source(file), lambda bad: None)
        assert reading.into(office).new == 4 and reading.refused is None
        assert office.store.counts_by_state() == {"received": 4, "indexed": 3}, "what waited was read first"


def test_the_options_that_go_together(tmp_path: Path) -> None:
    for wrong in (
        ["--workers", "2"], ["--watch", "--keep-on"],
        ["--watch", "--metrics-file", "minyi.prom"], ["--keep-on", "--metrics-file", "minyi.prom"],
        ["--watch", "--workers", "2", "--metrics-port", "9465"],
    ):  # fmt: skip
        assert CliRunner().invoke(cli, ["work", *wrong, "--home", str(tmp_path)]).exit_code == 2


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The processes that a crew begins: each only sleeps."""
    handlers = {kind: signal.getsignal(kind) for kind in (signal.SIGTERM, signal.SIGINT)}
    processes: list[subprocess.Popen[bytes]] = []
    monkeypatch.setattr(crew, "LATEST", 0.01)
    yield processes
    for kind, handler in handlers.items():
        signal.signal(kind, handler)
    for process in processes:
        process.kill()
        process.wait()


def test_a_worker_that_cannot_begin_is_begun_later_and_a_crew_that_fails_leaves_none(
    begun: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begin, tried = subprocess.Popen, list[int]()

    def sleeping(*_: object, **__: object) -> subprocess.Popen[bytes]:
        tried.append(len(tried))
        if len(tried) == 2:
            raise OSError(11, "Resource temporarily unavailable")
        if len(tried) == 4:
            raise RuntimeError("the interpreter is shutting down")
        begun.append(begin([sys.executable, "-c", "import time; time.sleep(600)"]))
        return begun[-1]

    monkeypatch.setattr(crew.subprocess, "Popen", sleeping)
    with pytest.raises(RuntimeError):
        crew.Crew(3, tmp_path, 3).run()
    assert len(tried) == 4 and [process.returncode for process in begun] == [-signal.SIGTERM] * 2


def test_a_crew_begins_another_worker_for_one_that_was_killed_and_ends_them_all(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    with office_in(folder, ROAD) as office:
        command = [sys.executable, "-c", BEGIN, "work", "--watch", "--workers", "2", "--home", str(folder)]
        running = subprocess.Popen(command, env={**os.environ, "MINYI_MODEL_DIR": "/nonexistent/model"})
        try:
            until(lambda: len([one for one in office.store.workers() if one.step == "waiting"]) == 2)
            first = office.store.workers()[0]
            os.kill(int(first.name.split(":")[1]), signal.SIGKILL)
            until(lambda: len(office.store.workers()) == 3)
        finally:
            running.send_signal(signal.SIGTERM)
        assert running.wait(SECONDS) == 0
        assert sorted(one.step for one in office.store.workers() if one.name != first.name) == ["ended", "ended"]


def test_a_second_sigterm_kills_a_crew_that_does_not_end(
    begun: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begin = subprocess.Popen
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"

    def beginning(*_: object, **__: object) -> subprocess.Popen[bytes]:
        begun.append(begin([sys.executable, "-c", deaf], stdout=subprocess.PIPE))
        assert begun[-1].stdout is not None and begun[-1].stdout.readline() == b"\n"
        if len(begun) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return begun[-1]

    def waits(process: subprocess.Popen[bytes]) -> int:
        os.kill(os.getpid(), signal.SIGTERM)
        return wait(process)

    wait = begin.wait
    with monkeypatch.context() as patched:
        patched.setattr(crew.subprocess, "Popen", beginning)
        patched.setattr(begin, "wait", waits)
        crew.Crew(2, tmp_path, 2).run()
    assert [process.returncode for process in begun] == [-signal.SIGKILL] * 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
def test_a_crew_that_is_killed_takes_its_workers_along(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    crew_of_one = f"from pathlib import Path; from api.cli.crew import Crew; Crew(1, Path({str(folder)!r}), 1).run()"
    with office_in(folder, ROAD) as office:
        running = subprocess.Popen([sys.executable, "-c", crew_of_one])
        try:
            until(lambda: [one.step for one in office.store.workers()] == ["waiting"])
        finally:
            running.kill()
            running.wait()
        until(lambda: [one.step for one in office.store.workers()] == ["ended"])
