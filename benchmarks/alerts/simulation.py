"""How early and how rarely wrongly sparse project series raise an alarm, beside the methods others run.

    python -m benchmarks.alerts.simulation --calibrate     # tuning seed: writes pipeline/alerts/recurrence.json
    python -m benchmarks.alerts.simulation                 # fresh seeds: the table of docs/RESULTS.md

Thresholds of all methods come from quiet series of TUNING_SEED; what is printed comes from QUIET_SEED and
OUTBREAK_SEED, which nothing was tuned on.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.alerts import episodes, generator, rivals
from benchmarks.alerts.generator import MONTH_HOURS, WARM, Series, simulate
from benchmarks.alerts.tune import KINDS, TUNING_SEED, pooled
from pipeline.alerts.detector import Detector
from pipeline.alerts.levels import FALSE_ALARMS, LevelRules, Recurrence, shipped_recurrence
from pipeline.alerts.observation import Observations
from pipeline.alerts.state import States

QUIET_SEED: Final = 404
OUTBREAK_SEED: Final = 505
TABLE: Final = Path("pipeline/alerts/recurrence.json")
SCORES: Final = tuple(round(x, 2) for x in (*np.arange(0.6, 4.01, 0.2), *np.arange(4.25, 6.01, 0.25)))
RATES: Final = {0.25: 1, 0.05: 2}
"""Wanted false alarms a project-month, and the level that stands for them."""


@dataclass(frozen=True)
class Run:
    """What the detector said of every series at every hour, series × hours."""

    score: np.ndarray
    level: np.ndarray
    serial: np.ndarray
    expected: np.ndarray
    dispersion: np.ndarray


def run(series: Series, rules: LevelRules) -> Run:
    """All hours of all series through the detector."""
    detector = Detector(prior=pooled(series.counts), rules=rules)
    states, by_hour = States.new(len(series.counts)), np.ascontiguousarray(series.counts.T).astype(float)
    score, expected, dispersion = (np.zeros(by_hour.shape, dtype=np.float32) for _ in range(3))
    level, serial = np.zeros(by_hour.shape, dtype=np.uint8), np.zeros(by_hour.shape, dtype=np.uint32)
    for t, count in enumerate(by_hour):
        readings = detector.step_many(states, Observations.at(generator.START_TICK + t, count))
        score[t], level[t], serial[t] = readings.score, readings.level, readings.serial
        expected[t], dispersion[t] = readings.tick_expected, readings.tick_dispersion
    return Run(score.T, level.T, serial.T, expected.T, dispersion.T)


def reaching(levels: np.ndarray, level: int) -> tuple[np.ndarray, np.ndarray]:
    """(series, hour) where an episode first reaches a level."""
    high = levels >= level
    high[:, 1:] &= levels[:, :-1] < level
    high[:, :WARM] = False
    return np.nonzero(high)


def calibrate(copies: int) -> None:
    """Writes the table of recurrence: false episodes a project-month that reach each score, on quiet series.

    Below blue: onsets at that score as threshold. From blue on: episodes of the shipped state machine by their peak.
    """
    quiet = simulate(np.random.default_rng(TUNING_SEED), copies)
    months = episodes.project_months(quiet)
    scores = run(quiet, LevelRules((1e9,) * 4)).score
    blue = episodes.threshold_for(FALSE_ALARMS[0], scores, quiet, 1.0, 6.0)
    low = [(s, len(episodes.onsets(scores, s)[0]) / months) for s in SCORES if s < blue]
    low = low[int(np.argmax([rate for _, rate in low])) :]  # below it, episodes run into each other
    found = run(quiet, LevelRules((blue, 1e9, 1e9, 1e9)))
    rows, hours = np.nonzero(found.level[:, WARM:] > 0)
    peaks = np.zeros((len(quiet.counts), int(found.serial.max()) + 1))
    np.maximum.at(peaks, (rows, found.serial[rows, WARM + hours]), found.score[rows, WARM + hours])
    high = [(s, float((peaks >= s).sum()) / months) for s in SCORES if s >= blue]
    kept = [(score, rate) for score, rate in (*low, *high) if rate * months >= 8]
    table = {
        "about": "False episodes a project-month by score; python -m benchmarks.alerts.simulation --calibrate",
        "seed": TUNING_SEED,
        "project_months": round(months, 1),
        "settings": Detector().settings.version(),
        "scores": [score for score, _ in kept],
        "per_month": [float(f"{rate:.5g}") for _, rate in kept],
    }
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(table))


class Method:
    """One method's scores on tuning, quiet and outbreak series, and its onsets at a false-alarm rate."""

    def __init__(self, name: str, score, high: float) -> None:  # type: ignore[no-untyped-def]
        self.name, self.score, self.high = name, score, high

    def rows(self, tuning: Series, quiet: Series, outbreaks: list[Series]) -> list[dict[str, object]]:
        calm, fresh = self.score(tuning), self.score(quiet)
        events = [self.score(series) for series in outbreaks]
        result = []
        for wanted in RATES:
            threshold = episodes.threshold_for(wanted, calm, tuning, 0.0, self.high)
            mean, worst = episodes.false_alarms(episodes.onsets(fresh, threshold)[0], quiet)
            found = [
                episodes.detection(*episodes.onsets(scores, threshold), series, speed)
                for scores, series, (speed, _) in zip(events, outbreaks, KINDS, strict=True)
            ]
            result.append(line(self.name, wanted, threshold, mean, worst, found))
        return result


