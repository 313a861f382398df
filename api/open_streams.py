"""Streams that are open: each holds one of the server's connections until it ends, so a key has some and not all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pipeline import meters

MOST: Final = 8
"""Streams that one key may have open at once, in one process."""


class StreamsFull(Exception):
    """E326: as many streams are open with this key as may be."""

    def __init__(self) -> None:
        super().__init__(f"E326: {MOST} streams are open with this key; close one, or share what one brings")


class OpenStreams:
    """The streams of one application, counted by the name of the key; for its event loop alone, so without a lock."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    @contextmanager
    def one_more(self, name: str) -> Iterator[None]:
        """Counts a stream of this key as long as the block lasts. Raises StreamsFull (E326)."""
        if self._open[name] >= MOST:
            meters.refused("E326")
            raise StreamsFull
        self._open[name] += 1
        try:
            yield
        finally:
            self._open[name] -= 1
            if not self._open[name]:
                del self._open[name]


__all__ = ["MOST", "OpenStreams", "StreamsFull"]
