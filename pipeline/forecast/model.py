"""Volume of the coming days from what the detector remembers of a series.

Expected = level × rhythm (hour of the day, kind of day, holiday) × what is left of the newest days' departure from the
level. The departure is shrunk by its own uncertainty and fades with the horizon. Predictive: negative binomial whose
index of dispersion is the one that the series showed over windows of a day, plus the uncertainty of the level, which
grows with the horizon as the level drifts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from pipeline.alerts import rhythm, scan, windows
from pipeline.alerts.calendar import KINDS, day_kind
from pipeline.alerts.observation import Floats
from pipeline.alerts.settings import WINDOWS, DetectorSettings
from pipeline.alerts.state import HOURS, State, States
from pipeline.alerts.tail import quantile

LEVELS: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The quantiles of a forecast: bounds of the 90 % and the 50 % interval around the median."""
_EPOCH: Final = date(1970, 1, 1)
_DAY_WINDOW: Final = WINDOWS.index(24)
_WEEK_WINDOW: Final = WINDOWS.index(168)


@dataclass(frozen=True, slots=True)
class ForecastSettings:
    """Chosen on the tuning series of benchmarks/alerts/forecast.py. Times are in days."""

    newest: tuple[int, ...] = (24,)
    """Trailing windows in hours whose departures are averaged."""
    pseudo: float = 30.0
    """Dispersed origins that the level stands for against the newest days."""
    fades: float = 3.0
    """Days after which the departure is down to 1/e."""
    drift: float = 0.2
    drift_days: float = 14.0
    """Variance of the log level in the long run, and in how many days 1 − 1/e of it is reached."""
    width: float = 1.0
    """Factor on the index of dispersion over one (what a window learns around its own level is too narrow ahead)."""


@dataclass(frozen=True, slots=True)
class DayForecast:
    """One day ahead: expected origins and quantiles in whole origins."""

    day: date
    expected: float
    median: int
    half: tuple[int, int]
    """50 % interval."""
    ninety: tuple[int, int]
    """90 % interval."""


def forecast(
    state: State,
    first: date,
    days: int,
    *,
    detector: DetectorSettings | None = None,
    prior: rhythm.Prior | None = None,
    settings: ForecastSettings | None = None,
) -> list[DayForecast]:
    """New negative origins a day for ``days`` days from ``first`` on, of a series of hours.

    Raises ValueError (E830) for a series that was never observed, or a day that it was judged beyond already.
    """
    detector, settings = detector or DetectorSettings(), settings or ForecastSettings()
    if state.tick is None:
        raise ValueError("E830: nothing was observed of this series yet: there is no habit to look ahead from")
    today = _EPOCH + timedelta(days=(state.tick + 1) // HOURS)
    if first < today:
        raise ValueError(f"E830: the series was judged up to {today} already: forecast from there on")
    outlook = Outlook(state, detector, rhythm.default_prior() if prior is None else prior)
    coming = [first + timedelta(days=ahead) for ahead in range(days)]
    mean, dispersion = outlook.days(coming, (first - today).days + 1, settings)
    low, quarter, median, three, high = quantiles(mean, dispersion).astype(int).tolist()
    return [
        DayForecast(day, float(mean[at]), median[at], (quarter[at], three[at]), (low[at], high[at]))
        for at, day in enumerate(coming)
    ]


class Outlook:
    """What one series' state says about days to come."""

    def __init__(self, state: State, detector: DetectorSettings, prior: rhythm.Prior) -> None:
        states = States.unpack([state])
        tick: Any = states.columns["tick"]
        self._level = float(scan.level(states, detector)[0])
        self._own = scan.dispersions(states, detector)[0]
        self._spread = float(scan.uncertainty(states, detector)[0])
        observed, exposure = windows.sums(states, tick, closed=True)
        self._observed, self._expected = observed[0], exposure[0] * self._level
        self._rhythm = _rhythm(states, detector, prior)

    def days(self, coming: Sequence[date], horizon: int, settings: ForecastSettings) -> tuple[Floats, Floats]:
        """Expected origins and index of dispersion of days, the first of which is the ``horizon``-th ahead."""
        ahead = np.arange(len(coming)) + float(horizon)
        kinds = np.array([day_kind(day) for day in coming], dtype=np.int64)
        remains = self._departure(settings) * np.exp(-(ahead - 1) / settings.fades)
        mean = self._level * self._rhythm[kinds] * np.exp(remains)
        drifted = settings.drift * (1 - np.exp(-ahead / settings.drift_days))
        own = 1.0 + (float(self._own[_DAY_WINDOW]) - 1.0) * settings.width
        return mean, own + mean * (self._spread + drifted)

    def usual(self, days: Sequence[date]) -> tuple[Floats, Floats]:
        """What days of their kinds usually bring, whatever the newest ones did: origins and index of dispersion."""
        kinds = np.array([day_kind(day) for day in days], dtype=np.int64)
        mean = self._level * self._rhythm[kinds]
        return mean, float(self._own[_DAY_WINDOW]) + mean * self._spread

    def usual_week(self, monday: date) -> tuple[float, float]:
        """What seven days from a Monday usually bring together: origins and index of dispersion."""
        mean, _ = self.usual([monday + timedelta(days=ahead) for ahead in range(7)])
        total = float(mean.sum())
        return total, float(self._own[_WEEK_WINDOW]) + total * self._spread

    def week(self, first: date, horizon: int, settings: ForecastSettings) -> tuple[float, float]:
        """Expected origins and index of dispersion of seven days together."""
        mean, _ = self.days([first + timedelta(days=ahead) for ahead in range(7)], horizon, settings)
        total = float(mean.sum())
        drifted = settings.drift * float(1 - np.exp(-(horizon + 3) / settings.drift_days))
        own = 1.0 + (float(self._own[_WEEK_WINDOW]) - 1.0) * settings.width
        return total, own + total * (self._spread + drifted)

    def _departure(self, settings: ForecastSettings) -> float:
        """Logarithm of how far the newest days lie from the level."""
        at = [WINDOWS.index(window) for window in settings.newest]
        own = self._own[at]
        found = (self._observed[at] / own + settings.pseudo) / (self._expected[at] / own + settings.pseudo)
        return float(np.log(found).mean())


def _rhythm(states: States, detector: DetectorSettings, prior: rhythm.Prior) -> Floats:
    """Ticks at rhythm 1 that a day of each kind stands for."""
    hours, kinds = np.arange(HOURS), np.arange(KINDS)
    hour, _ = rhythm.factors(states.take(np.zeros(HOURS, dtype=np.int64)), np.zeros_like(hours), hours, detector)
    _, day = rhythm.factors(states.take(np.zeros(KINDS, dtype=np.int64)), kinds, np.zeros_like(kinds), detector)
    table: Floats = (prior * hour[None, :]).sum(axis=1) * day
    return table


def quantiles(mean: Floats, dispersion: Floats) -> Floats:
    """Quantiles at LEVELS, one row each, in whole origins."""
    return np.stack([quantile(level, mean, dispersion) for level in LEVELS])
