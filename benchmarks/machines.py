"""Three workers on three machines over one PostgreSQL and a cluster of three Elasticsearch nodes; one is cut off.

    python -m benchmarks.machines --texts 3000

The machines are network namespaces of this one (Linux, root: ``ip netns``), each with a name, an address, a data folder
with a copy of ``keys/`` and one ``minyi work --watch``; they meet store and index over a bridge. Three steps, each over
as many new texts: one machine alone; three; three of which one loses its network while it holds texts, and gets it
back when all others are done. Then the store and the index are counted. Processors are shared: with two, three
machines cannot be three times as fast as one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks.importing import petitions

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

BRIDGE: Final = "minyi-br"
ADDRESS: Final = "10.77.0.1"
PORT: Final = 5477
MACHINES: Final = ("north", "middle", "south")
LEASE: Final = 20


def ip(*words: str) -> None:
    """One command of iproute2."""
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextmanager
def network() -> Iterator[None]:
    """A bridge and a namespace for each machine."""
    ip("link", "add", BRIDGE, "type", "bridge")
    try:
        ip("addr", "add", f"{ADDRESS}/24", "dev", BRIDGE)
        ip("link", "set", BRIDGE, "up")
        for number, name in enumerate(MACHINES, start=11):
            ip("netns", "add", name)
            ip("link", "add", f"v-{name}", "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("link", "set", f"v-{name}", "master", BRIDGE, "up")
            ip("-n", name, "addr", "add", f"10.77.0.{number}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield
    finally:
        for name in MACHINES:
            with suppress(subprocess.CalledProcessError):
                ip("netns", "del", name)
        ip("link", "del", BRIDGE)


class Machine:
    """One worker in its namespace, under its own name."""

    def __init__(self, name: str, folder: Path, keys: Path, settings: dict[str, str]) -> None:
        self.name = name
        home = folder / name
        home.mkdir()
        shutil.copytree(keys, home / "keys")
        run = f"hostname {name} && exec {sys.executable} -c 'from api.cli.main import main; main()' work --watch --json"
        self._log = (folder / f"{name}.log").open("wb")
        self._process = subprocess.Popen(
            ["ip", "netns", "exec", name, "unshare", "--uts", "sh", "-c", run],
            env={**os.environ, **settings, "MINYI_HOME": str(home), "OMP_NUM_THREADS": "1"},
            stdout=self._log, stderr=self._log, start_new_session=True,
        )  # fmt: skip

    def cut_off(self) -> None:
        ip("link", "set", f"v-{self.name}", "down")

    def join_again(self) -> None:
        ip("link", "set", f"v-{self.name}", "up")

    def stop(self) -> int:
        """Asks for the end and waits for it; the exit code."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            return self._process.wait(timeout=120)
        finally:
            self._log.close()


