"""Reading processes: a text that ends the one that reads it is set aside, the others go on; leases outlast a batch."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from offices import office_in

import pipeline.reader
import pipeline.work
from models.transformer.chosen import chosen
from pipeline.reader import ENDED_READER, Failure, ReadersEnded, reading, reading_apart
from pipeline.records import DecisionProject, Document
from pipeline.store import Store
from pipeline.work import renewed, work

DEADLY = "这一封会让进程退出"
start = pipeline.reader._start


def start_with_a_weakness(projects: list[DecisionProject], threshold: float, *machine: Any) -> None:
    """What a reading process begins with, when it is one that a certain text ends as a crash in a library does."""
    import pipeline.analyse

    analyse = pipeline.analyse.analyse

    def deadly(document: Document, *found: Any) -> Any:
        if DEADLY in document.text:
            os._exit(139)
        return analyse(document, *found)

    pipeline.analyse.analyse = deadly
    start(projects, threshold, *(machine or (chosen(), 1)))


def start_without_models(projects: list[DecisionProject], threshold: float, *_machine: Any) -> None:
    """What a reading process begins with where the models cannot be loaded."""
    os._exit(1)


def letters(count: int, *deadly: int) -> list[str]:
    return [f"来信|第{n}封：采石场夜里放炮。{DEADLY if n in deadly else ''}" for n in range(count)]


def test_a_text_that_ends_its_reader_is_set_aside_and_all_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline.reader, "_start", start_with_a_weakness)
    monkeypatch.setattr(pipeline.work, "SMALL", 0)
    with office_in(tmp_path, processes=2) as office:
        office.import_texts(letters(40, 3, 30))
        done = work(office)
        assert (done.analysed, done.quarantined) == (38, 2)
        aside = {entry.reason for entry in office.store.quarantined()}
        assert aside == {ENDED_READER} and office.store.counts_by_state() == {"indexed": 38, "quarantined": 2}
        assert office.index.verify().documents == 38


def test_where_the_models_cannot_be_loaded_the_work_stops_and_no_text_is_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline.reader, "_start", start_without_models)
    monkeypatch.setattr(pipeline.work, "SMALL", 0)
    with office_in(tmp_path, processes=2) as office:
        office.import_texts(letters(3))
        with pytest.raises(ReadersEnded, match=r"E401.*minyi doctor"):
            work(office)
        assert office.store.counts_by_state() == {"received": 3} and office.store.lease_holders() == set()


def test_a_text_that_ended_the_work_twice_is_read_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few texts are read by the work's own process: the third run finds out which of them ends it."""
    monkeypatch.setattr(pipeline.reader, "_start", start_with_a_weakness)
    with office_in(tmp_path) as office:
        office.import_texts(letters(5, 2))
    for expected in (139, 139, 0):
        child = os.fork()
        if child == 0:
            end = 1
            try:
                with office_in(tmp_path) as office:
                    if expected:
                        start_with_a_weakness([], 0.5)
                    work(office)
                end = 0
            finally:
                os._exit(end)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == expected
    with office_in(tmp_path) as office:
        assert office.store.counts_by_state() == {"indexed": 4, "quarantined": 1}
        assert [entry.reason for entry in office.store.quarantined()] == [ENDED_READER]


def test_a_signal_that_all_processes_get_ends_no_reader_and_the_one_that_began_them_ends_them(tmp_path: Path) -> None:
    """As systemd and ``timeout`` send it; a batch in hand is read to its end."""
    with office_in(tmp_path) as office:
        office.import_texts(letters(2))
        one, other = ([document] for document in office.documents())
    before = multiprocessing.active_children()
    with pytest.raises(KeyboardInterrupt), reading_apart([], 0.5, 1) as pool:
        pool.submit(one)
        [reader] = [child for child in multiprocessing.active_children() if child not in before]
        for kind in ("TERM", "INT"):
            subprocess.run(["kill", f"-{kind}", str(reader.pid)], check=True)
        read = pool.collect()
        pool.submit(other)
        read += pool.collect()
        assert [found.document_id for found in read] == [one[0].id, other[0].id] and reader.is_alive()
        raise KeyboardInterrupt
    assert reader not in multiprocessing.active_children(), "and nobody waited for what it was reading"


def test_outcomes_of_a_pool_cover_every_document_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline.reader, "_start", start_with_a_weakness)
    with office_in(tmp_path) as office:
        office.import_texts(letters(12, 0, 5))
        documents = office.documents()
    outcomes = []
    with reading([], 0.5, 2) as pool:
        for start in range(0, 12, 3):
            pool.submit(documents[start : start + 3])
        while pool.busy:
            outcomes += pool.collect()
    failed = [outcome.document.id for outcome in outcomes if isinstance(outcome, Failure)]
    read = [outcome.document_id for outcome in outcomes if not isinstance(outcome, Failure)]
    assert sorted(failed + read) == sorted(document.id for document in documents)
    assert sorted(failed) == sorted(document.id for document in documents if DEADLY in document.text)


class Watched(Store):
    """A store that says when leases were renewed five times."""

    renewals = 0
    often: Event

    def renew(self, worker: str, lease_seconds: float) -> int:
        count = super().renew(worker, lease_seconds)
        self.renewals += 1
        if self.renewals == 5:
            self.often.set()
        return count


def test_leases_are_renewed_while_a_batch_takes_longer_than_they_last(tmp_path: Path) -> None:
    with office_in(tmp_path) as office:
        office.import_texts(letters(3))
        url = office.settings.store_url
    with Watched.open(url) as store:
        store.often = Event()
        assert len(store.claim("received", 10, "slow", 1.5)) == 3
        with renewed(store, "slow", 1.5):
            assert store.often.wait(60)  # five renewals: two and a half seconds
            assert store.claim("received", 10, "quick", 1.5) == [] and store.lease_holders() == {"slow"}
        assert store.renew("quick", 1.5) == 0
        store.release("slow")
        assert store.renew("slow", 1.5) == 0 and len(store.claim("received", 10, "quick", 1.5)) == 3
