"""What a detector is told about one tick of one series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

import numpy as np
import numpy.typing as npt

CHINA: Final = timezone(timedelta(hours=8))
"""Civil time of every series: Asia/Shanghai, which has had no summer time since 1991."""
_EPOCH: Final = datetime(1970, 1, 1)
HOUR_SECONDS: Final = 3600

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Observation:
    """The counts of one tick.

    ``hour``: when the tick begins; a time without zone is civil time of China. ``count``: new negative origins
    (stories, not copies). ``total``: all origins of the tick, None when unknown. ``exposure``: how much of the usual
    collection was at work, 1 = all of it. ``capped``: collection was cut short, the count is a lower bound.
    ``missing``: nothing is known about this tick; its count is not read.
    """

    hour: datetime
    count: float = 0.0
    total: float | None = None
    exposure: float = 1.0
    capped: bool = False
    missing: bool = False


def tick_of(moment: datetime, step_seconds: int = HOUR_SECONDS) -> int:
    """Ticks of civil time in China since 1970; all moments of one tick give the same number."""
    civil = moment.astimezone(CHINA).replace(tzinfo=None) if moment.tzinfo else moment
    return (civil - _EPOCH) // timedelta(seconds=step_seconds)


def moment_of(tick: int, step_seconds: int = HOUR_SECONDS) -> datetime:
    """The beginning of a tick, in civil time of China with its zone."""
    return (_EPOCH + timedelta(seconds=tick * step_seconds)).replace(tzinfo=CHINA)


@dataclass(frozen=True, slots=True)
class Observations:
    """One observation for each of n series, as columns of length n. ``total`` is NaN where unknown."""

    tick: Ints
    count: Floats
    total: Floats
    exposure: Floats
    capped: Bools
    missing: Bools

    def part(self, rows: slice) -> Observations:
        """The columns of some neighbouring series."""
        return Observations(
            self.tick[rows],
            self.count[rows],
            self.total[rows],
            self.exposure[rows],
            self.capped[rows],
            self.missing[rows],
        )

    @classmethod
    def at(
        cls,
        tick: int | Ints,
        count: Floats,
        *,
        total: Floats | None = None,
        exposure: Floats | None = None,
        capped: Bools | None = None,
        missing: Bools | None = None,
    ) -> Observations:
        """Columns from counts; what is left out is unknown (total), full (exposure) or false."""
        n = len(count)
        return cls(
            np.broadcast_to(np.asarray(tick, dtype=np.int64), (n,)),
            np.asarray(count, dtype=np.float64),
            np.full(n, np.nan) if total is None else np.asarray(total, dtype=np.float64),
            np.ones(n) if exposure is None else np.asarray(exposure, dtype=np.float64),
            np.zeros(n, dtype=bool) if capped is None else capped,
            np.zeros(n, dtype=bool) if missing is None else missing,
        )

    @classmethod
    def of(cls, rows: Sequence[Observation], step_seconds: int = HOUR_SECONDS) -> Observations:
        """Columns from single observations. Raises ValueError (E801) for a count that is negative or no number."""
        for row in rows:
            _check(row)
        return cls(
            np.array([tick_of(row.hour, step_seconds) for row in rows], dtype=np.int64),
            np.array([0.0 if row.missing else row.count for row in rows], dtype=np.float64),
            np.array([np.nan if row.total is None else row.total for row in rows], dtype=np.float64),
            np.array([row.exposure for row in rows], dtype=np.float64),
            np.array([row.capped for row in rows], dtype=bool),
            np.array([row.missing for row in rows], dtype=bool),
        )


def _check(row: Observation) -> None:
    for name, value in (("count", row.count), ("total", row.total), ("exposure", row.exposure)):
        if value is not None and not 0 <= value < 1e9:
            raise ValueError(f"E801: {name} {value!r} of {row.hour}: give a number from 0 to a billion")
