"""The example consumer, killed at random moments against a real server, ends with what the office has: nothing more."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import uvicorn
from letters import DAM, ROAD, candidate, decision, petition
from ports import free_port

from api.app import create_app
from pipeline.office import Office
from pipeline.settings import Settings

CONSUMER = Path(__file__).parents[2] / "examples" / "consumer.py"
KILLS = 12


@contextmanager
def serving(office: Office) -> Iterator[str]:
    """A real server over a real socket, in a thread of this process."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create_app(office), port=port, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)


@contextmanager
def following(address: str, file: Path, key: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "MINYI_KEY": key, "MINYI_POLL": "0.05", "MINYI_LIMIT": "2", "no_proxy": "127.0.0.1"}
    running = subprocess.Popen([sys.executable, "-S", str(CONSUMER), address, str(file)], env=environment)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def held(file: Path, query: str) -> list[tuple]:
    if not file.exists():
        return []
    with closing(sqlite3.connect(file, timeout=30)) as store:
        try:
            return store.execute(query).fetchall()
        except sqlite3.OperationalError:  # it was killed before it made its tables
            return []


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(Settings(home=tmp_path / "home")) as opened:
        opened.register([ROAD, DAM])
        opened.store.add_documents([petition(1)])
        yield opened


def test_it_is_short_enough_to_be_read() -> None:
    assert len(CONSUMER.read_text("utf-8").splitlines()) <= 80


def test_killed_at_random_moments_it_loses_nothing_and_repeats_nothing(office: Office, tmp_path: Path) -> None:
    chance, file = random.Random(20260302), tmp_path / "follower.sqlite3"
    key = office.store.issue_api_key("county-platform", "platform")
    decided = 0
    with serving(office) as address:
        for round_number in range(KILLS):
            numbers = sorted(chance.sample(range(1, 13), chance.randint(3, 10)))
            office.store.replace_candidates("quarry-road", [candidate(n, documents=3 + round_number) for n in numbers])
            with following(address, file, key):
                time.sleep(chance.uniform(0.0, 0.6))
                decided += 1
                point = candidate(chance.choice(numbers)).id
                office.store.add_decision(decision(decided, point, "edit", changes={"escalation": round_number % 5}))
                time.sleep(chance.uniform(0.0, 0.3))
        with following(address, file, key):
            for _ in range(3000):
                office.store.number_changes()
                applied = held(file, "SELECT max(change) FROM applied")
                if applied and applied[0][0] == office.store.changes_end():
                    break
                time.sleep(0.1)
    standing = {p.id for p in office.store.risk_points("quarry-road", limit=100).rows if p.presence == "live"}
    newest = {change.risk_point_id: change.sequence for change in office.store.changes_after(0)}
    assert dict(held(file, "SELECT id, change FROM risk_points")) == {
        name: change for name, change in newest.items() if name in standing
    }
    taken = [change for (change,) in held(file, "SELECT change FROM applied ORDER BY rowid")]
    assert taken == sorted(set(taken)), "in order, and none of them twice"
    assert set(newest.values()) <= set(taken)


def test_it_waits_for_a_server_that_is_away_and_ends_for_a_key_that_was_revoked(office: Office, tmp_path: Path) -> None:
    key, file = office.store.issue_api_key("county-platform", "platform"), tmp_path / "follower.sqlite3"
    with following("http://127.0.0.1:9", file, key) as running:
        time.sleep(0.5)
        assert running.poll() is None
    office.store.revoke_api_key("county-platform")
    with serving(office) as address, following(address, file, key) as running:
        assert running.wait(timeout=60) == 1
