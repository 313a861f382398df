"""A crew (``minyi work --watch --workers N``): so many watching processes, begun again when one dies."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

BEGIN: Final = "from api.cli.main import main; main()"
BEGIN_WORKER: Final = "from api.cli.crew import end_with; end_with({parent}); " + BEGIN
SOONEST, LATEST = 1.0, 60.0
"""Seconds until a worker that died is begun again: first, and when it dies again and again."""
LIVED: Final = 120.0
"""Who lived so long did not die of its beginning."""
_PARENT_DEATH: Final = 1
"""Linux's PR_SET_PDEATHSIG: which signal a process gets when the one that began it is gone."""


def end_with(parent: int) -> None:
    """Has this process end as by SIGTERM when the one that began it, of this number, is gone, even killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGTERM)
        if os.getppid() != parent:  # it went before this one could ask
            raise SystemExit(1)


@dataclass
class _Place:
    """One worker of the crew, and when the next takes its place."""

    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    pause: float = SOONEST
    due: float = 0.0

    def see_to(self, begin: Callable[[], subprocess.Popen[bytes]]) -> None:
        """Begins one where there is none; one that died, or could not begin, is followed by another some time after."""
        now = time.monotonic()
        if self.process is not None:
            if (code := self.process.poll()) is not None:
                self._put_off(f"Worker {self.process.pid} ended ({code})", now)
                self.process = None
        elif now >= self.due:
            self.began = now
            try:
                self.process = begin()
            except OSError as error:  # no memory, no process number: as short-lived as a worker can be
                self._put_off(f"A worker could not begin ({error.strerror})", now)

    def _put_off(self, why: str, now: float) -> None:
        self.pause = SOONEST if now - self.began > LIVED else min(2 * self.pause, LATEST)
        self.due = now + self.pause
        click.echo(f"{why}; another one begins in {self.pause:.0f} s.", err=True)


class Crew:
    """Processes of one command each; SIGTERM and Ctrl-C are handed on, and each ends as it would alone.

    The second signal kills them all. A crew that is killed itself takes its workers along (Linux).
    """

    def __init__(self, workers: int, home: Path | None, processes: int, more: tuple[str, ...] = ()) -> None:
        self._command = [sys.executable, "-c", BEGIN_WORKER.format(parent=os.getpid()), "work", "--watch", *more]
        self._command += ["--home", str(home)] if home else []
        self._environment = {**os.environ, "MINYI_PROCESSES": str(max(1, processes // workers))}
        self._places = [_Place() for _ in range(workers)]
        self._ended = False

    def run(self) -> None:
        """Runs until SIGTERM or SIGINT, and until all of them have ended."""
        for kind in (signal.SIGTERM, signal.SIGINT):
            signal.signal(kind, self._end)
        try:
            while not self._ended:
                for place in self._places:
                    place.see_to(self._begin)
                time.sleep(0.2)
        finally:  # whatever ends the crew, no worker of it is left behind
            for process in self._left():
                process.terminate()
            for process in self._left():
                process.wait()

    def _begin(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, env=self._environment, start_new_session=True)

    def _left(self) -> list[subprocess.Popen[bytes]]:
        return [place.process for place in self._places if place.process is not None]

    def _end(self, number: int, frame: Any) -> None:
        if self._ended:
            for process in self._left():
                process.kill()
        self._ended = True
