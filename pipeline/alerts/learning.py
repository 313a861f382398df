"""The first ticks of a series that nobody has a habit of: what they bring is its habit, not a rise.

For streams of counts, where a series may begin in full flow. Streams below an hour learn in the detector itself.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from pipeline.alerts import rhythm
from pipeline.alerts.observation import HOUR_SECONDS, Bools, Floats, Ints
from pipeline.alerts.settings import FINE, DetectorSettings
from pipeline.alerts.state import HOURS, States

_DAY_SECONDS: Final = 24 * HOUR_SECONDS
_DENSE: Final = 1.0
"""From this median of a tick on, the level is taken from the learning time alone; below, the prior does no harm."""
_MOST: Final = 5.0
"""A tick counts at most for so many medians: a spike among the first ticks is no habit."""
_FORGOTTEN: Final = (
    "dispersion_sum", "dispersion_looks", "hour_count", "hour_expected", "day_count", "day_expected",
    "peak_today", "peak_sum", "peak_days", "score",
)  # fmt: skip
"""What the prior level has spoilt until the level is known."""


def learning_ticks(step_seconds: int) -> int:
    """How many observed ticks a series is silent for: a day of hours, two weeks of days, four weeks of weeks."""
    if step_seconds < HOUR_SECONDS:
        return 0
    if step_seconds < _DAY_SECONDS:
        return FINE
    return 14 if step_seconds < 7 * _DAY_SECONDS else 4


def settle(states: States, tick: Ints, settings: DetectorSettings) -> Bools:
    """After a step, in place: closes what young series have opened, and gives dense ones the level they show.

    Returns which series are young: nothing may be told of them at this tick.
    """
    c: dict[str, Any] = states.columns
    ticks = learning_ticks(settings.step_seconds)
    young: Bools = c["age"] <= ticks if ticks else np.zeros(len(states), dtype=bool)
    if not young.any():
        return young
    rows = np.flatnonzero(young)
    part = states.take(rows)
    opened = part.columns["phase"] > 0
    dense = _relevel(part, tick[rows], ticks, settings)
    over = opened | dense
    part.columns["end"] = np.where(over, tick[rows], part.columns["end"])
    sparse = opened & ~dense
    part.columns["count"][sparse] = np.minimum(part.columns["count"][sparse], _MOST * _DENSE)
    for name in ("score", "dispersion_sum", "dispersion_looks"):
        part.columns[name][over] = 0.0
    for name in ("phase", "level", "quiet"):
        part.columns[name] = np.zeros_like(part.columns[name])
    states.put(rows, part)
    return young


def _relevel(states: States, tick: Ints, ticks: int, settings: DetectorSettings) -> Bools:
    """Level and rhythm of dense series from their newest ticks; which series are dense."""
    c: dict[str, Any] = states.columns
    count, unit = c["count"][:, :ticks].astype(np.float64), c["exposure"][:, :ticks].astype(np.float64)
    observed = unit > 0
    some = observed.any(axis=1)
    usual = np.zeros(len(states))
    usual[some] = np.nanmedian(np.where(observed, count, np.nan)[some], axis=1)
    dense: Bools = usual >= _DENSE
    rows = np.flatnonzero(dense)
    if not len(rows):
        return dense
    count, unit = np.minimum(count[rows], _MOST * usual[rows, None]), unit[rows]
    exposure = unit.sum(axis=1)
    rate = count.sum(axis=1) / exposure
    part = states.take(rows)
    for name in _FORGOTTEN:
        part.columns[name] = np.zeros_like(part.columns[name])
    # scan.level adds the prior's counts and exposure: with these two it gives ``rate``
    part.columns["level_count"] = np.maximum(
        rate * (exposure + settings.prior_counts / settings.prior_rate) - settings.prior_counts, 0.0
    ).astype(np.float32)
    part.columns["level_exposure"] = exposure.astype(np.float32)
    if settings.step_seconds == HOUR_SECONDS:
        grown = np.flatnonzero(part.columns["age"] >= ticks)
        _learn_hours(part, grown, tick[rows], count, unit * rate[:, None], settings)
    states.put(rows, part)
    return dense


def _learn_hours(
    states: States, grown: Ints, tick: Ints, count: Floats, expected: Floats, settings: DetectorSettings
) -> None:
    """The hours of the day of series whose learning time ends, and what the newest ticks stand for by them."""
    c: dict[str, Any] = states.columns
    for back in range(count.shape[1]):
        hour = (tick[grown] - back) % HOURS
        c["hour_count"][grown, hour] += count[grown, back]
        c["hour_expected"][grown, hour] += expected[grown, back]
    for back in range(count.shape[1]):
        hour = (tick - back) % HOURS
        factor, _ = rhythm.factors(states, np.zeros_like(hour), hour, settings)
        c["exposure"][grown, back] *= factor[grown].astype(np.float32)
