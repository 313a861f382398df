"""Readers: processes that each load the models once and turn claimed documents into analyses."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from models.transformer.chosen import Choice, choose, chosen
from models.transformer.machine import divide
from pipeline import meters
from pipeline.records import Analysis, DecisionProject, Document, ProjectLink

if TYPE_CHECKING:
    from spacy.tokens import Doc

T = TypeVar("T")
ENDED_READER = "ended_reader"
"""Reason of a document that ended every process that read it."""
_READER: Reader | None = None


class ReadersEnded(RuntimeError):
    """E401: the reading processes end before they read anything, as when the models cannot be loaded."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be analysed, with a reason code and never its content."""

    document: Document
    reason: str


Outcome = Analysis | Failure


class Timed(NamedTuple):
    """A batch that was read, and the seconds that the models took for it, in whichever process they did."""

    outcomes: list[Outcome]
    seconds: float

    def noted(self) -> list[Outcome]:
        """The outcomes; the time goes to the meters of this process."""
        meters.model_read(len(self.outcomes), self.seconds)
        return self.outcomes


class Reader:
    """Reads documents with the models against one registry of projects. Pure: equal inputs give equal analyses.

    The models are loaded here, so that a broken installation stops the work instead of setting every text aside.
    """

    def __init__(self, projects: Sequence[DecisionProject], threshold: float) -> None:
        from models import nlp
        from pipeline.link import Linker
        from pipeline.stance import StanceReader
        from pipeline.versions import current_versions

        nlp.load()
        self._nlp = nlp
        self._linker = Linker.with_model(projects, threshold=threshold)
        self._stances = StanceReader(projects)
        self._versions = current_versions(projects, threshold)

    def read(self, documents: Sequence[Document]) -> list[Outcome]:
        """One outcome a document, in order; a document that fails does not stop the others.

        They are read together, which keeps all threads busy; from one that cannot be read on, each is read by itself.
        """
        outcomes: list[Outcome] = []
        try:
            links = self._links(documents)
        except Exception:
            return [self._alone(document) for document in documents]
        docs = self._docs(documents)
        for document, found in zip(documents, links, strict=True):
            try:
                doc = next(docs)
            except Exception:
                return outcomes + [self._alone(rest) for rest in documents[len(outcomes) :]]
            outcomes.append(self._analysed(document, doc, found))
        return outcomes

    def _docs(self, documents: Sequence[Document]) -> Iterator[Doc]:
        return self._nlp.read(
            self._nlp.TextInContext(d.text, d.published_at, d.source_kind, d.region) for d in documents
        )

    def _links(self, documents: Sequence[Document]) -> list[tuple[ProjectLink, ...]]:
        from pipeline.link import Asked

        return self._linker.links([Asked(d.text, d.published_at, d.region) for d in documents])

    def _alone(self, document: Document) -> Outcome:
        try:
            (links,) = self._links([document])
            doc = next(self._docs([document]))
        except Exception as error:
            return Failure(document, _reason(error))
        return self._analysed(document, doc, links)

    def _analysed(self, document: Document, doc: Doc, links: tuple[ProjectLink, ...]) -> Outcome:
        from pipeline.analyse import analyse

        try:
            found = analyse(document, doc, links, self._versions)
            asks_only = not found.is_grievance and found.genre.label == "inquiry"
            return found.model_copy(update={"links": self._stances.read(document.text, links, asks_only=asks_only)})
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
        return _timed(self._reader, self._waiting.pop(0)).noted()

    @property
    def room(self) -> bool:
        return not self._waiting

    @property
    def busy(self) -> bool:
        return bool(self._waiting)


