"""Variants of the detector's settings on the tuning seed, penalties learnt by coordinate ascent for each.

    python -m benchmarks.alerts.tune --processes 2 > trials.jsonl

Prints one JSON line a variant. Only TUNING_SEED is looked at; what simulation.py reports uses other seeds.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
from scipy.ndimage import maximum_filter1d

from benchmarks.alerts import generator
from benchmarks.alerts.generator import WARM, WITHIN, Series, simulate
from pipeline.alerts import scan
from pipeline.alerts.calendar import day_kinds
from pipeline.alerts.detector import Detector
from pipeline.alerts.levels import LevelRules
from pipeline.alerts.observation import Observations
from pipeline.alerts.rhythm import Prior, pooled_prior
from pipeline.alerts.settings import WINDOWS, DetectorSettings
from pipeline.alerts.state import States

TUNING_SEED = 101
KINDS = [(speed, size) for speed in ("fast", "slow") for size in "SML"]
WEIGHTS = np.array([0.6, 1.3, 1.0, 1.0, 1.6, 2.2])
WANTED = 0.047


def pooled(counts: np.ndarray) -> Prior:
    """The rhythm of all series together over the warm-up."""
    ticks = generator.START_TICK + np.arange(WARM)
    return pooled_prior(day_kinds(ticks // 24), ticks % 24, counts[:, :WARM].sum(axis=0).astype(float))


def surprises(counts: np.ndarray, settings: DetectorSettings) -> np.ndarray:
    """−log10 p of every window at every hour after the warm-up: hours × series × windows, no episodes."""
    detector = Detector(settings, prior=pooled(counts), rules=LevelRules((1e9,) * 4))
    states, by_hour = States.new(len(counts)), np.ascontiguousarray(counts.T).astype(float)
    found = np.zeros((len(by_hour) - WARM, len(counts), len(WINDOWS)), dtype=np.float32)
    original = scan.surprise

    def kept(
        states: States, tick: np.ndarray, seen: scan.View, rows: np.ndarray, settings: DetectorSettings
    ) -> np.ndarray:
        result = original(states, tick, seen, rows, settings)
        if (at := int(tick[0]) - generator.START_TICK - WARM) >= 0:
            found[at] = result
        return result

    scan.surprise = kept
    try:
        for t, count in enumerate(by_hour):
            detector.step_many(states, Observations.at(generator.START_TICK + t, count))
    finally:
        scan.surprise = original
    found[by_hour[WARM:] == 0] = 0
    return found


class Bench:
    """Surprises of quiet and of outbreak series, and what a set of penalties makes of them."""

    def __init__(self, quiet: Series, outbreaks: list[Series], settings: DetectorSettings) -> None:
        counts = np.concatenate([quiet.counts, *[series.counts for series in outbreaks]])
        found = surprises(counts, settings)
        self.quiet, self.months = quiet, len(quiet.counts) * found.shape[0] / generator.MONTH_HOURS
        self.calm = np.ascontiguousarray(found[:, : len(quiet.counts)])
        self.events = []
        row = len(quiet.counts)
        for (speed, _), series in zip(KINDS, outbreaks, strict=True):
            hours = WITHIN[speed] + 1
            starts = series.first - WARM
            index = np.clip(starts[..., None] + np.arange(hours), 0, found.shape[0] - 1)
            rows = row + np.arange(len(series.counts))[:, None, None]
            self.events.append(found[index, rows].reshape(-1, hours, len(WINDOWS)))
            row += len(series.counts)

    def threshold(self, penalties: np.ndarray, wanted: float = WANTED) -> tuple[float, np.ndarray]:
        score = (self.calm - penalties.astype(np.float32)).max(axis=2)
        before = maximum_filter1d(score, 30, axis=0, origin=14, mode="constant")
        before = np.concatenate([np.zeros_like(before[:1]), before[:-1]])
        low, high = 1.0, 7.0
        for _ in range(12):
            middle = (low + high) / 2
            onset = (score >= middle) & (before < middle)
            if onset.sum() / self.months > wanted:
                low = middle
            else:
                high = middle
        return high, ((score >= high) & (before < high)).sum(axis=0)

    def judge(self, penalties: np.ndarray) -> tuple[float, list[float], float, float]:
        threshold, alarms = self.threshold(penalties)
        found = [float(((e - penalties).max(axis=(1, 2)) >= threshold).mean()) for e in self.events]
        cells = alarms.reshape(12, -1).sum(axis=1)
        worst = float(cells.max() / max(cells.mean(), 1e-9))
        value = float(np.dot(WEIGHTS, found)) - 0.15 * max(0.0, worst - 1.5)
        return value, found, threshold, worst

    def ascend(self, penalties: np.ndarray, rounds: int = 2) -> np.ndarray:
        """Moves one penalty (or all from one window on) at a time while the objective rises."""
        best, value = penalties.copy(), self.judge(penalties)[0]
        for step in (0.5, 0.25, 0.12)[:rounds]:
            for i in range(len(WINDOWS)):
                for sign in (1, -1):
                    trial = best.copy()
                    trial[i] += sign * step
                    if (new := self.judge(trial)[0]) > value:
                        best, value = trial, new
        return best


VARIANTS: list[dict[str, object]] = [
    {"drift": 0.09},
    {"dispersion_memory": 4032.0},
    {"drift": 0.09, "dispersion_memory": 4032.0},
    {"drift": 0.12, "dispersion_memory": 4032.0, "level_memory": 450.0},
]
"""What was tried last beside the settings that ship; {} are those."""


def trial(task: tuple[int, int, int]) -> dict[str, object]:
    number, quiet, copies = task
    start = time.time()
    rng = np.random.default_rng(TUNING_SEED)
    series = [simulate(rng, quiet), *[simulate(rng, copies, kind) for kind in KINDS]]
    settings = replace(DetectorSettings(), **VARIANTS[number])  # type: ignore[arg-type]
    bench = Bench(series[0], series[1:], settings)
    start_value = bench.judge(np.array(settings.penalties))
    penalties = bench.ascend(np.array(settings.penalties))
    value, found, threshold, worst = bench.judge(penalties)
    return {
        "trial": number,
        "value": round(value, 4),
        "found": [round(x, 3) for x in found],
        "threshold": round(threshold, 3),
        "worst": round(worst, 2),
        "settings": VARIANTS[number],
        "before": [round(start_value[0], 3), *[round(x, 3) for x in start_value[1]]],
        "penalties": [round(float(x), 2) for x in penalties],
        "seconds": round(time.time() - start),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=len(VARIANTS))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--quiet", type=int, default=30)
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--first", type=int, default=0)
    args = parser.parse_args()
    tasks = [(args.first + i, args.quiet, args.copies) for i in range(args.trials)]
    with get_context("spawn").Pool(args.processes) as pool:
        for result in pool.imap_unordered(trial, tasks):
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
