"""How often who may ask: a bucket for each API key, and one for each network that comes without a key that is known.

Kept in memory, for each process by itself; a restart fills all buckets. No key is kept, only its hash, and no address
longer than it takes to forget it (P-01).
"""

from __future__ import annotations

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final

from api.callers import network_of

KEPT: Final = 10_000
"""Buckets that are kept; the one that was used longest ago goes first."""


class _Buckets:
    """Buckets of one size: each holds as many tokens as there are requests in a minute, and fills at that rate."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._size, self._clock = per_minute, clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> float:
        """Takes one token; returns 0, or the seconds until there is one."""
        now = self._clock()
        level, at = self._levels.pop(name, (float(self._size), now))
        level = min(self._size, level + (now - at) * self._size / 60)
        wait = 0.0 if level >= 1 else (1 - level) * 60 / self._size
        self._levels[name] = (level if wait else level - 1, now)
        while len(self._levels) > KEPT:
            self._levels.popitem(last=False)
        return wait


class Rates:
    """The limits of one process. Keys that the store has are known; whoever guesses keys uses up his network's."""

    def __init__(self, known: int, unknown: int, clock: Callable[[], float] = time.monotonic) -> None:
        """``known`` requests a minute for each key, ``unknown`` for each network without one that is known."""
        self._by_key, self._by_network = _Buckets(known, clock), _Buckets(unknown, clock)
        self._known: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def wait(self, key: str, address: str) -> int:
        """0 if the request may come in, else the whole seconds after which the next one may; an empty key is none."""
        mark, network = _hash(key), network_of(address)
        with self._lock:
            known = bool(key) and mark in self._known
            return math.ceil(self._by_key.take(mark) if known else self._by_network.take(network))

    def learn(self, key: str) -> None:
        """From now on this is known: the store has it."""
        mark = _hash(key)
        with self._lock:
            self._known[mark] = None
            self._known.move_to_end(mark)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)

    def forget(self, key: str) -> None:
        """The store does not have it, or has it no more: a revoked key is a stranger again."""
        with self._lock:
            self._known.pop(_hash(key), None)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
