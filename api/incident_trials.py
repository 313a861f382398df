"""Back-tests of other settings, one at a time and within a time limit: they may not hold up the pages of others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from typing import Final, TypeVar

Result = TypeVar("Result")
SECONDS: Final = 30.0
LONGER: Final = 120.0
"""Seconds that a program waits, which nobody sits before."""
MOST_DAYS: Final = 180
"""Days at most that one back-test goes over."""
_ROOM: Final = threading.BoundedSemaphore(2)
"""Places for the one that runs and the one that waits; every waiting one holds a thread of the server."""
_ONE: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="backtest")


class TrialTooLong(Exception):
    """E807: the back-test, or the one before it, was not over within the time limit."""

    def __init__(self, seconds: float = SECONDS) -> None:
        super().__init__(f"E807: the back-test takes longer than {seconds:.0f} s; ask for fewer days, or again later")


class TrialsFull(Exception):
    """E807: a back-test runs and another one waits for it."""

    def __init__(self) -> None:
        super().__init__("E807: a back-test is running and another one waits; ask again later")


def within_limit(make: Callable[[], Result], seconds: float = SECONDS) -> Result:
    """What ``make`` returns, made in the one thread for back-tests.

    Raises TrialTooLong when it is not there in time; one that has begun goes on to its end, one that waits is dropped.
    Raises TrialsFull where one waits already.
    """
    if not _ROOM.acquire(blocking=False):
        raise TrialsFull
    waiting = _ONE.submit(make)
    waiting.add_done_callback(lambda _: _ROOM.release())
    try:
        return waiting.result(timeout=seconds)
    except NotInTime:
        waiting.cancel()
        raise TrialTooLong(seconds) from None
