"""Readers: processes that each load the models once and turn claimed documents into analyses."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for
from typing import Protocol

from pipeline.records import Analysis, DecisionProject, Document

_READER: Reader | None = None


class ReadersEnded(RuntimeError):
    """E401: the reading processes are gone, as when the models cannot be loaded or memory runs out."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be analysed, with a reason code and never its content."""

    document: Document
    reason: str


Outcome = Analysis | Failure


class Reader:
    """Reads documents with the models against one registry of projects. Pure: equal inputs give equal analyses.

    The models are loaded here, so that a broken installation stops the work instead of setting every text aside.
    """

    def __init__(self, projects: Sequence[DecisionProject], threshold: float) -> None:
        from models import nlp
        from pipeline.link import Linker
        from pipeline.versions import current_versions

        nlp.load()
        self._nlp = nlp
        self._linker = Linker(projects, threshold=threshold)
        self._versions = current_versions(projects, threshold)

    def read(self, documents: Sequence[Document]) -> list[Outcome]:
        """One outcome a document, in order; a document that fails does not stop the others."""
        return [self._read(document) for document in documents]

    def _read(self, document: Document) -> Outcome:
        from pipeline.analyse import analyse

        try:
            doc = self._nlp.read_one(
                document.text,
                published_at=document.published_at,
                source_kind=document.source_kind,
                region=document.region,
            )
            links = self._linker.link(document.text, doc, published_at=document.published_at, region=document.region)
            return analyse(document, doc, links, self._versions)
        except Exception as error:
            return Failure(document, _reason(error))


class Pool(Protocol):
    """Something that reads batches and gives back outcomes as they come."""

    def submit(self, batch: Sequence[Document]) -> None: ...

    def collect(self) -> list[Outcome]: ...

    @property
    def room(self) -> bool: ...

    @property
    def busy(self) -> bool: ...


class InProcess:
    """Reads in this process: for small jobs, where starting others costs more than it saves."""

    def __init__(self, projects: Sequence[DecisionProject], threshold: float) -> None:
        self._reader = Reader(projects, threshold)
        self._waiting: list[Sequence[Document]] = []

    def submit(self, batch: Sequence[Document]) -> None:
        self._waiting.append(batch)

    def collect(self) -> list[Outcome]:
        return self._reader.read(self._waiting.pop(0))

    @property
    def room(self) -> bool:
        return not self._waiting

    @property
    def busy(self) -> bool:
        return bool(self._waiting)


class Processes:
    """Reads in several processes; they end when this one does, however it ends."""

    def __init__(self, executor: ProcessPoolExecutor, count: int) -> None:
        self._executor = executor
        self._limit = 2 * count
        self._running: set[Future[list[Outcome]]] = set()

    def submit(self, batch: Sequence[Document]) -> None:
        with _interrupts_kept_from_readers():
            self._running.add(self._executor.submit(_read_batch, list(batch)))

    def collect(self) -> list[Outcome]:
        done, self._running = wait(self._running, return_when=FIRST_COMPLETED)
        try:
            return [outcome for future in done for outcome in future.result()]
        except BrokenProcessPool as error:
            raise ReadersEnded("E401: a reading process ended; see its message above, and run: minyi doctor") from error

    @property
    def room(self) -> bool:
        return len(self._running) < self._limit

    @property
    def busy(self) -> bool:
        return bool(self._running)


@contextmanager
def reading(projects: Sequence[DecisionProject], threshold: float, processes: int) -> Iterator[Pool]:
    """A pool of readers. With one process, this one reads itself."""
    if processes <= 1:
        yield InProcess(projects, threshold)
        return
    context = multiprocessing.get_context("spawn")
    arguments = (list(projects), threshold)
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_start, initargs=arguments) as executor:
        others = multiprocessing.active_children()
        try:
            yield Processes(executor, processes)
        except BaseException:
            for reader in multiprocessing.active_children():
                if reader not in others:
                    reader.terminate()  # what it was reading is read again: nobody waits for it
            raise


@contextmanager
def _interrupts_kept_from_readers() -> Iterator[None]:
    """Readers started in here never see Ctrl-C: this process ends them in order, and they print nothing of theirs."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(projects: list[DecisionProject], threshold: float) -> None:
    global _READER
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _READER = Reader(projects, threshold)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _read_batch(documents: list[Document]) -> list[Outcome]:
    assert _READER is not None, "the process was not started by reading()"
    return _READER.read(documents)


def _reason(error: Exception) -> str:
    """The kind of error as a reason code: ``ValueError`` → ``value_error``; its message may quote the text."""
    name = type(error).__name__
    return "".join("_" + c.lower() if c.isupper() else c for c in name).strip("_") or "error"
