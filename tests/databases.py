"""Databases for tests: a SQLite file, and a PostgreSQL server of our own that nobody else can reach."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
import pytest

from pipeline.store import Store

UNPRIVILEGED = 65534
"""PostgreSQL refuses to run as root; the account ``nobody`` has this number on Linux."""


class PostgresServer:
    """A server in a temporary folder, reached through a Unix socket only, or under an address of a network of ours."""

    def __init__(self, address: str = "", port: int = 5432) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="minyi-pg-"))
        self._account = {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []} if os.geteuid() == 0 else {}
        if self._account:
            os.chown(self.folder, UNPRIVILEGED, UNPRIVILEGED)
        self._numbers = count(1)
        self._with_tables = ""
        self._address_to_listen, self._port = address, port
        data = self.folder / "data"
        self._run(
            postgres_programs() / "initdb", "-D", data, "-U", "minyi", "--auth=trust", "--encoding=UTF8", "--no-sync"
        )
        if address:
            with (data / "pg_hba.conf").open("a") as rules:
                rules.write("host all all samenet trust\n")
        self.start()

    def start(self) -> None:
        """Starts it, the first time and after :meth:`halt`."""
        programs, data = postgres_programs(), self.folder / "data"
        options = ["-c", f"listen_addresses={self._address_to_listen}", "-p", str(self._port)]
        options += ["-c", "fsync=off", "-c", "max_connections=60"]
        self._log = (self.folder / "log").open("wb")
        self._process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", self.folder, *options],
            stdout=self._log,
            stderr=self._log,
            cwd=self.folder,
            **self._account,
        )
        self._wait()

    def new_database(self, *, tables: bool = True) -> str:
        """URL of a database that nobody has used: with the tables of a store, or without any."""
        if tables and not self._with_tables:
            self._with_tables = "with_tables"
            self._execute(f"CREATE DATABASE {self._with_tables}")
            Store.open(self._url(self._with_tables)).close()
        name = f"test_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {self._with_tables}" if tables else ""))
        return self._url(name)

    def drop(self, url: str) -> None:
        """Removes a database, whoever still holds it."""
        self._execute(f"DROP DATABASE {url.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")

    def halt(self) -> None:
        """Stops it as an operator does who restarts it: connections end, what was committed stays."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=60)
        self._log.close()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
        self._process.wait(timeout=30)
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _url(self, name: str) -> str:
        return f"postgresql://minyi@/{name}?host={self.folder}" + (f"&port={self._port}" if self._port != 5432 else "")

    def _address(self, name: str) -> str:
        return f"host={self.folder} port={self._port} user=minyi dbname={name}"

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


@cache
def _sqlite_with_tables() -> bytes:
    """The file of a store that holds nothing: copied, it is there sooner than all migrations bring it about."""
    with tempfile.TemporaryDirectory() as folder:
        Store.open(f"sqlite:///{folder}/minyi.sqlite3").close()
        return (Path(folder) / "minyi.sqlite3").read_bytes()


def sqlite_with_tables(file: Path) -> None:
    """Puts an empty store there, unless something is."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(0o600)
        file.write_bytes(_sqlite_with_tables())


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database with an empty store; every test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        sqlite_with_tables(tmp_path / "store" / "minyi.sqlite3")
        yield f"sqlite:///{tmp_path / 'store' / 'minyi.sqlite3'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.new_database()
    yield url
    server.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database without any table, of both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store' / 'minyi.sqlite3'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.new_database(tables=False)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty store, on both kinds of database."""
    with Store.open(database_url) as opened:
        yield opened
