"""Registers of the newest ticks and blocks, and what fell into each trailing window."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from pipeline.alerts.observation import Floats, Ints
from pipeline.alerts.settings import BLOCK, FINE, WINDOWS
from pipeline.alerts.state import NEVER, States

_FINE: Final = tuple(window for window in WINDOWS if window <= FINE)
_COARSE: Final = tuple(window // BLOCK - 1 for window in WINDOWS if window > FINE)
_LENGTHS: Final = np.array(WINDOWS, dtype=np.int64)


def push(states: States, count: Floats, exposure: Floats, total: Floats) -> None:
    """Puts one tick in front of the registers."""
    for name, value in (("count", count), ("exposure", exposure), ("total", total)):
        register: Any = states.columns[name]
        register[:, 1:] = register[:, :-1]
        register[:, 0] = value


def close_blocks(states: States, tick: Ints) -> Ints:
    """Moves the newest BLOCK ticks into the block register where a block ends; those rows."""
    rows = np.flatnonzero(tick % BLOCK == BLOCK - 1)
    for fine, coarse in (("count", "block_count"), ("exposure", "block_exposure")):
        register: Any = states.columns[coarse]
        moved = register[rows, :-1]
        register[rows, 1:] = moved
        register[rows, 0] = np.cumsum(states.columns[fine][rows, :BLOCK], axis=1)[:, -1]
    return rows


def sums(states: States, tick: Ints, *, closed: bool = False) -> tuple[Floats, Floats]:
    """Origins and exposure in every window, each n × len(WINDOWS).

    ``closed``: ``close_blocks`` was called for this tick already, as in every state between two ticks.
    """
    return _sums(states, "count", tick, closed), _sums(states, "exposure", tick, closed)


def _sums(states: States, name: str, tick: Ints, closed: bool) -> Floats:
    fine = _running(states.columns[name], FINE)
    first = np.stack(fine[:BLOCK])[tick % BLOCK, np.arange(len(states))]
    blocks = _running(states.columns[f"block_{name}"], max(_COARSE) + closed)
    coarse = [first + blocks[many - 1] for many in _COARSE]
    if closed:
        ends = tick % BLOCK == BLOCK - 1
        coarse = [np.where(ends, blocks[many], sum_) for many, sum_ in zip(_COARSE, coarse, strict=True)]
    return np.stack([fine[window - 1] for window in _FINE] + coarse, axis=1).astype(np.float64)


def _running(register: Any, many: int) -> list[Any]:
    """Sums of the first 1, 2 … ``many`` columns, one by one: the same to the bit for one row and for many."""
    total = register[:, 0].copy()
    totals = [total]
    for column in range(1, many):
        total = total + register[:, column]
        totals.append(total)
    return totals


def since_last_episode(states: States, tick: Ints) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which windows lie wholly after the last episode: what was alarmed once is not counted again."""
    end: Any = states.columns["end"]
    since = np.where(end == NEVER, np.iinfo(np.int64).max, tick - np.where(end == NEVER, tick, end))
    inside: np.ndarray[Any, np.dtype[np.bool_]] = since[:, None] >= _LENGTHS[None, :]
    return inside
