"""Three nodes with replicas: one is killed hard while documents are written and searched; nothing taken is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from elastic_servers import ElasticCluster
from elasticsearch import Elasticsearch

from index import IndexEntry, Search
from index.elastic import ElasticIndex, ElasticSettings
from index.query import All, Text

PATIENCE = 120.0
"""Seconds after which people who cannot go on with their work give up."""


class Clerk:
    """Files letters in batches and remembers those whose commit returned."""

    def __init__(self, index: ElasticIndex) -> None:
        self.index = index
        self.taken = 0

    def work(self) -> None:
        start = self.taken + 1
        self.index.write(
            IndexEntry(id=f"d{n}", sequence=n, title="来信", body=f"采石场噪音第{n}封", genre="petition")
            for n in range(start, start + 100)
        )
        self.index.commit()
        self.taken += 100


class Assessor:
    """Asks again and again, page by page, and notes when an answer holds less than was known before."""

    def __init__(self, index: ElasticIndex, clerk: Clerk) -> None:
        self.index = index
        self.clerk = clerk
        self.answers = 0

    def work(self) -> None:
        known = self.clerk.taken
        search = Search(query=Text("采石场"), size=10, facets={"genre": 3}, histogram="day")
        first = self.index.search(search)
        assert first.total >= known, f"{first.total} of {known}"
        if first.next_cursor:
            second = self.index.search(Search(query=Text("采石场"), size=10, after=first.next_cursor))
            assert not {hit.id for hit in first.hits} & {hit.id for hit in second.hits}
        assert self.index.search(Search(sort="newest", size=5)).total >= known
        self.answers += 1


class Shift:
    """Somebody at work until told to stop; what went wrong is kept."""

    def __init__(self, work: Callable[[], None]) -> None:
        self.failures: list[BaseException] = []
        self._over = threading.Event()
        self._work = work
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            while not self._over.is_set():
                self._work()
        except BaseException as error:
            self.failures.append(error)

    def end(self) -> None:
        self._over.set()
        self._thread.join()


def complain(shifts: list[Shift]) -> None:
    failures = [failure for shift in shifts for failure in shift.failures]
    if failures:
        raise BaseExceptionGroup("somebody could not go on working", failures)


def until(reached: Callable[[], bool], shifts: list[Shift]) -> None:
    end = time.monotonic() + PATIENCE
    while not reached():
        complain(shifts)
        assert time.monotonic() < end, "the work did not go on"
        time.sleep(0.1)


@pytest.mark.slow
def test_a_node_killed_while_writing_and_searching_loses_nothing_and_search_goes_on(
    three_nodes: ElasticCluster,
) -> None:
    settings = ElasticSettings(urls=three_nodes.urls, alias="town", shards=3, replicas=1)
    with (
        ElasticIndex(settings) as writing,
        ElasticIndex(settings) as reading,
        Elasticsearch(list(three_nodes.urls)) as operator,
    ):
        operator.cluster.health(index="town", wait_for_status="green", timeout="60s")
        clerk = Clerk(writing)
        assessor = Assessor(reading, clerk)
        shifts = [Shift(clerk.work), Shift(assessor.work)]
        try:
            until(lambda: clerk.taken >= 500 and assessor.answers >= 5, shifts)
            victim = operator.cat.master(format="json")[0]["node"].removeprefix("node-")
            three_nodes.kill(int(victim))
            before = (clerk.taken, assessor.answers)
            until(lambda: clerk.taken >= before[0] + 500 and assessor.answers >= before[1] + 5, shifts)
        finally:
            for shift in shifts:
                shift.end()
        complain(shifts)
        assert operator.nodes.info()["_nodes"]["total"] == 2
        written = {f"d{n}" for n in range(1, clerk.taken + 1)}
        assert set(reading.get(written)) == written
        three_nodes.restart(int(victim))
        health = operator.cluster.health(index="town", wait_for_status="green", wait_for_nodes="3", timeout="90s")
        assert health["status"] == "green"
        assert reading.count(All()) >= clerk.taken and set(reading.get(written)) == written
        assert reading.verify().problems == ()
