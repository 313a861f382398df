"""kill -9 at random points of a crawl: the same end state, nothing lost, nothing doubled."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from notes import NOON, over_time, petitions, read
from offices import TestOffice, office_in
from plain_spider import HourSpider
from replica import Replica

from crawlers.planning import cursor_of
from crawlers.registry.source import Source

KILLS: Final = 30
ITEMS: Final = 500
MOMENTS: Final = [NOON - timedelta(minutes=2 + 86 * number / 60) for number in range(ITEMS)]
SECONDS: Final = 120


def job(folder: Path, source: Source) -> None:
    with office_in(folder) as office:
        assert read(office, source, spider=HourSpider).state == "done"


def end_state(folder: Path) -> dict[str, Any]:
    """All that the store knows, without the moments at which it learnt it."""
    with TestOffice.open(folder) as office:
        store = office.store
        documents = [document.model_dump(exclude={"collected_at"}) for document in office.documents()]
        return {
            "documents": documents,
            "states": store.counts_by_state(),
            "windows": store.windows(),
            "cursor": cursor_of(store, "replica"),
            "queue": store.queued_windows(),
            "versions": {window.id: store.validators(window.id) for window in store.windows()},
            "quarantine": store.quarantined(),
        }


def begun(folder: Path, source: Source) -> int:
    child = os.fork()
    if child == 0:
        try:
            job(folder, source)
            os._exit(0)
        except BaseException:
            os._exit(1)
    return child


def killed(child: int, site: Replica, requests: int, pause: float) -> bool:
    """Kills the process once the site has had so many more requests; False when it came to its end before."""
    goal, until = len(site.hits) + requests, time.monotonic() + SECONDS
    while len(site.hits) < goal:
        assert time.monotonic() < until, "the crawl stands still"
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert os.WEXITSTATUS(status) == 0
            return False
        time.sleep(0.002)
    time.sleep(pause)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_wherever_a_crawl_is_killed(site: Replica, tmp_path: Path) -> None:
    over_time(site, MOMENTS)
    source = petitions(site, window={"length": "1h", "finest": "1h", "recrawl": "1h", "first": "12h"})
    job(tmp_path / "reference", source)
    expected = end_state(tmp_path / "reference")
    assert len(expected["documents"]) == ITEMS and expected["queue"] == []
    rng = random.Random(20261127)
    kills = crawls = 0
    while kills < KILLS:
        folder = tmp_path / f"crawl-{crawls}"
        shutil.copytree(tmp_path / "reference/keys", folder / "keys")
        while killed(begun(folder, source), site, rng.randint(1, 90), rng.uniform(0, 0.05)):
            kills += 1
        assert end_state(folder) == expected, f"crawl {crawls} after {kills} kills"
        crawls += 1
    assert crawls >= 1
