"""A crew (``minyi work --watch --workers N``): so many watching processes, begun again when one dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import click

BEGIN: Final = "from api.cli.main import main; main()"
SOONEST, LATEST = 1.0, 60.0
"""Seconds until a worker that died is begun again: first, and when it dies again and again."""
LIVED: Final = 120.0
"""Who lived so long did not die of its beginning."""


class Crew:
    """Processes of one command each; SIGTERM and Ctrl-C are handed on, and each ends as it would alone."""

    def __init__(self, workers: int, home: Path | None, processes: int, more: tuple[str, ...] = ()) -> None:
        self._workers = workers
        self._command = [sys.executable, "-c", BEGIN, "work", "--watch", *more]
        self._command += ["--home", str(home)] if home else []
        self._environment = {**os.environ, "MINYI_PROCESSES": str(max(1, processes // workers))}
        self._ended = False

    def run(self) -> None:
        """Runs until SIGTERM or SIGINT, and until all of them have ended."""
        for kind in (signal.SIGTERM, signal.SIGINT):
            signal.signal(kind, self._end)
        running = [self._begin() for _ in range(self._workers)]
        pauses = [SOONEST] * self._workers
        due = [0.0] * self._workers
        began = [time.monotonic()] * self._workers
        while any(one.poll() is None for one in running) or not self._ended:
            for number, one in enumerate(running):
                if one.poll() is None:
                    if self._ended:
                        one.send_signal(signal.SIGTERM) if not getattr(one, "told", False) else None
                        one.told = True  # type: ignore[attr-defined]
                    continue
                now = time.monotonic()
                if self._ended:
                    continue
                if not due[number]:
                    pauses[number] = SOONEST if now - began[number] > LIVED else min(2 * pauses[number], LATEST)
                    due[number] = now + pauses[number]
                    click.echo(f"Worker {one.pid} ended ({one.returncode}); another one begins.", err=True)
                elif now >= due[number]:
                    running[number], began[number], due[number] = self._begin(), now, 0.0
            time.sleep(0.2)

    def _begin(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, env=self._environment, start_new_session=True)

    def _end(self, number: int, frame: Any) -> None:
        self._ended = True
