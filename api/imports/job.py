"""An import that runs beside the pages: taken in, then worked on, one after the other, with its progress."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Final, Literal

from api.imports.taking import TakingIn
from api.imports.upload import Upload
from crawlers.importers import Bad, ImportRefused, open_source
from pipeline.logbook import Code, Event, Id, log
from pipeline.office import Office
from pipeline.store import StatedImport
from pipeline.work import work

KEPT: Final = 20
"""Finished imports whose rejected rows can still be downloaded."""
MOST_REJECTS: Final = 100_000
AT_ONCE: Final = 4
"""Imports that run or wait for their turn; each keeps its file in memory."""
State = Literal["waiting", "reading", "working", "done", "failed"]


@dataclass
class ImportJob:
    """One import; a page reads it while a thread goes on with it. It hears how the work goes (a ``Progress``)."""

    id: str
    name: str
    """The file's name, of letters without names of people; as in the list of rejected rows."""
    stated: StatedImport
    state: State = "waiting"
    total: int = 0
    position: int = 0
    rejects: list[Bad] = field(default_factory=list)
    rows: int = 0
    new: int = 0
    known: int = 0
    repeated: int = 0
    rejected: int = 0
    quarantined: int = 0
    refused: str = ""
    """Why the file could not be read, or not to its end."""
    failure: str = ""
    step_name: str = ""
    step_total: int = 0
    step_done: int = 0
    analysed: int = 0
    index_busy: bool = False
    seconds: float = 0.0
    """How long the rows took."""
    _begun: float = 0.0

    @property
    def per_second(self) -> float:
        """Rows a second so far, or in the end."""
        spent = self.seconds or (time.monotonic() - self._begun if self._begun else 0.0)
        return self.rows / spent if spent > 0 else 0.0

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed")

    @property
    def changed_nothing(self) -> bool:
        """Whether everything good in the file was known already."""
        return self.state == "done" and not (self.new or self.quarantined)

    def step(self, name: str, total: int) -> None:
        """Hears that a step of the work begins."""
        self.step_name, self.step_total, self.step_done = name, total, 0

    def advance(self, count: int) -> None:
        """Hears that ``count`` more are done."""
        self.step_done += count

    def run(self, office: Office, upload: Upload) -> None:
        """Takes the rows in and works on them. Whatever happens, what is in stays in, and a repetition goes on."""
        try:
            self._read(office, upload)
            self.state = "working"
            done = work(office, self)
            self.analysed, self.index_busy = done.analysed, done.index_busy
            self.state = "done"
        except ImportRefused as refused:
            self.refused, self.state = str(refused), "failed"
        except Exception as error:  # the page says so; what went wrong may quote a text and stays unsaid
            number = Id(f"u{self.id}")
            log(Event.IMPORT_FAILED, logging.ERROR, part="imports", number=number, error=Code.of(error))
            self.failure, self.state = type(error).__name__, "failed"

    def _read(self, office: Office, upload: Upload) -> None:
        """Takes the rows in. What reads the raw file lives no longer than this, while the job is kept for its page."""
        source = open_source(upload.file, upload.options)
        self.state, self.total, self._begun = "reading", source.total_hint, time.monotonic()

        def reach(position: int) -> None:
            self.position = position
            self._count(taking)

        taking = TakingIn(source, self._reject, reach)
        try:
            taking.into(office)
        finally:
            self._count(taking)
        self.seconds = time.monotonic() - self._begun
        self.position, self.repeated = self.total, source.duplicates
        self.refused = str(taking.refused or "")
        whole = self.stated.complete and not self.refused and not self.quarantined
        counts = {"rows": self.rows, "new": self.new, "rejected": self.rejected}
        self.stated = self.stated.model_copy(
            update={"finished_at": office.store.clock(), "complete": whole, **counts},
        )
        office.store.note_import(self.stated)

    def _count(self, taking: TakingIn) -> None:
        self.rows, self.rejected, receipt = taking.rows, taking.rejected, taking.receipt
        self.new, self.known, self.quarantined = receipt.new, receipt.known, receipt.quarantined

    def _reject(self, bad: Bad) -> None:
        if len(self.rejects) < MOST_REJECTS:
            self.rejects.append(bad)


class ImportJobs:
    """The imports of this process, one at a time, in the order they came."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._jobs: dict[str, ImportJob] = {}
        self._turn = threading.Lock()
        self._threads: list[threading.Thread] = []

    @property
    def are_full(self) -> bool:
        """Whether no further import can wait for its turn."""
        return sum(not one.is_over for one in list(self._jobs.values())) >= AT_ONCE

    def begin(self, job: ImportJob, upload: Upload) -> None:
        """Has a thread run the import as soon as the ones before it are over."""
        over = [key for key, one in self._jobs.items() if one.is_over]
        for key in over[: max(0, len(over) - KEPT + 1)]:
            del self._jobs[key]
        self._jobs[job.id] = job
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=self._run, args=(job, upload), name=f"import-{job.id}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def get(self, job_id: str) -> ImportJob | None:
        """The import of this process by that id."""
        return self._jobs.get(job_id)

    def wait(self) -> None:
        """Returns when every import that was begun is over."""
        for thread in list(self._threads):
            thread.join()

    def _run(self, job: ImportJob, upload: Upload) -> None:
        with self._turn:
            job.run(self._office, upload)
