from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from letters import ROAD, document_id

from pipeline.store import Store

WORKER = Path(__file__).with_name("worker_process.py")
DOCUMENTS = 24


def start(url: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(WORKER), url, str(DOCUMENTS)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def at_rest(store: Store) -> tuple[int, dict[str, int]]:
    """Rows of the outbox and texts by state of one moment: a server may still commit what a killed client sent."""
    while True:
        before, states = len(store.outbox_after(0)), store.counts_by_state()
        if len(store.outbox_after(0)) == before:
            return before, states


def test_a_worker_killed_in_the_middle_of_its_transactions_loses_and_doubles_nothing(database_url: str):
    chance = random.Random(7)
    with Store.open(database_url) as store:
        store.upsert_projects([ROAD])
        for _ in range(6):
            worker = start(database_url)
            for _ in range(chance.randint(1, 14)):
                worker.stdout.readline()
            time.sleep(chance.choice([0, 0, 0.002, 0.01]))
            worker.send_signal(signal.SIGKILL)
            worker.communicate()
            rows, states = at_rest(store)
            assert rows == states.get("analysed", 0) + states.get("indexed", 0)
        last = start(database_url)
        last.communicate()
        assert last.returncode == 0
        everything = [document_id(number) for number in range(DOCUMENTS)]
        assert store.counts_by_state() == {"indexed": DOCUMENTS}
        assert sorted(row.document_id for row in store.outbox_after(0)) == everything
        assert [len(store.analyses_of(document)) for document in everything] == [1] * DOCUMENTS
        assert sorted(document.id for document in store.documents_of("quarry-road")) == everything
