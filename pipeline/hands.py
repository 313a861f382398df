"""Hands: what one worker has claimed, in fair shares of what is new, what is filled in and what is read again."""

from __future__ import annotations

import hashlib
import os
import socket
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import Final

from sqlalchemy.exc import DBAPIError

from pipeline.reader import Failure, Outcome
from pipeline.records import Document, Versions
from pipeline.store import Store
from pipeline.store.queue import BACKFILL_SHARE, reserved
from pipeline.store.workers import Step

BATCH: Final = 16
BEAT: Final = 10.0
"""Seconds between two signs of life."""
WINDOW: Final = 60.0
"""Seconds over which the rates of a worker are told."""
_names: dict[int, str] = {}


def worker_name() -> str:
    """This process as the list of workers names it: machine, number of the process, and a word of its own."""
    pid = os.getpid()
    if pid not in _names:
        _names[pid] = lease_name()
    return _names[pid]


def lease_name() -> str:
    """A name under which this process holds leases; other processes of this machine see whether it is still alive."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}:{_machine()}"


def is_dead(name: str) -> bool:
    """Whether the process of this name was one of this machine and is no more.

    Of processes elsewhere nothing is known: on other machines and in other containers, of the same host name too.
    """
    host, pid, _, machine, *_ = [*name.split(":"), "", "", ""]
    if host != socket.gethostname() or machine != _machine() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@cache
def _machine() -> str:
    """What tells machines and containers of one name apart: which start of which kernel, and whose process numbers.

    A sandbox may hide the first; a process in it and one outside then do not judge each other, as if elsewhere.
    """
    parts = []
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip())
    with suppress(OSError):
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:8]


@dataclass
class Pulse:
    """The signs of life of this process: what it is at, and how many texts a second it read in the last minute."""

    store: Store
    name: str = field(default_factory=worker_name)
    step: Step = "reading"
    _versions: Versions | None = None
    _read: deque[tuple[float, int, int]] = field(default_factory=deque)
    _began: float = field(default_factory=monotonic)
    _turn: Lock = field(default_factory=Lock)
    """A thread of its own signs, too."""
    _signing: Lock = field(default_factory=Lock)
    """So that what was said last stands; apart from the other one, which is taken within transactions."""

    def begin(self, versions: Versions) -> None:
        """The process begins to read with these versions."""
        self.step, self._versions = "reading", versions
        self.store.add_worker(self.name, versions)

    def reading(self, versions: Versions) -> frozenset[str]:
        """Digests of the versions with which anybody reads now, once it stands in the list that this one has these.

        Where they are others than before, texts may have to be read again: the registry has changed, or the last
        worker of other versions has ended.
        """
        if versions != self._versions:
            self.begin(versions)
        return self.store.digests_at_work()

    def count(self, new: int, again: int, failed: int) -> None:
        """Counts what was read, in the transaction that stores it."""
        self.store.count_read(self.name, new, again, failed)
        with self._turn:
            self._read.append((monotonic(), new, again))

    def beat(self, step: Step | None = None) -> None:
        """Signs; a database that is away for a moment hears the next one."""
        now = monotonic()
        seconds = max(1.0, min(WINDOW, now - self._began))
        with self._turn:
            while self._read and self._read[0][0] < now - WINDOW:
                self._read.popleft()
            rates = [sum(one[place] for one in self._read) / seconds for place in (1, 2)]
        with self._signing, suppress(DBAPIError):
            self.step = step or self.step
            self.store.sign(self.name, self.step, *rates)


@contextmanager
def repeated(seconds: float, act: Callable[[], object], name: str) -> Iterator[None]:
    """Does something every so many seconds for as long as the block runs, in a thread of its own.

    A database that is away for a moment is no matter; the next time may do.
    """
    done = Event()

    def go_on() -> None:
        while not done.wait(seconds):
            with suppress(DBAPIError):
                act()

    thread = Thread(target=go_on, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextmanager
def signing(pulse: Pulse) -> Iterator[Pulse]:
    """Signs for as long as the block runs, however long one step takes."""
    with repeated(BEAT, pulse.beat, "pulse"):
        yield pulse


@contextmanager
def one_run(store: Store) -> Iterator[Pulse]:
    """The signs of a worker that ends with the block."""
    pulse = Pulse(store)
    try:
        with signing(pulse):
            yield pulse
    finally:
        pulse.beat("ended")


class Hands:
    """What one worker has claimed and not yet stored.

    ``new`` says whether it reads new texts, or only those of the runs of its versions. While both wait, a batch holds
    a share of back-fill and of texts to read again, and the rest is new: none waits for another to end.
    """

    def __init__(
        self, store: Store, versions: Versions, worker: str, lease_seconds: float, *, new: bool = True,
        share: float = BACKFILL_SHARE, stopped: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        self.versions = versions
        self._store, self._worker, self._seconds = store, worker, lease_seconds
        self._new, self._share, self._stopped = new, share, stopped
        self._again: set[str] = set()

    def take(self) -> Sequence[Document]:
        """The next batch; none when nothing is free, or when the worker is to stop."""
        if self._stopped():
            return ()
        if not self._new:
            return self._take_again(BATCH)
        store = self._store
        old = self._take_again(reserved(BATCH, self._share))
        found = store.claim("received", BATCH - len(old), self._worker, self._seconds, self._share)
        if len(found) + len(old) < BATCH and old:
            old += self._take_again(BATCH - len(found) - len(old))
        return [*found, *old]

    def apart(self, outcomes: Sequence[Outcome]) -> tuple[list[Outcome], list[Outcome]]:
        """What was read for the first time, and what was read again; it is in hand no more."""
        new = [one for one in outcomes if document_of(one) not in self._again]
        again = [one for one in outcomes if document_of(one) in self._again]
        self._again.difference_update(map(document_of, again))
        return new, again

    def _take_again(self, limit: int) -> list[Document]:
        if not self._store.open_runs(self.versions):  # a look, where a claim would take the lock of who writes
            return []
        batch = self._store.claim_again(self.versions, limit, self._worker, self._seconds)
        self._again.update(document.id for document in batch)
        return batch


def document_of(outcome: Outcome) -> str:
    """Id of the document that was read."""
    return outcome.document.id if isinstance(outcome, Failure) else outcome.document_id
