"""When somebody asks a process to stop: SIGTERM, or SIGINT from a keyboard."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


def _wait_for_the_batch() -> None:
    """What is in hand is done to its end."""


def break_off() -> None:
    """What is in hand is broken off, as by Ctrl-C, and whoever began something takes it back."""
    raise KeyboardInterrupt


@contextmanager
def until_asked(
    ended: threading.Event | None = None, then: Callable[[], None] = _wait_for_the_batch
) -> Iterator[Callable[[], bool]]:
    """Whether somebody asked since; the second time ends the process at once, as if nobody listened.

    ``then`` is called where the first signal meets the main thread, and may raise to break off what is in hand. In
    other threads, which get no signals, it is ``ended`` alone that says so.
    """
    ended = ended or threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield ended.is_set
        return
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = {kind: signal.getsignal(kind) for kind in kinds}

    def asked(number: int, frame: Any) -> None:
        for kind in kinds:
            signal.signal(kind, signal.SIG_DFL)
        ended.set()
        then()

    for kind in kinds:
        signal.signal(kind, asked)
    try:
        yield ended.is_set
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
