"""The limit on wrong passwords: by account and by client address, in memory only, with delays that double."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FREE: Final = {"name": 5, "address": 30}
"""Wrong tries before the first delay; offices share an address."""
FIRST: Final = timedelta(seconds=2)
LONGEST: Final = timedelta(minutes=15)
FORGOTTEN: Final = timedelta(hours=1)
"""After this long without a wrong try everything is forgotten."""
REMEMBERED: Final = 20_000
"""Names and addresses that are kept in mind at most; beyond them the oldest go."""


class TooManyAttempts(PermissionError):
    """E901: too many wrong tries; ``wait`` says how long nobody is let in under this name or from this address."""

    def __init__(self, wait: timedelta) -> None:
        seconds = max(1, round(wait.total_seconds()))
        super().__init__(f"E901: too many wrong tries; wait {seconds} seconds and try again")
        self.wait = timedelta(seconds=seconds)


@dataclass
class _Wrong:
    tries: int
    last: datetime


class Attempts:
    """Counts wrong tries of this process. An address never leaves memory (P-01)."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._wrong: OrderedDict[tuple[str, str], _Wrong] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, name: str, address: str) -> None:
        """Counts a try as wrong until it proves right. Raises TooManyAttempts (E901) while a delay is running.

        Looking and counting are one step: however many try at the same moment, no more get through than are free.
        """
        now = self._clock()
        with self._lock:
            longest = max(self._wait(place, now) for place in _places(name, address))
            if longest > timedelta():
                raise TooManyAttempts(longest)
            for place in _places(name, address):
                found = self._wrong.pop(place, None)
                tries = found.tries + 1 if found and now - found.last < FORGOTTEN else 1
                self._wrong[place] = _Wrong(tries, now)
            while len(self._wrong) > REMEMBERED:
                self._wrong.popitem(last=False)

    def right(self, name: str, address: str) -> None:
        """Takes a try back, and forgets the wrong ones under the name; those of the address stay, whoever signs in."""
        with self._lock:
            self._wrong.pop(("name", name), None)
            if found := self._wrong.get(("address", address)):
                found.tries -= 1

    def _wait(self, place: tuple[str, str], now: datetime) -> timedelta:
        found = self._wrong.get(place)
        if found is None or (beyond := found.tries - FREE[place[0]]) < 0:
            return timedelta()
        delay: timedelta = min(LONGEST, FIRST * (1 << min(beyond, 20)))
        return max(timedelta(), found.last + delay - now)


def _places(name: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("name", name), ("address", address)
