"""Databases for tests: a SQLite file, and a PostgreSQL server of our own that nobody else can reach."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from pipeline.store import Store

UNPRIVILEGED = 65534
"""PostgreSQL refuses to run as root; the account ``nobody`` has this number on Linux."""


class PostgresServer:
    """A server in a temporary folder, reached through a Unix socket only."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="minyi-pg-"))
        self._account = {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []} if os.geteuid() == 0 else {}
        if self._account:
            os.chown(self.folder, UNPRIVILEGED, UNPRIVILEGED)
        self._numbers = count(1)
        programs = postgres_programs()
        data = self.folder / "data"
        self._run(programs / "initdb", "-D", data, "-U", "minyi", "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=60"]
        self._log = (self.folder / "log").open("wb")
        self._process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", self.folder, *options],
            stdout=self._log,
            stderr=self._log,
            cwd=self.folder,
            **self._account,
        )
        self._wait()

    def new_database(self) -> str:
        """URL of a database that nobody has used."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://minyi@/{name}?host={self.folder}"

    def stop(self) -> None:
        self._process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
        self._process.wait(timeout=30)
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _address(self, name: str) -> str:
        return f"host={self.folder} user=minyi dbname={name}"

    def _run(self, *command: object) -> None:
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, cwd=self.folder, **self._account
        )
        assert done.returncode == 0, done.stderr

    def _wait(self) -> None:
        for _ in range(300):
            try:
                psycopg.connect(self._address("postgres")).close()
                return
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self.folder / "log").read_text()
                time.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text())


def postgres_programs() -> Path:
    """Folder with ``initdb`` and ``postgres``: the system's newest, else those of the pgserver package."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if installed:
        return installed[-1]
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    import pgserver

    return Path(pgserver.__file__).parent / "pginstall" / "bin"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database; every test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store' / 'minyi.sqlite3'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.new_database()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty store, on both kinds of database."""
    with Store.open(database_url) as opened:
        yield opened
