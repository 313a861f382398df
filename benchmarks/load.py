"""A hundred readers search and open evidence over HTTP while petitions come in: errors, waiting times, memory.

    python -m benchmarks.load --sentences ../shared/data/petitions/*.jsonl.gz --home /var/tmp/minyi-load \\
        [--readers 100] [--import 50000] [--minutes 30] [--before 5000] [--think 5] [--out report]
    python -m benchmarks.load … --minutes 180        # the soak

Four kinds of processes, as an office runs them: ``minyi serve``; ``minyi work --watch``; one that takes petitions of
350 characters in, spread evenly over the minutes; and this one, whose readers each have an API key, wait ``--think``
seconds on average between two questions, search the largest project, open a text that was found, look at the
candidates and open the evidence of one. The office begins with ``--before`` texts that are filled in (with what models
would find drawn by chance). An answer other than 200 is an error; so is none within 30 seconds. The memory of server,
worker and importer (children with them, shared pages once) is noted every ten seconds, and its slope is that of a line
through all that follows the warm-up. Pages of files that they map, which grow with the index and which the system drops
when it needs the room, are told apart.

Everything is noted in ``load.jsonl`` in the home folder. Cut off and run again with the same folder, it goes on for the
minutes that are left; slopes are then of the longest stretch without a break.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TextIO

import httpx

from benchmarks.console_office import fill, projects
from benchmarks.load_report import sheet_of
from benchmarks.shaped import NoTexts, petitions, pool_of
from benchmarks.usage import memory, processor
from pipeline.office import Office
from pipeline.settings import Settings
from tests.ports import free_port

SAMPLE_SECONDS: Final = 10.0
PATIENCE: Final = 30.0
SLICE: Final = 50
"""Petitions that come in together."""
PURPOSE: Final = "risk_identification"
WORDS: Final = ("问题", "小区", "领导", "希望", "居民", "政府", "补偿", "安全", "学校", "噪音")
STARTUP: Final = 180.0


class Samples:
    """The file of what was seen; a stretch is one run of this program."""

    def __init__(self, path: Path) -> None:
        self._path = path
        before = list(samples_of(path))
        self.done = sum(float(row["for"]) for row in before if row["kind"] == "memory")
        """Seconds that earlier stretches measured."""
        self.stretch = max((row["stretch"] for row in before), default=-1) + 1
        self.begun = time.monotonic()
        self._file: TextIO = path.open("a", encoding="utf-8")

    def note(self, kind: str, **values: Any) -> None:
        """Adds a line."""
        at = round(self.done + time.monotonic() - self.begun, 3)
        self._file.write(json.dumps({"kind": kind, "at": at, "stretch": self.stretch, **values}) + "\n")

    def flush(self) -> None:
        """Keeps what was noted, whatever happens next."""
        self._file.flush()


def samples_of(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of the file; one that was cut off is left out."""
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                with suppress(json.JSONDecodeError):
                    yield json.loads(line)


class Reader:
    """One reader: asks, waits, asks."""

    def __init__(self, client: httpx.AsyncClient, key: str, number: int, think: float, samples: Samples) -> None:
        self._client, self._headers = client, {"Authorization": f"Bearer {key}"}
        self._chance, self._think, self._samples = random.Random(number), think, samples
        self._at = f"/v1/projects/{projects()[0].id}"

    async def read(self, until: float) -> None:
        """Reads until the moment of the monotonic clock."""
        await asyncio.sleep(self._chance.random() * self._think)
        while time.monotonic() < until:
            found = await self._get("search", f"{self._at}/documents", q=self._chance.choice(WORDS), size="20")
            hits = found.get("hits") or []
            if hits:
                await self._get("text", f"{self._at}/documents/{self._chance.choice(hits)['id']}")
            cards = (await self._get("candidates", f"{self._at}/risk-points", limit="20")).get("rows") or []
            if cards:
                point = self._chance.choice(cards)["id"]
                await self._get("evidence", f"/v1/risk-points/{point}/evidence", limit="20")

    async def _get(self, name: str, address: str, **asked: str) -> dict[str, Any]:
        begun, status, said = time.monotonic(), 0, ""
        answer: dict[str, Any] = {}
        try:
            response = await self._client.get(address, params={"purpose": PURPOSE, **asked}, headers=self._headers)
            status = response.status_code
            answer = response.json()
            said = "" if status == 200 else str(answer.get("code") or answer.get("title") or "")
        except (httpx.HTTPError, ValueError) as error:
            said = type(error).__name__
        took = round((time.monotonic() - begun) * 1e3, 2)
        self._samples.note("request", name=name, ms=took, status=status, **({"error": said} if said else {}))
        await asyncio.sleep(self._chance.expovariate(1 / self._think) if self._think else 0)
        return answer if status == 200 else {}


