"""Every number the detector was tuned with. They were chosen on the tuning seed of benchmarks/alerts/, nowhere else."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Final, Self

from pipeline.alerts.observation import HOUR_SECONDS

FINE: Final = 24
"""Newest ticks kept one by one."""
BLOCK: Final = 6
"""Ticks in a block."""
BLOCKS: Final = 28
"""Finished blocks kept: with the running one, a week of hours."""
WINDOWS: Final = (1, 2, 3, 6, 12, 24, 48, 72, 120, 168)
"""Trailing windows in ticks. Above FINE they begin at the edge of a block, so they may be up to 5 ticks shorter."""


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """Memories are in ticks, counts in pseudo-counts, scores in −log10 p."""

    step_seconds: int = 3600
    prior_rate: float = 0.2
    """Origins a tick before anything is known."""
    prior_counts: float = 1.0
    level_memory: float = 336.0
    memory_range: tuple[float, float] = (168.0, 1344.0)
    """Memory of the level of a series with ``prior_rate``; a busier one forgets faster, by the root of its rate."""
    guard_blocks: int = 0
    winsor: float = 3.0
    drift: float = 0.06
    drift_memory: float = 672.0
    """Variance of the log level in the long run, and how long a deviation lasts."""
    rhythm_counts: float = 20.0
    rhythm_memory: float = 2016.0
    dispersion_prior: tuple[float, ...] = (1.3, 1.35, 1.4, 1.5, 1.65, 1.8, 1.8, 1.8, 1.8, 1.8)
    dispersion_looks: float = 20.0
    dispersion_pool: float = 10.0
    dispersion_slack: float = 4.0
    dispersion_memory: float = 4032.0
    penalties: tuple[float, ...] = (3.0, 2.1, 2.0, 1.2, 0.2, -0.55, 0.1, 0.5, 0.4, 0.6)
    least_count: float = 2.0
    fade: float = 0.97
    """What remains of the score after a tick without a new origin."""
    dense_rate: float = 5.0
    """From this many a tick on, the score is divided by the series' own past peaks."""
    scan_peak: float = 1.0
    scan_peak_days: float = 14.0
    """A dense hourly series' daily peak of the score before it has shown any, and the days it stands for."""
    moving_memory: float = 1440.0
    moving_floor: float = 0.1
    peak_prior: float = 4.0
    peak_days: float = 3.0
    peak_most: float = 15.0
    """The same for streams of short ticks; one day counts at most ``peak_most``."""
    cold_ticks: int = 336
    """Until so many ticks were seen only orange and red are raised; nothing in streams of short ticks."""
    release: float = 0.5
    """An episode cools when the score falls below this share of the lowest threshold …"""
    quiet_ticks: int = 6
    """… for this many ticks, and is over …"""
    cooldown_ticks: int = 24
    """… this many ticks later; until then a new rise belongs to the same episode."""

    @classmethod
    def for_step(cls, step_seconds: int) -> Self:
        """Settings for ticks of another length: an hour is the standard, memories keep their length in time.

        Below an hour (``moving`` scores) an episode is over after half a day without another crossing. From a day on
        one tick is a look of its own: memories are eight weeks, and an episode cools within two ticks.
        """
        if step_seconds == HOUR_SECONDS:
            return cls(step_seconds=step_seconds)
        hours = step_seconds / HOUR_SECONDS
        if step_seconds < HOUR_SECONDS:
            ticks = round(12 / hours)
            return cls(
                step_seconds=step_seconds,
                prior_rate=0.2 * hours,
                level_memory=336 / hours,
                memory_range=(168 / hours, 1344 / hours),
                drift_memory=672 / hours,
                rhythm_memory=2016 / hours,
                dispersion_memory=4032 / hours,
                cold_ticks=round(24 / hours),
                release=1.0,
                quiet_ticks=1,
                cooldown_ticks=ticks,
                moving_memory=120 / hours,
            )
        return cls(
            step_seconds=step_seconds,
            prior_rate=0.2 * hours,
            level_memory=56.0,
            memory_range=(28.0, 112.0),
            drift_memory=28.0,
            rhythm_memory=168.0,
            dispersion_memory=168.0,
            cold_ticks=14,
            quiet_ticks=2,
            cooldown_ticks=2,
            dense_rate=float("inf"),
        )

    def version(self) -> str:
        """Short hash of all settings; stands on every alarm."""
        return hashlib.sha256(repr(sorted(asdict(self).items())).encode()).hexdigest()[:12]
