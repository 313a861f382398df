"""The continuous service: what is due is crawled once whoever does it, and a signal ends it within bounds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from notes import publish
from offices import TestOffice, office_in
from replica import Replica
from replica_notice import county_notices
from sqlalchemy import text

from crawlers.registry import Source
from crawlers.run import CrawlReport, permitted
from crawlers.service import Service, Told
from pipeline.notify import Sent
from pipeline.office import Office
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store.wake import Bell, BellLost

ROOT = Path(__file__).parents[2]


def deployed(home: Path, source: Source) -> None:
    """Writes a source file of the data folder."""
    folder = home / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    lines: dict[str, Any] = source.model_dump(mode="json", exclude={"window", "parser", "every", "night_window"})
    written = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in lines.items()]
    written += ['every = "1d"', "[window]", 'length = "90d"', 'finest = "90d"', 'recrawl = "1d"', 'first = "365d"']
    written += ["[parser]", 'unit = "span.source"', "[parser.list]", 'rows = "ul.list > li"', 'date = "span.date"',
                'pages = "index_{page}.html"', "second_page = 1", "whole = true"]  # fmt: skip
    (folder / f"{source.name}.toml").write_text("\n".join(written) + "\n", "utf-8")


def service(home: Path, **environment: str) -> subprocess.Popen[str]:
    """The service as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", "from api.cli.main import main; main()", "work", "--keep-on", "--json", "--home", str(home)],
        cwd=ROOT, env={**os.environ, "MINYI_PROCESSES": "1", "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def until(condition: Any, seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


def ended(process: subprocess.Popen[str]) -> tuple[list[dict[str, Any]], str]:
    """What a service told, once it has ended."""
    out, err = process.communicate(timeout=300)
    return [json.loads(line) for line in out.splitlines()], err


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A data folder, and what makes processes use its database."""
    home = tmp_path / "office"
    if request.param == "sqlite":
        office_in(home).close()
        return home, {}
    url = request.getfixturevalue("postgres_server").new_database()
    office_in(home, database_url=url).close()
    return home, {"MINYI_DATABASE_URL": url}


def test_two_services_read_each_window_once(shared: tuple[Path, dict[str, str]], site: Replica) -> None:
    home, environment = shared
    deployed(home, county_notices(site).source())
    processes = [service(home, **environment) for _ in range(2)]
    settings = Settings(home=home, **({"database_url": environment["MINYI_DATABASE_URL"]} if environment else {}))
    store = Store.open(settings.store_url)
    try:
        until(lambda: store.source_state("nanling-notices").last_success is not None)
        until(lambda: store.waiting("received") == 0)
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        told = [ended(process) for process in processes]
    crawls = [line["crawl"] for lines, _ in told for line in lines if "crawl" in line and line["crawl"]["windows"]]
    assert len(crawls) == 1 and crawls[0]["state"] == "done"
    details = [path for path in site.paths() if path.startswith("/gggs/t")]
    assert len(details) == len(set(details)), "a notice was asked for twice"
    assert [process.returncode for process in processes] == [0, 0], told
    assert "征收" not in json.dumps(told, ensure_ascii=False)
    with store.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM leases")).scalar_one() == 0
    store.close()


def test_sigterm_ends_a_slow_crawl_which_then_goes_on(tmp_path: Path, site: Replica) -> None:
    home = tmp_path / "office"
    office_in(home).close()
    pages = county_notices(site)
    deployed(home, pages.source(rate_seconds=0.5))
    process = service(home)
    until(lambda: any(path.startswith("/gggs/t") for path in site.paths()))
    process.send_signal(signal.SIGTERM)
    told, err = ended(process)
    assert process.returncode == 0 and "Traceback" not in err
    assert [line["crawl"]["state"] for line in told if "crawl" in line] == ["interrupted"]
    deployed(home, pages.source())
    process = service(home)
    with office_in(home) as office:
        until(lambda: office.store.source_state("nanling-notices").last_success is not None)
        process.send_signal(signal.SIGTERM)
        ended(process)
        assert len(office.documents()) == 7


class _Clock:
    """A clock that a test sets forward."""

    def __init__(self, office: TestOffice) -> None:
        self.ahead = timedelta()
        real = office.store.clock
        office.store.clock = lambda: real() + self.ahead


def test_each_source_is_read_when_it_is_due_and_one_that_fails_ends_no_other(office: TestOffice, site: Replica) -> None:
    clock = _Clock(office)
    publish(site, range(2))
    pages = county_notices(site)
    deployed(office.folder, pages.source())
    deployed(office.folder, pages.source(name="second", start=["/gggs/index.html"], spider="notice"))
    (office.folder / "sources" / "broken.toml").write_text("name = 1\n")
    told: list[Told] = []
    running = Service(office, told.append, tick=0.2)
    assert {source.name for source in running.due()} == {"nanling-notices", "second"}
    thread = threading.Thread(target=running.run)
    thread.start()

    def read() -> list[str]:
        return [one.report.source for one in list(told) if one.report and one.report.state == "done"]

    try:
        until(lambda: len(read()) >= 1)
        clock.ahead += timedelta(minutes=6)  # the other begins at the same host, and waits until that is free
        until(lambda: sorted(read()) == ["nanling-notices", "second"])
        time.sleep(1)
        assert len(read()) == 2, "nothing is read before it is due"
        clock.ahead += timedelta(days=1)
        until(lambda: len(read()) >= 3)
    finally:
        running.stop()
        thread.join(300)
    assert not thread.is_alive()


def test_it_notifies_beside_the_crawls_and_a_failure_ends_nothing(office: TestOffice) -> None:
    clock, asked, told = _Clock(office), list[Office](), list[Told]()

    def notify(asked_by: Office) -> Sent:
        asked.append(asked_by)
        if len(asked) == 1:
            raise OSError("the store is away")
        return Sent(sent=1) if len(asked) == 2 else Sent()

    running = Service(office, told.append, tick=0.1, notify=notify)
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        until(lambda: len(asked) == 1)
        time.sleep(1)
        assert len(asked) == 1, "nothing is looked for again at once"
        for times in (2, 3):
            clock.ahead += timedelta(seconds=61)
            until(lambda times=times: len(asked) == times)
    finally:
        running.stop()
        thread.join(300)
    assert not thread.is_alive() and set(map(id, asked)) == {id(office)}
    assert [one.sent for one in told if one.sent] == [Sent(sent=1)]
    assert any("OSError" in one.what for one in told)


def test_a_crawl_refused_because_too_much_waits_has_the_service_read_it_at_once(
    office: TestOffice, site: Replica
) -> None:
    """Nothing else would bring it to work before the next hour."""
    at = office.store.clock()
    office.store.clock = lambda: at  # the hour does not end meanwhile
    office.settings = office.settings.model_copy(update={"queue_limit": 1})
    deployed(office.folder, county_notices(site).source())
    told, worked_once = list[Told](), threading.Event()

    def crawled(source: Source, office: TestOffice, **_: Any) -> CrawlReport:
        assert worked_once.wait(300)  # the hour's work is done
        office.import_texts(["路灯坏了|柳湾村东口的路灯坏了，请修。", "路面坏了|柳湾村西口的路面坏了，请修。"])
        permitted(source, office)
        return CrawlReport(source.name)

    def hear(one: Told) -> None:
        told.append(one)
        if one.what == "work":
            worked_once.set()

    running = Service(office, hear, tick=0.1, crawl_with=crawled)
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        until(lambda: len([one for one in told if one.what == "work"]) >= 2, 60)
    finally:
        running.stop()
        thread.join(300)
    assert any(one.what.startswith("E166") for one in told)
    assert office.store.waiting("received") == 0


def test_what_another_process_imports_is_worked_on_at_once_though_the_bell_was_lost(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a tick nor the end of the hour comes to its help."""
    with office_in(tmp_path / "one", database_url=database_url) as office:
        at, listening, lost = office.store.clock(), office.store.listening, list[str]()
        office.store.clock = lambda: at

        @contextmanager
        def cut() -> Iterator[Bell]:
            with listening() as bell:
                if not lost:
                    monkeypatch.setattr(bell, "wait", gone)
                yield bell

        def gone(seconds: float) -> bool:
            lost.append("E167")
            raise BellLost("E167")

        monkeypatch.setattr(office.store, "listening", cut)
        told = list[Told]()
        running = Service(office, told.append, tick=3600)
        thread = threading.Thread(target=running.run)
        thread.start()
        try:
            for number in range(1, 3):
                until(lambda: [one.step for one in office.store.workers()] == ["waiting"], 60)
                with TestOffice(office.settings) as other:  # as another process would: its own connections
                    other.import_texts([f"路灯坏了|柳湾村东口第{number}盏路灯坏了，请修。"])
                until(lambda number=number: office.store.counts_by_state() == {"indexed": number}, 60)
        finally:
            running.stop()
            thread.join(300)
        assert not thread.is_alive() and lost == ["E167"]
        assert any(one.what.startswith("store out of reach (BellLost)") for one in told)
        assert [(one.new, one.step) for one in office.store.workers()] == [(2, "ended")]


def test_a_source_outside_its_hours_or_switched_off_or_blocked_is_not_due(office: TestOffice, site: Replica) -> None:
    deployed(office.folder, county_notices(site).source())
    running = Service(office)
    assert [source.name for source in running.due()] == ["nanling-notices"]
    office.store.block_source("nanling-notices", "captcha")
    assert running.due() == []
    office.store.switch_source("nanling-notices", enabled=False, by="tester", reason=None)
    assert running.due() == []
    office.store.switch_source("nanling-notices", enabled=True, by="tester", reason=None)
    file = office.folder / "sources" / "nanling-notices.toml"
    from datetime import UTC, datetime

    office.store.clock = lambda: datetime(2026, 3, 4, 4, tzinfo=UTC)  # noon in Shanghai
    file.write_text('night_window = "22:00-06:00"\n' + file.read_text("utf-8"), "utf-8")
    assert running.due() == []


def test_a_database_that_is_away_for_a_while_does_not_end_the_service(
    office: TestOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What asks the store fails three times; the service says so, and works when the store is back."""
    from sqlalchemy.exc import OperationalError

    told: list[Told] = []
    asked, states = iter(range(1000)), office.store.source_states

    def hear(one: Told) -> None:
        told.append(one)
        if one.what == "work":
            running.stop()

    def away() -> Any:
        if next(asked) < 3:
            raise OperationalError("SELECT", {}, Exception("server closed the connection"))
        return states()

    running = Service(office, hear, tick=0.01)
    monkeypatch.setattr(office.store, "source_states", away)
    running.run()
    assert [one.what for one in told if "out of reach" in one.what]
    assert told[-1].what == "work"


def test_why_the_work_failed_and_what_to_do_stands_in_the_log(office: TestOffice) -> None:
    told: list[Told] = []

    def hear(one: Told) -> None:
        told.append(one)
        running.stop()

    office.settings = office.settings.model_copy(update={"index_url": "http://127.0.0.1:9"})
    office.import_texts(["路灯坏了|柳湾村东口第1盏路灯坏了，请修。"])
    running = Service(office, hear, tick=0.01)
    running.run()
    assert told[0].what.startswith("work failed (E605: Elasticsearch at http://127.0.0.1:9")
    assert "start it, or correct index_url)" in told[0].what