def until(said: str, true: Callable[[], bool], seconds: float = 1800.0) -> float:
    """Waits for something; how long it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"waited in vain: {said}"
        time.sleep(0.1)
    return time.monotonic() - began


class Trial:
    """Store and cluster on the bridge, and what is measured over them."""

    def __init__(self, folder: Path, texts: int) -> None:
        from databases import PostgresServer
        from elastic_servers import ElasticCluster

        os.environ["ES_EXTRA_CONFIG"] = f'http.host: ["127.0.0.1", "{ADDRESS}"]'
        self._folder, self._texts, self._brought = folder, texts, 0
        self._server = PostgresServer(ADDRESS, PORT)
        self._cluster = ElasticCluster(3)
        inside = self._server.new_database()
        name = inside.partition("?")[0].rpartition("/")[2]
        ports = range(self._cluster.port, self._cluster.port + 3)
        self.settings = {
            "MINYI_DATABASE_URL": f"postgresql://minyi@{ADDRESS}:{PORT}/{name}",
            "MINYI_INDEX_URL": ",".join(f"http://{ADDRESS}:{port}" for port in ports),
            "MINYI_PROCESSES": "1", "MINYI_LEASE_SECONDS": str(LEASE), "MINYI_MODEL_DIR": "/nonexistent/model",
        }  # fmt: skip
        os.environ.update(self.settings)
        from benchmarks.kill_scenario import ROAD
        from pipeline.office import Office
        from pipeline.settings import Settings

        self.office = Office(Settings(home=folder / "desk"))
        self.office.register([ROAD])
        self.office.intake()

    def close(self) -> None:
        self.office.close()
        self._server.stop()
        self._cluster.stop()

    def start(self, *names: str) -> list[Machine]:
        """Machines that wait for work; they are ready when each has signed."""
        known = {one.name for one in self.office.store.workers()}
        machines = [Machine(name, self._fresh(), self._folder / "desk" / "keys", self.settings) for name in names]
        until("machines", lambda: len({w.name for w in self.office.store.workers()} - known) >= len(names), 600)
        return machines

    def bring(self) -> None:
        """New texts."""
        from pipeline.raw import RawItem

        chance, now = random.Random(self._brought), datetime.now(UTC)
        rows = list(petitions(self._texts, 200))
        self.office.receive(
            RawItem(
                source_kind="petition", source="青石坳信箱", item_key=f"{self._brought}-{number}", title=row[1],
                body="采石场进场道路：" + "".join(chance.sample(row[2], 200)), genre="petition",
                published_at=now - timedelta(minutes=number % 5000),
            )
            for number, row in enumerate(rows)
        )  # fmt: skip
        self._brought += self._texts

    def indexed(self) -> int:
        return self.office.store.counts_by_state().get("indexed", 0)

    def all_read(self) -> bool:
        states = self.office.store.counts_by_state()
        return states.get("received", 0) == 0

    def all_indexed(self) -> bool:
        return self.indexed() == self._brought

    def holding(self, machine: Machine) -> bool:
        return any(holder.startswith(f"{machine.name}:") for holder in self.office.store.lease_holders())

    def counted(self) -> dict[str, Any]:
        """What store and index hold now: every text once."""
        store = self.office.store
        ids = [document.id for document in store.all_documents()]
        analyses = Counter(len(store.analyses_of(key)) for key in ids)
        verified = self.office.index.verify()
        found = len(self.office.index.get(ids))
        by: Counter[str] = Counter()
        for one in store.workers():
            by[one.name.partition(":")[0]] += one.new
        return {"texts": len(ids), "analyses of a text": dict(analyses), "in the index": found,
                "problems": list(verified.problems), "read by": dict(by)}  # fmt: skip

    def _fresh(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._folder))


def measured(trial: Trial, texts: int) -> dict[str, Any]:
    """The three steps; seconds and texts a second of each."""
    told: dict[str, Any] = {"processors": os.cpu_count(), "texts a step": texts}
    for label, names in (("one machine", MACHINES[:1]), ("three machines", MACHINES)):
        machines = trial.start(*names)
        trial.bring()
        reading = until(label, trial.all_read)
        told[label] = {"seconds": round(reading, 1), "read a second": round(texts / reading, 1)}
        until(f"{label}, index", trial.all_indexed)
        told[label]["ended with"] = [one.stop() for one in machines]
        print(label, told[label], flush=True)
    machines = trial.start(*MACHINES)
    trial.bring()
    away = machines[1]
    until("hands", lambda: trial.holding(away), 300)
    away.cut_off()
    print("cut off", away.name, flush=True)
    seconds = until("the others", trial.all_read)
    spread = until("the others, index", trial.all_indexed)
    seen = {one.name: one.seen_at for one in trial.office.store.workers() if one.name.startswith(away.name)}
    away.join_again()
    back = until(
        "back again",
        lambda: any(one.seen_at > seen.get(one.name, one.seen_at) for one in trial.office.store.workers()
                    if one.name.startswith(away.name)),
        300,
    )  # fmt: skip
    told["one cut off"] = {
        "seconds": round(seconds, 1), "read a second": round(texts / seconds, 1), "lease": LEASE,
        "index after": round(spread, 1), "heard of again after": round(back, 1),
        "ended with": [one.stop() for one in machines],
    }  # fmt: skip
    told["in the end"] = trial.counted()
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=3000)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))  # so that network and servers go
    folder = Path(tempfile.mkdtemp(prefix="minyi-machines-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.enter_context(network())
        trial = Trial(folder, given.texts)
        stack.callback(trial.close)
        print(json.dumps(measured(trial, given.texts), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
