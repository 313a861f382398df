"""kill -9 at random points of an office's work; what it holds in the end against an office that nobody disturbed.

    python -m benchmarks.kills --times 1000 --database sqlite --workers 1
    python -m benchmarks.kills --times 1000 --database postgres --workers 4
    python -m benchmarks.kills --report

A round takes a fresh office, lets its workers do what :mod:`benchmarks.kill_scenario` says, and kills each when it has
had a random amount of processor time, until all of them came to their end; then it compares. A round's random numbers
come from the seed and its number, so that it can be done again alone (``--only ROUND``). Results are kept in
``--state``: interrupted, the same command goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks import kill_scenario as scenario

SEED: Final = 20261128
TESTS: Final = Path(__file__).parent.parent / "tests"


@dataclass
class Tally:
    """What became of all rounds so far. ``lost`` and ``doubled`` are lines of the end state, ``differing`` rounds."""

    database: str
    workers: int
    seed: int = SEED
    kills: int = 0
    rounds: int = 0
    lost: int = 0
    doubled: int = 0
    sent_again: int = 0
    """Notifications that came a second time under the same key, which the receiver knows them by."""
    seconds: float = 0.0
    differing: list[dict[str, Any]] = field(default_factory=list)


class Databases:
    """Where the offices keep their store: a file each, or databases of one PostgreSQL server of our own."""

    def __init__(self, kind: str, server: Any = None) -> None:
        self._own = server is None and kind != "sqlite"
        if self._own:
            sys.path.insert(0, str(TESTS))
            from databases import PostgresServer

            server = PostgresServer()
        self._server = server if kind != "sqlite" else None

    def new(self) -> str:
        """URL of a new store; empty where it is a file in the data folder."""
        return str(self._server.new_database()) if self._server else ""

    def copy(self, url: str) -> str:
        """URL of a store with all that another one has."""
        if not url:
            return ""
        import psycopg

        copied = self.new()
        names = [one.partition("?")[0].rpartition("/")[2] for one in (copied, url)]
        with psycopg.connect(url.replace(names[1], "postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {names[0]}")
            connection.execute(f"CREATE DATABASE {names[0]} TEMPLATE {names[1]}")
        return copied

    def drop(self, url: str) -> None:
        """Removes a store that lies on the server."""
        if not url:
            return
        import psycopg

        name = url.partition("?")[0].rpartition("/")[2]
        with psycopg.connect(url.replace(name, "postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        if self._own:
            self._server.stop()


class Killing:
    """Rounds of kills over copies of one prepared office."""

    def __init__(self, folder: Path, databases: Databases, workers: int, seed: int = SEED) -> None:
        self._folder, self._databases, self._workers, self._seed = folder, databases, workers, seed
        self._receiver = scenario.Receiver()
        self._url = databases.new()
        scenario.prepare(folder / "prepared", self._url, self._receiver.address)  # here: it loads all models, once
        reference, url = self._fresh("reference")
        self._alone(lambda: scenario.job(reference, url))
        once = scenario.everything(reference, url)
        self._alone(lambda: scenario.job(reference, url, scenario.LATER))
        again, other = self._fresh("again")
        self.seconds = self._alone(lambda: scenario.job(again, other))
        self.keys = set(self._receiver.keys)
        self.expected = scenario.everything(reference, url)
        again_differs = [kind for kind in once if kind != "messages" and once[kind] != self.expected[kind]]
        assert not again_differs, f"a second run changed {again_differs}"
        assert self.keys and self.expected["incidents"] and self.expected["decisions"], "this would try nothing"
        for one in (reference, again):
            shutil.rmtree(one)
        for one in (url, other):
            databases.drop(one)

    def round(self, number: int, tally: Tally, most: int) -> None:
        """One office, killed until it is done or until ``most`` kills; the tally gets what became of it."""
        rng, began = random.Random(f"{self._seed}:{self._workers}:{number}"), time.monotonic()
        folder, url = self._fresh(f"round-{number}")
        self._receiver.keys.clear()
        kills = self._killed(folder, url, rng, most)
        self._alone(lambda: scenario.job(folder, url, scenario.LATER))
        found = scenario.everything(folder, url)
        lost = {kind: sum((self.expected[kind] - found[kind]).values()) for kind in found}
        doubled = {kind: sum((found[kind] - self.expected[kind]).values()) for kind in found}
        lost["notifications"] = len(self.keys - set(self._receiver.keys))
        doubled["notifications"] = len(set(self._receiver.keys) - self.keys)
        tally.sent_again += len(self._receiver.keys) - len(set(self._receiver.keys))
        tally.kills, tally.rounds = tally.kills + kills, tally.rounds + 1
        tally.lost, tally.doubled = tally.lost + sum(lost.values()), tally.doubled + sum(doubled.values())
        if any(lost.values()) or any(doubled.values()):
            told = {kind: [lost[kind], doubled[kind]] for kind in lost if lost[kind] or doubled[kind]}
            lines = {kind: [list(self.expected[kind] - found[kind]), list(found[kind] - self.expected[kind])]
                     for kind in ("incidents", "events", "messages", "states", "decisions", "held")}  # fmt: skip
            tally.differing.append({"round": number, "kills": kills, "lost and more": told, "lines": lines})
        tally.seconds += time.monotonic() - began
        shutil.rmtree(folder)
        self._databases.drop(url)

    def close(self) -> None:
        self._receiver.close()

    def _killed(self, folder: Path, url: str, rng: random.Random, most: int) -> int:
        """Runs the workers, killing each at a random point of its own work, until all have ended; how many kills."""
        running = {self._begun(folder, url): self._point(rng) for _ in range(self._workers)}
        try:
            return self._until_ended(running, folder, url, rng, most)
        finally:
            for child in running:  # one failed: the others are of no use
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)

    def _until_ended(
        self, running: dict[int, float], folder: Path, url: str, rng: random.Random, most: int
    ) -> int:  # fmt: skip
        kills = 0
        while running:
            for child, point in list(running.items()):
                done, status = os.waitpid(child, os.WNOHANG)
                if done:
                    del running[child]
                    assert os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0, f"a worker failed: {status}"
                elif kills < most and processor_seconds(child) >= point:
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, 0)
                    del running[child]
                    kills += 1
                    running[self._begun(folder, url)] = self._point(rng)
            time.sleep(0.002)
        return kills

    def _point(self, rng: random.Random) -> float:
        return rng.uniform(0.03, 1.0) * self.seconds

    def _fresh(self, name: str) -> tuple[Path, str]:
        folder = self._folder / name
        shutil.rmtree(folder, ignore_errors=True)
        scenario.copy(self._folder / "prepared", folder)
        return folder, self._databases.copy(self._url)

    def _begun(self, folder: Path, url: str) -> int:
        return forked(lambda: scenario.job(folder, url))

    def _alone(self, step: Callable[[], None]) -> float:
        """A step in a process of its own, so that this one holds no connection; its seconds of processor time."""
        _, status, usage = os.wait4(forked(step), 0)
        assert os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0, f"a step failed: {status}"
        return usage.ru_utime + usage.ru_stime


def forked(step: Callable[[], None]) -> int:
    """A process that does a step and ends."""
    child = os.fork()
    if child == 0:
        try:
            step()
            os._exit(0)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
    return child


def processor_seconds(process: int) -> float:
    """What a process has had of the processors so far (Linux: its clock's number is made of its own)."""
    try:
        return time.clock_gettime((~process << 3) | 2)
    except OSError:  # it has just ended
        return 0.0


def killed(times: int, database: str, workers: int, state: Path, only: int | None = None) -> Tally:
    """So many kills in all, going on from what the state says."""
    tally = Tally(database, workers)
    if state.exists() and only is None:
        tally = Tally(**json.loads(state.read_text()))
    databases = Databases(database)
    folder = Path(tempfile.mkdtemp(prefix="minyi-kills-"))
    try:
        with scenario.quick():
            killing = Killing(folder, databases, workers, tally.seed)
            while tally.kills < times and only is None:
                killing.round(tally.rounds, tally, times - tally.kills)
                state.write_text(json.dumps(asdict(tally), indent=1))
                print(
                    f"{tally.kills} kills, {tally.rounds} rounds, {tally.lost} lost, {tally.doubled} more", flush=True
                )
            if only is not None:
                killing.round(only, tally, times)
            killing.close()
    finally:
        databases.close()
        shutil.rmtree(folder, ignore_errors=True)
    return tally


def report(folder: Path) -> str:
    """A table of all states in a folder."""
    lines = ["| database | workers | kills | offices | lost | doubled | sent again under the same key | seconds |",
             "| --- | --- | --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    for path in sorted(folder.glob("kills-*.json")):
        one = Tally(**json.loads(path.read_text()))
        lines.append(
            f"| {one.database} | {one.workers} | {one.kills:,} | {one.rounds} | {one.lost} | {one.doubled} "
            f"| {one.sent_again} | {one.seconds:,.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--state", type=Path, default=Path("kills"), help="Folder of the results.")
    parser.add_argument("--only", type=int, help="Do this round again and keep no result.")
    parser.add_argument("--report", action="store_true", help="Print the table of what was done.")
    given = parser.parse_args()
    if given.report:
        print(report(given.state))
        return
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))  # it tidies up; the next run goes on
    given.state.mkdir(parents=True, exist_ok=True)
    state = given.state / f"kills-{given.database}-{given.workers}.json"
    tally = killed(given.times, given.database, given.workers, state, given.only)
    print(json.dumps(asdict(tally), indent=1))
    raise SystemExit(1 if tally.differing else 0)


if __name__ == "__main__":
    main()

__all__ = ["Databases", "Killing", "Tally", "killed", "report"]