def line(
    name: str, wanted: float, threshold: float, mean: float, worst: float, found: list[tuple[float, float]]
) -> dict[str, object]:
    return {
        "method": name,
        "wanted": wanted,
        "threshold": round(threshold, 3),
        "false_alarms": round(mean, 4),
        "worst_over_mean": round(worst / max(mean, 1e-9), 2),
        **{f"{speed} {size}": (round(p, 3), delay) for (speed, size), (p, delay) in zip(KINDS, found, strict=True)},
    }


def detector_lines(quiet: Series, outbreaks: list[Series], recurrence: Recurrence) -> list[dict[str, object]]:
    """The detector as it ships: blue at 0.25, yellow at 0.05 false alarms a project-month, in one state machine."""
    rules = LevelRules.of(recurrence, least_excess=(0.0, 0.0, 0.0, 0.0))
    calm = run(quiet, rules).level
    events = [run(series, rules).level for series in outbreaks]
    result = []
    for wanted, level in RATES.items():
        mean, worst = episodes.false_alarms(reaching(calm, level)[0], quiet)
        found = [
            episodes.detection(*reaching(levels, level), series, speed)
            for levels, series, (speed, _) in zip(events, outbreaks, KINDS, strict=True)
        ]
        result.append(line("Minyi", wanted, rules.thresholds[level - 1], mean, worst, found))
    for level in (3, 4):
        rate = len(reaching(calm, level)[0]) / episodes.project_months(quiet)
        print(f"level {level}: {rate:.4f} false alarms a project-month, wanted {(0, 0.25, 0.05, 0.01, 0.001)[level]}")
    return result


def cusum(series: Series) -> np.ndarray:
    found = run(series, LevelRules((1e9,) * 4))
    return rivals.nb_cusum(series.counts, found.expected, found.dispersion)


METHODS: Final = [
    Method("ElastAlert spike, 24 h", rivals.elastalert_spike, 60.0),
    Method("ElastAlert spike, 6 h", lambda series: rivals.elastalert_spike(series, 6), 60.0),
    Method("S-H-ESD, rolling", rivals.s_h_esd, 60.0),
    Method("EARS C2", rivals.ears_c2, 60.0),
    Method("NB CUSUM", cusum, 60.0),
    Method("oracle scan", lambda series: rivals.oracle(series, np.array(Detector().settings.penalties), 0.97), 9.0),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calibrate", action="store_true", help="write the table of recurrence from the tuning seed")
    parser.add_argument("--quiet", type=int, default=100, help="quiet series a cell (12 cells)")
    parser.add_argument("--copies", type=int, default=12, help="outbreak series a cell and kind, three outbreaks each")
    parser.add_argument("--seeds", type=int, nargs=2, default=(QUIET_SEED, OUTBREAK_SEED), help="quiet, outbreaks")
    parser.add_argument("--alone", action="store_true", help="without the other methods")
    args = parser.parse_args()
    if args.calibrate:
        calibrate(args.quiet)
        return
    quiet = simulate(np.random.default_rng(args.seeds[0]), args.quiet)
    rng = np.random.default_rng(args.seeds[1])
    outbreaks = [simulate(rng, args.copies, kind) for kind in KINDS]
    months = len(quiet.counts) * (generator.HOURS - WARM) / MONTH_HOURS
    print(f"{len(quiet.counts)} quiet series, {months:.0f} project-months; {36 * args.copies} outbreaks a kind")
    for row in detector_lines(quiet, outbreaks, shipped_recurrence()):
        print(json.dumps(row), flush=True)
    if args.alone:
        return
    tuning = simulate(np.random.default_rng(TUNING_SEED), args.quiet)
    for method in METHODS:
        for row in method.rows(tuning, quiet, outbreaks):
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
