"""A real Elasticsearch for tests: the one that a variable names, or one of our own on loopback for the whole run."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from left_out import leave_out
from ports import free_port

SCRIPTS = Path(__file__).parent / "elasticsearch"
VARIABLE = "MINYI_TEST_ELASTICSEARCH_URL"
LEFT_OUT = "Elasticsearch was left out"
HOW_TO = (
    f"install Maven 3.8 and a JDK 21 or newer (a JRE is not enough), or name a server to test against in {VARIABLE}; "
    "see tests/elasticsearch/README.md"
)


def served_from() -> Path:
    """Where the unpacked server is kept between runs; all users may read it, since root runs it as nobody."""
    named = os.environ.get("MINYI_TEST_ELASTICSEARCH_HOME")
    return Path(named) if named else Path("/var/tmp") / f"minyi-elasticsearch-{os.geteuid()}"


def what_is_missing() -> str | None:
    """What keeps this machine from running the server, None when nothing does."""
    if shutil.which("mvn") is None:
        return "Maven is not installed"
    found = subprocess.run([SCRIPTS / "start.sh", "--jdk"], capture_output=True, text=True)
    return None if found.returncode == 0 else "no JDK 21 or newer was found"


def required() -> None:
    """Ends the test when there is no server to be had: as a failure in CI, elsewhere as left out, with the way out."""
    if missing := what_is_missing():
        leave_out(LEFT_OUT, missing, "tests both engines", HOW_TO)


class ElasticCluster:
    """Nodes of our own on loopback; they end when they are stopped, or at the latest with the test run."""

    def __init__(self, nodes: int = 1, *, secure: Path | None = None) -> None:
        with _alone(served_from()):
            subprocess.run([SCRIPTS / "fetch.sh", served_from()], check=True, stdout=subprocess.DEVNULL)
        self.nodes = nodes
        self._secure = ["--secure", str(secure)] if secure else []
        self.folder = Path(tempfile.mkdtemp(prefix="minyi-es-"))
        self.folder.chmod(0o755)
        self.port = _free_ports(nodes)
        _outlived_by(self.folder)
        self._start()

    @property
    def urls(self) -> tuple[str, ...]:
        scheme = "https" if self._secure else "http"
        return tuple(f"{scheme}://127.0.0.1:{self.port + n}" for n in range(self.nodes))

    def pid(self, node: int) -> int:
        return int((self.folder / f"node-{node}" / "pid").read_text())

    def kill(self, node: int) -> None:
        """As a power cut would: no shutdown, no flush."""
        os.kill(self.pid(node), 9)

    def restart(self, node: int) -> None:
        self._start("--only", str(node))

    def stop(self) -> None:
        subprocess.run([SCRIPTS / "stop.sh", self.folder], check=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, *more: str) -> None:
        place = [served_from(), self.folder, str(self.port), "--nodes", str(self.nodes)]
        command = [SCRIPTS / "start.sh", *place, *self._secure, *more]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, f"Elasticsearch did not start: {done.stderr}"


@pytest.fixture(scope="session")
def elastic_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a server that every process of this test run shares; it is started when the first test needs it."""
    named = os.environ.get(VARIABLE)
    if named:
        return named
    required()
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "elasticsearch-url"
    with _alone(shared.parent):
        if not shared.exists():
            shared.write_text(ElasticCluster().urls[0])
    return shared.read_text()


@pytest.fixture(scope="module")
def three_nodes() -> Iterator[ElasticCluster]:
    """A cluster of three nodes of our own."""
    required()
    cluster = ElasticCluster(nodes=3)
    yield cluster
    cluster.stop()


def _outlived_by(folder: Path) -> None:
    """A process that stops the nodes and removes their files once the test run has ended, however it ended."""
    run = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    script = (
        f'while kill -0 {run} 2>/dev/null && [ -d "$1" ]; do sleep 1; done; [ ! -d "$1" ] || "$0" "$1"; rm -rf "$1"'
    )
    subprocess.Popen(
        ["bash", "-c", script, SCRIPTS / "stop.sh", folder],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _free_ports(nodes: int) -> int:
    """A port from which on HTTP and, a hundred above, transport find free ones."""
    for _ in range(100):
        port = free_port()
        if port < 65_000 and all(_is_free(port + n + more) for n in range(nodes) for more in (0, 100)):
            return port
    raise OSError("no free ports on loopback")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "elasticsearch.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