class Processes:
    """Reads in several processes; they end when this one does, however it ends.

    When a document ends the process that reads it, every batch that was under way is read again, one document at a
    time by a process of its own, and the document that ends a fresh one as well is set aside. So one text never stops
    the others.
    """

    def __init__(self, start: Callable[[int], ProcessPoolExecutor], count: int) -> None:
        self._start = start
        self._count = count
        self._running: dict[Future[Timed], Sequence[Document]] = {}
        self._suspects: deque[Document] = deque()
        self._many: ProcessPoolExecutor | None = None
        self._lone: ProcessPoolExecutor | None = None

    def submit(self, batch: Sequence[Document]) -> None:
        if self._many is None:
            self._many = self._start(self._count)
        try:
            future = _submitted(self._many, _read_batch, list(batch))
        except BrokenProcessPool:  # since the last answer
            self._suspects.extend(batch)
            if not self._running:
                self._many = None
        else:
            self._running[future] = batch

    def collect(self) -> list[Outcome]:
        """Raises ReadersEnded when a process ends that has not begun to read."""
        if self._running:
            outcomes = self._answers(wait(self._running, return_when=FIRST_COMPLETED).done)
            if outcomes:
                return outcomes
        return [self._read_alone(self._suspects.popleft())]

    @property
    def room(self) -> bool:
        return len(self._running) < 2 * self._count and not self._suspects

    @property
    def busy(self) -> bool:
        return bool(self._running or self._suspects)

    def close(self) -> None:
        """Waits for the processes to end."""
        for executor in filter(None, (self._many, self._lone)):
            executor.shutdown()

    def _answers(self, done: Iterable[Future[Timed]]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        broken = False
        for future in done:
            batch = self._running.pop(future)
            try:
                outcomes += future.result().noted()
            except BrokenProcessPool:
                broken = True
                self._suspects.extend(batch)
        if broken:
            outcomes += self._answers(wait(self._running).done) if self._running else []
            self._many = None
        return outcomes

    def _read_alone(self, document: Document) -> Outcome:
        for _ in range(2):  # the second time nothing but this document was read by that process
            if self._lone is None:
                self._lone = self._start(1)
                _ready(self._lone)
            try:
                (outcome,) = _submitted(self._lone, _read_batch, [document]).result().noted()
            except BrokenProcessPool:
                self._lone = None
            else:
                return outcome
        return Failure(document, ENDED_READER)


def _submitted(executor: ProcessPoolExecutor, task: Callable[..., T], *arguments: object) -> Future[T]:
    with _signals_kept_from_readers():
        return executor.submit(task, *arguments)


def _ready(executor: ProcessPoolExecutor) -> None:
    """Waits until a process has its models. Raises ReadersEnded when it cannot have them."""
    try:
        _submitted(executor, _read_batch, []).result()
    except BrokenProcessPool as error:
        raise ReadersEnded("E401: a reading process ended; see its message above, and run: minyi doctor") from error


@contextmanager
def reading(projects: Sequence[DecisionProject], threshold: float, processes: int) -> Iterator[Pool]:
    """A pool of readers. With none or one process, this one reads itself."""
    if processes <= 1:
        yield InProcess(projects, threshold)
        return
    with reading_apart(projects, threshold, processes) as pool:
        yield pool


@contextmanager
def reading_apart(projects: Sequence[DecisionProject], threshold: float, processes: int) -> Iterator[Processes]:
    """A pool of readers that are all other processes than this one."""
    context = multiprocessing.get_context("spawn")
    arguments = (list(projects), threshold, chosen(), processes)
    others = multiprocessing.active_children()
    pool = Processes(
        lambda count: ProcessPoolExecutor(count, mp_context=context, initializer=_start, initargs=arguments), processes
    )
    try:
        yield pool
    except BaseException:
        for reader in multiprocessing.active_children():
            if reader not in others:
                reader.terminate()  # what it was reading is read again: nobody waits for it
        raise
    finally:
        pool.close()


@contextmanager
def _signals_kept_from_readers() -> Iterator[None]:
    """Readers started in here do not end by a Ctrl-C or SIGTERM that all processes get: this one ends them in order."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(projects: list[DecisionProject], threshold: float, model: Choice, processes: int) -> None:
    global _READER
    for end in (_end_with_parent, _end_for_parent):
        threading.Thread(target=end, daemon=True).start()
    choose(model.folder, model.device)
    divide(processes)
    _READER = Reader(projects, threshold)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _end_for_parent() -> None:
    """SIGTERM is blocked here; the parent's is obeyed, whoever else sends it."""
    while signal.sigwaitinfo({signal.SIGTERM}).si_pid != os.getppid():
        pass
    os._exit(1)


def _read_batch(documents: list[Document]) -> Timed:
    assert _READER is not None, "the process was not started by reading()"
    return _timed(_READER, documents)


def _timed(reader: Reader, documents: Sequence[Document]) -> Timed:
    begun = perf_counter()
    outcomes = reader.read(documents)
    return Timed(outcomes, perf_counter() - begun)


def _reason(error: Exception) -> str:
    """The kind of error as a reason code: ``ValueError`` → ``value_error``; its message may quote the text."""
    name = type(error).__name__
    return "".join("_" + c.lower() if c.isupper() else c for c in name).strip("_") or "error"