class Run:
    """The processes of one stretch and what is noted about them."""

    def __init__(self, home: Path, asked: argparse.Namespace, samples: Samples) -> None:
        self._home, self._asked, self._samples = home, asked, samples
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._port = free_port()

    @contextmanager
    def started(self) -> Iterator[None]:
        """Server, worker and importer run inside."""
        minyi = [sys.executable, "-c", "from api.cli.main import main; main()"]
        with ExitStack() as stack:
            stack.callback(self._stop)
            self._start("server", stack, [*minyi, "serve", "--port", str(self._port), "--home", self._home / "office"])
            until = time.monotonic() + STARTUP
            while not self._answers():
                if time.monotonic() > until or self._processes["server"].poll() is not None:
                    raise SystemExit(f"the server does not answer; see {self._home / 'server.log'}")
                time.sleep(0.5)
            self._start("worker", stack, [*minyi, "work", "--watch", "--json", "--home", self._home / "office"])
            yield

    def begin_import(self, minutes: float) -> None:
        """Starts the process that takes petitions in."""
        command = [sys.executable, "-m", "benchmarks.load", "--home", self._home, "--feed", str(minutes)]
        command += ["--import", str(self._asked.petitions), "--sentences", *self._asked.sentences]
        with ExitStack() as stack:
            self._start("importer", stack, command)
            self._keeping = stack.pop_all()

    async def read(self, keys: list[str], seconds: float) -> None:
        """All readers and the notes on memory, for so long."""
        until = time.monotonic() + seconds
        limits = httpx.Limits(max_connections=len(keys), max_keepalive_connections=len(keys))
        address = f"http://127.0.0.1:{self._port}"
        async with httpx.AsyncClient(base_url=address, limits=limits, timeout=PATIENCE, trust_env=False) as client:
            readers = [Reader(client, k, n, self._asked.think, self._samples) for n, k in enumerate(keys)]
            await asyncio.gather(self._watch(until), *(one.read(until) for one in readers))

    async def _watch(self, until: float) -> None:
        last = time.monotonic()
        while (now := time.monotonic()) < until:
            await asyncio.sleep(min(SAMPLE_SECONDS, until - now))
            await asyncio.to_thread(self._look, time.monotonic() - last)
            last = time.monotonic()

    def _look(self, seconds: float) -> None:
        memories = {name: memory(one.pid) for name, one in self._processes.items()}
        held = {name: round(one.own, 1) for name, one in memories.items()}
        files = {name: round(one.files, 1) for name, one in memories.items()}
        used = {name: round(processor(one.pid), 1) for name, one in self._processes.items()}
        with Office(Settings(home=self._home / "office")) as office:
            states = office.store.counts_by_state()
        self._samples.note("memory", **{"for": seconds}, mb=held, files=files, processor=used, states=states)
        self._samples.flush()
        gone = [n for n, one in self._processes.items() if one.poll() not in (None, 0)]
        if gone:
            self._samples.note("ended", who=gone)
        total = sum(states.values())
        print(f"{time.strftime('%H:%M:%S')} {total} texts, {held} MB{' ENDED: ' if gone else ''}{', '.join(gone)}",
              file=sys.stderr, flush=True)  # fmt: skip

    def _start(self, name: str, stack: ExitStack, command: list[Any]) -> None:
        log = stack.enter_context((self._home / f"{name}.log").open("ab"))
        told = {"MINYI_REQUESTS_PER_MINUTE": "100000"}
        self._processes[name] = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, **told}, start_new_session=True
        )

    def _answers(self) -> bool:
        try:
            answer = httpx.get(f"http://127.0.0.1:{self._port}/readyz", timeout=5, trust_env=False)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200

    def _stop(self) -> None:
        for one in self._processes.values():
            if one.poll() is None:
                one.send_signal(signal.SIGTERM)
        for one in self._processes.values():
            try:
                one.wait(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(one.pid, signal.SIGKILL)
        if hasattr(self, "_keeping"):
            self._keeping.close()


def left_over(home: Path) -> list[int]:
    """Processes of an earlier run with this folder that still work, as after a kill -9."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            mine = int(entry.name) not in (os.getpid(), os.getppid())
            if mine and words[0] == sys.executable and {str(home), str(home / "office")} & set(words):
                found.append(int(entry.name))
    return found


def feed_in(home: Path, pool: list[str], count: int, minutes: float) -> None:
    """Takes the petitions that are not in yet, spread evenly over the minutes; behind, it hurries."""
    place = home / "imported"
    first = int(place.read_text()) if place.exists() else 0
    begun, slices = time.monotonic(), range(first, count, SLICE)
    with Office(Settings(home=home / "office")) as office:
        for number, start in enumerate(slices):
            office.receive(petitions(pool, min(SLICE, count - start), start))
            place.write_text(str(min(count, start + SLICE)))
            ahead = begun + (number + 1) * minutes * 60 / len(slices) - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)


def prepared(home: Path, pool: list[str], before: int, readers: int) -> list[str]:
    """The office with its first texts, and a key for each reader."""
    home.mkdir(parents=True, exist_ok=True)
    with Office(Settings(home=home / "office")) as office:
        if not (home / "filled").exists():
            fill(office, pool, before)
            (home / "filled").touch()
        run = f"{time.time_ns():x}"
        return [office.store.issue_api_key(f"reader-{run}-{number}", "assessor") for number in range(readers)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", nargs="+", type=Path, required=True, help="JSONL.gz files with a field text")
    parser.add_argument("--home", type=Path, required=True, help="folder of office, logs and samples; keep it to go on")
    parser.add_argument("--readers", type=int, default=100)
    parser.add_argument("--import", dest="petitions", type=int, default=50_000, help="petitions (default 50,000)")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--before", type=int, default=5000, help="texts before (default 5,000)")
    parser.add_argument("--think", type=float, default=5.0, help="mean seconds between two questions (default 5)")
    parser.add_argument("--warm-up", type=float, help="minutes (default: a sixth of all, five at most)")
    parser.add_argument("--out", type=Path, help="folder for load.json, .md and plots")
    parser.add_argument("--feed", type=float, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    try:
        pool = pool_of(asked.sentences)
    except NoTexts as error:
        parser.error(str(error))
    if asked.feed is not None:
        feed_in(asked.home, pool, asked.petitions, asked.feed)
        return
    if working := left_over(asked.home):
        parser.error(f"--home: processes of an earlier run still work there: {working}; end them first")
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))  # so that the processes end with this one
    keys = prepared(asked.home, pool, asked.before, asked.readers)
    samples = Samples(asked.home / "load.jsonl")
    left = asked.minutes * 60 - samples.done
    if left > 1:
        run = Run(asked.home, asked, samples)
        with run.started():
            samples.begun = time.monotonic()
            run.begin_import(left / 60)
            asyncio.run(run.read(keys, left))
        samples.flush()
    warm = min(5.0, asked.minutes / 6) if asked.warm_up is None else asked.warm_up
    sheet = sheet_of(list(samples_of(asked.home / "load.jsonl")), warm * 60)
    sheet.command = (
        f"python -m benchmarks.load --sentences … --home … --readers {asked.readers} --import {asked.petitions} "
        f"--minutes {asked.minutes:g} --before {asked.before} --think {asked.think:g}"
    )
    sheet.tell(asked.out)


if __name__ == "__main__":
    main()
