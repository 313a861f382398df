"""Back-tests of other settings, one at a time and within a time limit: they may not hold up the pages of others."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from typing import Final, TypeVar

Result = TypeVar("Result")
SECONDS: Final = 30.0
MOST_DAYS: Final = 180
"""Days at most that one back-test goes over."""
_ONE: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="backtest")


class TrialTooLong(Exception):
    """E807: the back-test, or the one before it, was not over within the time limit."""

    def __init__(self) -> None:
        super().__init__(f"E807: the back-test takes longer than {SECONDS:.0f} s; ask for fewer days, or again later")


def within_limit(make: Callable[[], Result], seconds: float = SECONDS) -> Result:
    """What ``make`` returns, made in the one thread for back-tests.

    Raises TrialTooLong when it is not there in time; one that has begun goes on to its end, one that waits is dropped.
    """
    waiting = _ONE.submit(make)
    try:
        return waiting.result(timeout=seconds)
    except NotInTime:
        waiting.cancel()
        raise TrialTooLong from None
