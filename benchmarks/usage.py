"""Memory and processor time of processes with all their children, from /proc (Linux)."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, Self

TICK: Final = os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> Iterator[int]:
    """A process and everything it started that still runs."""
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from tree(int(child))


class Held(NamedTuple):
    """MB of a process tree; what its processes share is counted once (Pss). Zeros when it is gone."""

    own: float
    """What nobody can take from it: heap, stacks, shared memory."""
    files: float
    """Pages of files that it maps, such as those of the index: the system drops them when it needs the room."""

    @property
    def whole(self) -> float:
        return self.own + self.files


def memory(pid: int) -> Held:
    """What a process holds, its children with it."""
    kilobytes = {"Pss_Anon": 0, "Pss_Shmem": 0, "Pss_File": 0}
    for one in tree(pid):
        with suppress(OSError):
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                name, _, rest = line.partition(":")
                if name in kilobytes:
                    kilobytes[name] += int(rest.split()[0])
    return Held((kilobytes["Pss_Anon"] + kilobytes["Pss_Shmem"]) / 1024, kilobytes["Pss_File"] / 1024)


def processor(pid: int) -> float:
    """Seconds of processor time of a process tree, of children that ended and were waited for as well."""
    total = 0
    for one in tree(pid):
        with suppress(OSError, IndexError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15]))
    return total / TICK


class Peak:
    """The most memory that a process tree (this one's) had while the block ran, looked at every so often."""

    def __init__(self, pid: int | None = None, every: float = 0.5) -> None:
        self.megabytes = 0.0
        self._pid, self._every = pid or os.getpid(), every
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, name="memory", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while True:
            self.megabytes = max(self.megabytes, memory(self._pid).whole)
            if self._done.wait(self._every):
                return
