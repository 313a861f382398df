"""Faults while Minyi works: what the user sees, whether anything is lost, whether it recovers without anybody's hand.

Run as root on Linux (a size-limited tmpfs, a read-only remount): python -m benchmarks.faults [--only NAME …] [--json]
Needs PostgreSQL's programs; ``elasticsearch`` needs what tests/elasticsearch needs, and is asked for by name. Prints
one line a fault and exits with 1 when one of them lost something or needed a hand.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.ports import free_port

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
PATIENCE = 600.0
ROOM_MB = 12
"""Size of the disk that becomes full."""


class Outcome(NamedTuple):
    """What one fault did: what the user saw, what is there afterwards against what was stored before, who mended it."""

    fault: str
    seen: str
    lost: int
    by_itself: bool

    @property
    def ok(self) -> bool:
        return self.lost == 0 and self.by_itself


class Deployment:
    """An office in a folder with the shipped examples, driven by the command line as a user would."""

    def __init__(self, home: Path, **variables: str) -> None:
        self.home = home
        self.variables = {**os.environ, "MINYI_HOME": str(home), "MINYI_PROCESSES": "1", "PYTHONPATH": str(ROOT),
                          "OMP_NUM_THREADS": "1", **variables}  # fmt: skip

    def run(self, *arguments: str, expect: int | None = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-c", "from api.cli.main import main; main()", *arguments],
            env=self.variables, capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT,
        )  # fmt: skip
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"minyi {' '.join(arguments)}: exit {done.returncode}: {done.stderr[-2000:]}")
        return done

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", "from api.cli.main import main; main()", *arguments],
            env=self.variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
        )  # fmt: skip

    def filled(self) -> Deployment:
        self.run("init")
        self.run("import", str(EXAMPLES / "petitions_waste_plant.csv"), "--projects", str(EXAMPLES / "projects.jsonl"))
        return self

    def stored(self) -> dict[str, Any]:
        """Documents by state, candidates and whether everything agrees."""
        script = (
            "import json; from pathlib import Path; from pipeline.office import Office\n"
            "with Office.open() as o:\n"
            " points = sum(len(o.store.risk_points(p.id).rows) for p in o.store.projects())\n"
            " print(json.dumps({'documents': sum(o.store.counts_by_state().values()), 'points': points,"
            " 'states': o.store.counts_by_state()}))"
        )
        done = subprocess.run([sys.executable, "-c", script], env=self.variables, capture_output=True, text=True,
                              cwd=ROOT, timeout=PATIENCE)  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def agrees(self) -> bool:
        return self.run("verify", "--json", expect=None).returncode == 0


def disk_full() -> Outcome:
    """An import fills the disk; room is made; the same import goes on."""
    with _tmpfs(ROOM_MB) as disk:
        office = Deployment(disk / "office")
        office.run("init")
        ballast = disk / "ballast"
        size = max(0, shutil.disk_usage(disk).free - (400 << 10))
        ballast.write_bytes(bytes(size))
        command = (
            "import",
            str(EXAMPLES / "petitions_waste_plant.csv"),
            "--projects",
            str(EXAMPLES / "projects.jsonl"),
        )
        failed = office.run(*command, expect=None)
        seen = _last(failed.stderr)
        ballast.unlink()
        before = office.stored()["documents"]
        office.run(*command)
        after = office.stored()
        whole = _undisturbed()
        return Outcome("disk full", f"exit {failed.returncode}: {seen}", max(0, before - after["documents"])
                       + (whole["documents"] - after["documents"]), office.agrees())  # fmt: skip


def read_only() -> Outcome:
    """The file system goes read-only between two runs of the work, and is mounted for writing again."""
    with _tmpfs(200) as disk:
        office = Deployment(disk / "office").filled()
        before = office.stored()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        failed = office.run("work", expect=None)
        doctor = office.run("doctor", expect=None)
        named = next((line for line in doctor.stdout.splitlines() if "read-only" in line), "doctor says nothing")
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        office.run("work")
        seen = f"work: exit {failed.returncode}: {_last(failed.stderr)}; doctor: {named.strip()}"
        return Outcome(
            "read-only file system", seen, before["documents"] - office.stored()["documents"], office.agrees()
        )


def model_damaged() -> Outcome:
    """A file of the transformer is changed: import and work stop with its name; put right, the same commands go on."""
    import models

    with _folder() as folder:
        model = folder / "model"
        shutil.copytree(Path(models.__path__[0]) / "artifacts" / "transformer", model)
        office = Deployment(folder / "office", MINYI_MODEL_DIR=str(model))
        office.run("init")
        graph = model / "model.onnx"
        whole = graph.read_bytes()
        letters, projects = EXAMPLES / "petitions_waste_plant.csv", EXAMPLES / "projects.jsonl"
        taken_in = ("import", str(letters), "--projects", str(projects), "--no-work")
        let_in = []
        for command in (taken_in, ("work",)):
            graph.write_bytes(whole[:-9] + b"corrupted")
            failed = office.run(*command, expect=None)
            states = office.stored()["states"]
            let_in.append(states.get("analysed", 0) + states.get("indexed", 0) + states.get("quarantined", 0))
            graph.write_bytes(whole)
            office.run(*command)
        lost = _undisturbed()["documents"] - office.stored()["documents"] + sum(let_in)
        return Outcome("model file damaged", f"exit {failed.returncode}: {_last(failed.stderr)}", lost, office.agrees())


def index_deleted() -> Outcome:
    """The folder of the index is removed: the next work builds it from the store."""
    with _folder() as folder:
        office = Deployment(folder / "office").filled()
        before = office.stored()
        shutil.rmtree(office.home / "index")
        seen = _last(office.run("verify", expect=None).stdout)
        office.run("work")
        return Outcome("index deleted", f"verify: {seen}", before["documents"] - office.stored()["documents"],
                       office.agrees())  # fmt: skip


def postgresql_restarted() -> Outcome:
    """The database is stopped under a service that works and one that serves, and started again."""
    sys.path.insert(0, str(ROOT / "tests"))
    from databases import PostgresServer

    server = PostgresServer()
    try:
        with _folder() as folder:
            office = Deployment(folder / "office", MINYI_DATABASE_URL=server.new_database())
            office.filled()
            before = office.stored()
            service = office.start("work", "--keep-on")
            with office_served(office) as (process, ask):
                assert ask("/healthz")[0] == 200
                server.halt()
                down, body = ask("/healthz")
                failed = office.run("work", expect=None)
                time.sleep(25)  # longer than the service's tick
                server.start()
                up = _until(lambda: ask("/healthz")[0] == 200)
                alive = process.poll() is None and service.poll() is None
            seen = f"health {down} {body.get('store', '')}, then {200 if up else 'none'}; work: {_last(failed.stderr)}"
            service.send_signal(signal.SIGTERM)
            service.wait(60)
            office.run("work")
            lost = before["documents"] - office.stored()["documents"]
            return Outcome("PostgreSQL restarted", seen, lost, alive and up and office.agrees())
    finally:
        server.stop()


def elasticsearch_node_killed() -> Outcome:
    """One of three nodes is killed hard while the work feeds the index; search goes on."""
    sys.path.insert(0, str(ROOT / "tests"))
    from elastic_servers import ElasticCluster

    cluster = ElasticCluster(nodes=3)
    try:
        with _folder() as folder:
            office = Deployment(folder / "office", MINYI_INDEX_URL=",".join(cluster.urls))
            office.run("init")
            command = ("import", str(EXAMPLES / "petitions_waste_plant.csv"),
                       "--projects", str(EXAMPLES / "projects.jsonl"))  # fmt: skip
            importing = office.start(*command)
            _until(lambda: importing.poll() is not None or office.stored()["states"].get("indexed", 0) > 0)
            assert importing.poll() is None, "the import ended before a node could be killed under it"
            cluster.kill(1)
            said, _ = importing.communicate(timeout=PATIENCE)
            office.run("work")
            after = office.stored()
            lost = _undisturbed()["documents"] - after["documents"]
            return Outcome("Elasticsearch node killed", f"import: exit {importing.returncode}: {_last(said)}", lost,
                           office.agrees())  # fmt: skip
    finally:
        cluster.stop()


FAULTS: dict[str, Callable[[], Outcome]] = {
    "disk": disk_full,
    "readonly": read_only,
    "model": model_damaged,
    "index": index_deleted,
    "postgresql": postgresql_restarted,
    "elasticsearch": elasticsearch_node_killed,
}
_WHOLE: dict[str, Any] = {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--only", nargs="+", choices=FAULTS, default=[name for name in FAULTS if name != "elasticsearch"]
    )
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    outcomes = []
    for name in asked.only:
        outcomes.append(outcome := FAULTS[name]())
        told = "ok" if outcome.ok else "NOT OK"
        line = json.dumps({**outcome._asdict(), "ok": outcome.ok}, ensure_ascii=False)
        print(line if asked.json else f"{told:7} {outcome.fault}: {outcome.seen}; lost {outcome.lost}", flush=True)
    sys.exit(0 if all(outcome.ok for outcome in outcomes) else 1)


def _undisturbed() -> dict[str, Any]:
    """What the examples come to where nothing goes wrong; made once."""
    if not _WHOLE:
        with _folder() as folder:
            _WHOLE.update(Deployment(folder / "office").filled().stored())
    return _WHOLE


@contextmanager
def office_served(office: Deployment) -> Iterator[tuple[subprocess.Popen[str], Callable[[str], tuple[int, Any]]]]:
    """The office behind HTTP on loopback, and a way to ask it."""
    port = free_port()
    process = office.start("serve", "--port", str(port))

    def ask(path: str) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)
        except OSError:
            return 0, {}

    try:
        assert _until(lambda: ask("/healthz")[0] != 0), "the office does not serve"
        yield process, ask
    finally:
        process.terminate()
        process.wait(60)


def _until(holds: Callable[[], bool], seconds: float = 180) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.5)
    return False


@contextmanager
def _tmpfs(megabytes: int) -> Iterator[Path]:
    with _folder() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=True)
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="minyi-faults-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _last(said: str) -> str:
    """The last line that was said, without the folders of this run."""
    lines = [line for line in said.strip().splitlines() if line.strip()]
    return lines[-1].removeprefix("Error: ")[:300] if lines else ""


if __name__ == "__main__":
    main()
