"""The detector: one observation in, the next state and a reading out. Pure: equal inputs give equal bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Self

import numpy as np

from pipeline.alerts import episodes, moving, peaks, rhythm, scan, share, windows
from pipeline.alerts.calendar import day_kinds
from pipeline.alerts.levels import MOVING_RULES, LevelRules, Recurrence, shipped_recurrence
from pipeline.alerts.observation import HOUR_SECONDS, Bools, Floats, Ints, Observation, Observations
from pipeline.alerts.reading import Reading, Readings
from pipeline.alerts.settings import WINDOWS, DetectorSettings
from pipeline.alerts.state import HOURS, NEVER, State, States

_DAY_SECONDS: Final = 86400
_WINSOR: Final = 3.0
_AT_ONCE: Final = 4096
"""Series in one go: their windows stay in the processor's cache."""


@dataclass(frozen=True)
class Detector:
    """Judges counts against the series' own habit. Holds settings only, never a series."""

    settings: DetectorSettings = field(default_factory=DetectorSettings)
    prior: rhythm.Prior = field(default_factory=rhythm.default_prior)
    recurrence: Recurrence = field(default_factory=shipped_recurrence)
    rules: LevelRules | None = None

    @classmethod
    def for_step(cls, step_seconds: int) -> Self:
        """A detector for ticks of any length; only hours have a rhythm and months of recurrence."""
        prior = rhythm.default_prior() if step_seconds == HOUR_SECONDS else rhythm.flat_prior()
        return cls(DetectorSettings.for_step(step_seconds), prior)

    def step(self, state: State, observation: Observation) -> tuple[State, Reading]:
        """Raises ValueError: E801 for a count that is no count, E803 for an hour not after the last one."""
        states = States.unpack([state])
        readings = self.step_many(states, Observations.of([observation], self.settings.step_seconds))
        return State(states.row_bytes(0)), readings.row(0)

    def step_many(self, states: States, seen: Observations) -> Readings:
        """One tick of every series, in place; row by row the same as ``step``. Raises ValueError (E803)."""
        if (late := seen.tick <= states.columns["tick"]).any():
            raise ValueError(f"E803: {int(late.sum())} series were given an hour not after their last: sort by time")
        if len(states) <= _AT_ONCE:
            return self._step(states, seen)
        parts = []
        for begin in range(0, len(states), _AT_ONCE):
            rows = slice(begin, begin + _AT_ONCE)
            with states.part(rows) as part:
                parts.append(self._step(part, seen.part(rows)))
        return Readings.joined(parts)

    def _step(self, states: States, seen: Observations) -> Readings:
        settings, tick = self.settings, np.ascontiguousarray(seen.tick)
        _skip(states, tick)
        day = tick * settings.step_seconds // _DAY_SECONDS
        hour = tick * settings.step_seconds % _DAY_SECONDS // HOUR_SECONDS
        kind = day_kinds(day)
        factor = rhythm.factors(states, kind, hour, settings)
        rate = scan.level(states, settings)
        plain = self.prior[kind, hour] * seen.exposure
        unit = plain * factor[0] * factor[1]
        mean = rate * unit
        known = ~seen.missing & (seen.exposure > 0) & ~(seen.capped & (seen.count < mean))
        count = np.where(known, seen.count, 0.0)
        total = np.where(known & ~seen.capped & ~np.isnan(seen.total), seen.total, 0.0)
        windows.push(states, count, np.where(known, unit, 0.0), total)
        own = scan.dispersions(states, settings)
        view = scan.view(states, tick, rate, own, settings)
        alone = own[:, 0] + mean * view.spread[:, 0]
        found = self._look(states, tick, day, known, count, rate, view)
        share_p, artefact = share.look(states)
        readings = self._readings(states, seen, found, (mean, alone, rate), (share_p, artefact), known)
        cut = np.minimum(count, mean + _WINSOR * np.sqrt(own[:, 0] * mean) + 1.0)
        rhythm.learn(
            states, kind, hour, np.where(known, cut, 0.0), np.where(known, rate * plain, 0.0), factor, settings
        )
        share.learn(states, count, total, total > 0)
        scan.learn_dispersion(states, view, known, settings)
        states.columns["age"] = (states.columns["age"] + known).astype(np.float32)
        scan.learn_level(states, windows.close_blocks(states, tick), own, settings)
        states.columns["tick"] = tick.copy()
        return readings

    def _look(
        self,
        states: States,
        tick: Ints,
        day: Ints,
        known: Bools,
        count: Floats,
        rate: Floats,
        view: scan.View,
    ) -> scan.Scan:
        settings = self.settings
        found = scan.look(states, tick, view, known, known & (count >= 1), settings)
        if self._moving:
            raw = moving.score(states, known, settings)
            usual = peaks.typical(
                states, prior=settings.peak_prior, prior_days=settings.peak_days, most=settings.peak_most
            )
            peaks.learn(states, day, raw, known, most=settings.peak_most)
            score = raw / usual
            fresh = score
        else:
            usual = peaks.typical(states, prior=settings.scan_peak, prior_days=settings.scan_peak_days, most=20.0)
            dense = np.where(rate >= settings.dense_rate, np.maximum(usual / settings.scan_peak, 1.0), 1.0)
            peaks.learn(states, day, found.score, known, most=20.0)
            score, fresh = found.score / dense, found.fresh / dense
        states.columns["score"] = found.score.astype(np.float32)
        return scan.Scan(found.window, found.observed, found.expected, found.dispersion, found.p, score, fresh)

    def _readings(
        self,
        states: States,
        seen: Observations,
        found: scan.Scan,
        tick_forecast: tuple[Floats, Floats, Floats],
        shares: tuple[Floats, Bools],
        known: Bools,
    ) -> Readings:
        settings, rules = self.settings, self._rules
        cold = states.columns["age"] < settings.cold_ticks
        excess = np.maximum(found.observed - found.expected, 0.0)
        level = episodes.reached(found.score, excess, cold, shares[1], rules)
        if self._moving:
            level = np.where(cold, 0, level).astype(level.dtype)
        tick = np.ascontiguousarray(seen.tick)
        turn = episodes.turn(states, tick, found.score, found.fresh, level, known, rules, settings)
        return Readings(
            step_seconds=settings.step_seconds,
            tick=tick,
            window_ticks=found.window,
            observed=found.observed,
            expected=found.expected,
            dispersion=found.dispersion,
            p=found.p,
            score=found.score,
            recurrence_months=np.full(len(tick), np.nan) if self._moving else self.recurrence.months(found.score),
            level=turn.level,
            onset=turn.onset,
            escalated=turn.escalated,
            ended=turn.ended,
            serial=np.array(states.columns["serial"], dtype=np.uint32),
            begin=np.array(states.columns["begin"], dtype=np.int64),
            share_p=shares[0],
            volume_artefact=shares[1],
            capped=seen.capped & ~seen.missing,
            missing=seen.missing,
            cold=cold,
            tick_expected=tick_forecast[0],
            tick_dispersion=tick_forecast[1],
            rate=tick_forecast[2],
        )

    @cached_property
    def _rules(self) -> LevelRules:
        return self.rules or (MOVING_RULES if self._moving else LevelRules.of(self.recurrence))

    @property
    def _moving(self) -> bool:
        return self.settings.step_seconds < HOUR_SECONDS


def _skip(states: States, tick: Ints) -> None:
    """Ticks nobody told about are missing: the registers move on, nothing is learnt."""
    last: Any = states.columns["tick"]
    gap = np.where(last == NEVER, 0, np.minimum(tick - np.where(last == NEVER, tick, last) - 1, WINDOWS[-1] + HOURS))
    for back in range(int(gap.max(initial=0)), 0, -1):
        rows = np.flatnonzero(gap >= back)
        part, nothing = states.take(rows), np.zeros(len(rows))
        windows.push(part, nothing, nothing, nothing)
        windows.close_blocks(part, tick[rows] - back)
        states.put(rows, part)
