"""The daily budget of a source, counted in the store: all processes and all restarts share it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

from crawlers.windows import BEIJING
from pipeline.store import Store

BLOCK: Final = 10
"""Requests that are taken from the budget at once; a process that is killed loses what it has not used of them."""


class DailyBudget:
    """A :class:`crawlers.politeness.traffic.Ledger` in the store."""

    def __init__(self, store: Store, source: str, limit: int, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._source = source
        self._limit = limit
        self._clock = clock
        self._day = ""
        self._left = 0

    async def admit(self) -> bool:
        """Counts one request; whether today's budget has room for it."""
        day = self._clock().astimezone(BEIJING).date().isoformat()
        if day != self._day:
            self._day, self._left = day, 0
        if not self._left:
            self._left = await asyncio.to_thread(self._take)
        if not self._left:
            return False
        self._left -= 1
        return True

    def close(self) -> None:
        """Gives back what was not used."""
        if self._left:
            self._store.spend_requests(self._source, self._day, -self._left)
            self._left = 0

    def _take(self) -> int:
        total = self._store.spend_requests(self._source, self._day, BLOCK)
        over = min(BLOCK, max(0, total - self._limit))
        if over:
            self._store.spend_requests(self._source, self._day, -over)
        return BLOCK - over
