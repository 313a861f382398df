"""What a detector says about one tick of one series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from pipeline.alerts.observation import Bools, Floats, Ints, moment_of
from pipeline.alerts.tail import quantile


class Level(IntEnum):
    """蓝 < 黄 < 橙 < 红, rarer and graver as they rise."""

    BLUE = 1
    YELLOW = 2
    ORANGE = 3
    RED = 4

    @property
    def word(self) -> str:
        """blue, yellow, orange or red."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Episode:
    """A rise from onset to its end. ``end`` is None while it lasts; ``serial`` counts a series' episodes from 1."""

    serial: int
    begin: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One tick judged against the series' own habit, in the trailing window that is most unusual.

    ``observed`` of ``window_ticks`` ticks against ``expected`` with 90 % interval ``lower``–``upper``. ``p``: chance of
    so many or more in that window (1 at a tick without a new origin, which is not judged); ``score``: −log10 p less
    the window's penalty (and, for dense series, over the series' own past peaks). ``recurrence_months``: how rarely a
    quiet series reaches this score (NaN where ticks are shorter than an hour, which is not calibrated). ``level``: of
    the episode so far, None outside one. ``onset``: an episode begins here; ``escalated``: it reaches a higher level
    here. ``share_p``: chance of so high a negative share among all origins of the last 24 ticks, None without totals;
    ``volume_artefact``: everything rose alike. ``lower_bound``: the tick was cut short. ``missing``: nothing known.
    """

    hour: datetime
    window_ticks: int
    observed: float
    expected: float
    lower: float
    upper: float
    p: float
    score: float
    recurrence_months: float
    level: Level | None
    onset: bool
    escalated: bool
    episode: Episode | None
    share_p: float | None
    volume_artefact: bool
    lower_bound: bool
    missing: bool
    cold: bool
    tick_expected: float
    tick_upper: float
    rate: float

    @property
    def alarm(self) -> bool:
        """Whether this tick is news: an episode begins or rises a level."""
        return self.onset or self.escalated

    @property
    def excess(self) -> float:
        """Origins beyond the expected."""
        return max(0.0, self.observed - self.expected)


@dataclass(frozen=True, slots=True)
class Readings:
    """Readings of n series as columns; ``row`` gives one of them in full, with its interval."""

    step_seconds: int
    tick: Ints
    window_ticks: Ints
    observed: Floats
    expected: Floats
    dispersion: Floats
    p: Floats
    score: Floats
    recurrence_months: Floats
    level: npt.NDArray[np.uint8]
    onset: Bools
    escalated: Bools
    ended: Bools
    serial: npt.NDArray[np.uint32]
    begin: Ints
    share_p: Floats
    volume_artefact: Bools
    capped: Bools
    missing: Bools
    cold: Bools
    tick_expected: Floats
    tick_dispersion: Floats
    rate: Floats

    @classmethod
    def joined(cls, parts: Sequence[Readings]) -> Readings:
        """The readings of all parts, one after the other."""
        names = [field.name for field in fields(cls) if field.name != "step_seconds"]
        columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
        return cls(parts[0].step_seconds, **columns)

    def row(self, i: int) -> Reading:
        """The reading of series i."""
        mean, dispersion = self.expected[i : i + 1], self.dispersion[i : i + 1]
        tick_mean, tick_dispersion = self.tick_expected[i : i + 1], self.tick_dispersion[i : i + 1]
        hour = moment_of(int(self.tick[i]), self.step_seconds)
        level, ended = int(self.level[i]), bool(self.ended[i])
        episode = None
        if level or ended:
            begin = moment_of(int(self.begin[i]), self.step_seconds)
            episode = Episode(int(self.serial[i]), begin, hour if ended else None)
        return Reading(
            hour=hour,
            window_ticks=int(self.window_ticks[i]),
            observed=float(self.observed[i]),
            expected=float(mean[0]),
            lower=float(quantile(0.05, mean, dispersion)[0]),
            upper=float(quantile(0.95, mean, dispersion)[0]),
            p=float(self.p[i]),
            score=float(self.score[i]),
            recurrence_months=float(self.recurrence_months[i]),
            level=Level(level) if level else None,
            onset=bool(self.onset[i]),
            escalated=bool(self.escalated[i]),
            episode=episode,
            share_p=None if np.isnan(self.share_p[i]) else float(self.share_p[i]),
            volume_artefact=bool(self.volume_artefact[i]),
            lower_bound=bool(self.capped[i]),
            missing=bool(self.missing[i]),
            cold=bool(self.cold[i]),
            tick_expected=float(tick_mean[0]),
            tick_upper=float(quantile(0.95, tick_mean, tick_dispersion)[0]),
            rate=float(self.rate[i]),
        )

    def __len__(self) -> int:
        return len(self.tick)
