"""What is remembered of a series between two ticks: under one kilobyte, packed, exact.

``State`` is one series as bytes. ``States`` are many series as columns; one and many go through the same code, so a
series gives the same bytes alone as among 100,000 others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from pipeline.alerts.calendar import KINDS
from pipeline.alerts.settings import BLOCKS, FINE, WINDOWS

HOURS: Final = 24
NEVER: Final = np.iinfo(np.int64).min
"""Tick of a series that has not been observed."""

RECORD: Final = np.dtype(
    [
        ("tick", "<i8"),  # last tick seen
        ("age", "<f4"),  # ticks observed
        ("level_count", "<f4"),  # discounted origins and the exposure they came from
        ("level_exposure", "<f4"),
        ("count", "<f4", (FINE,)),  # newest ticks: origins, and what one unit of level would have brought
        ("exposure", "<f4", (FINE,)),
        ("block_count", "<f4", (BLOCKS,)),
        ("block_exposure", "<f4", (BLOCKS,)),
        ("hour_count", "<f4", (HOURS,)),
        ("hour_expected", "<f4", (HOURS,)),
        ("day_count", "<f4", (KINDS,)),
        ("day_expected", "<f4", (KINDS,)),
        ("dispersion_sum", "<f4", (len(WINDOWS),)),
        ("dispersion_looks", "<f4", (len(WINDOWS),)),
        ("total", "<f4", (FINE,)),
        ("share_count", "<f4"),
        ("share_total", "<f4"),
        ("total_level", "<f4"),
        ("moving_mean", "<f4", (3,)),
        ("moving_variance", "<f4", (3,)),
        ("peak_day", "<i4"),
        ("peak_today", "<f4"),
        ("peak_sum", "<f4"),
        ("peak_days", "<f4"),
        ("score", "<f4"),
        ("phase", "<u1"),  # 0 idle, 1 open, 2 cooling
        ("level", "<u1"),
        ("quiet", "<u2"),
        ("serial", "<u4"),
        ("begin", "<i8"),
        ("end", "<i8"),  # of the last episode that is over
        ("peak", "<f4"),
    ]
)
"""Layout of one series. A change of it is a new VERSION."""
VERSION: Final = 1
_PREFIX: Final = b"MA" + bytes([VERSION])
SIZE: Final = RECORD.itemsize + len(_PREFIX)


@dataclass(frozen=True, slots=True)
class State:
    """One series, packed. Equal bytes are equal states."""

    packed: bytes

    @classmethod
    def new(cls) -> Self:
        """A series nobody has looked at yet."""
        return cls(States.new(1).row_bytes(0))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises ValueError (E802) when the bytes are not a state of this version."""
        if len(data) != SIZE or not data.startswith(_PREFIX):
            raise ValueError("E802: not a detector state of this version: start the series anew from its counts")
        return cls(data)

    def to_bytes(self) -> bytes:
        """What the store keeps; ``from_bytes`` gives the same state back."""
        return self.packed

    def rescaled(self, factor: float) -> Self:
        """The same habit at ``factor`` times the level: a source was added for good or given up."""
        states = States.unpack([self])
        for name in ("exposure", "block_exposure", "level_exposure"):
            states.columns[name] = (states.columns[name] / factor).astype(np.float32)
        return type(self)(states.row_bytes(0))

    @property
    def tick(self) -> int | None:
        """The last tick that was observed, None before the first."""
        tick = int(np.frombuffer(self.packed, RECORD, count=1, offset=len(_PREFIX))["tick"][0])
        return None if tick == NEVER else tick


class States:
    """Many series: one array a field of RECORD, first axis the series."""

    __slots__ = ("columns",)

    def __init__(self, columns: dict[str, Any]) -> None:
        self.columns = columns

    @classmethod
    def new(cls, n: int) -> Self:
        """n series nobody has looked at yet."""
        states = cls._of_records(np.zeros(n, RECORD))
        for name in ("tick", "begin", "end"):
            states.columns[name] = np.full(n, NEVER, dtype=np.int64)
        states.columns["peak_day"] = np.full(n, -1, dtype=np.int32)
        return states

    @classmethod
    def unpack(cls, states: Sequence[State]) -> Self:
        """The columns of packed states."""
        joined = b"".join(state.packed[len(_PREFIX) :] for state in states)
        return cls._of_records(np.frombuffer(joined, RECORD))

    @classmethod
    def _of_records(cls, records: npt.NDArray[np.void]) -> Self:
        return cls({name: np.array(records[name], order="C") for name in RECORD.names or ()})

    def pack(self) -> list[State]:
        """Every series as bytes."""
        records = self._records()
        return [State(_PREFIX + records[row].tobytes()) for row in range(len(self))]

    def row_bytes(self, row: int) -> bytes:
        """One series as bytes."""
        return _PREFIX + bytes(self.take(np.array([row]))._records()[0].tobytes())

    def take(self, rows: npt.NDArray[np.int64]) -> Self:
        """A copy of some series."""
        return type(self)({name: column[rows] for name, column in self.columns.items()})

    @contextmanager
    def part(self, rows: slice) -> Iterator[States]:
        """Some neighbouring series, whose changes are kept when the block ends."""
        part = type(self)({name: column[rows] for name, column in self.columns.items()})
        before = dict(part.columns)
        yield part
        for name, column in part.columns.items():
            if column is not before[name]:
                self.columns[name][rows] = column

    def put(self, rows: npt.NDArray[np.int64], other: States) -> None:
        """Writes the series of ``other`` over those at ``rows``."""
        for name, column in self.columns.items():
            column[rows] = other.columns[name]

    def _records(self) -> npt.NDArray[np.void]:
        records = np.zeros(len(self), RECORD)
        for name, column in self.columns.items():
            records[name] = column
        return records

    def __len__(self) -> int:
        return len(self.columns["tick"])
