"""NAB realTweets by the published scoring rule, through the detector as ``minyi detect`` runs it.

    python -m benchmarks.alerts.nab ../shared/data/alerting/nab_realTweets

Prints the score with the shipped threshold, with the threshold tuned on all given series, with the threshold tuned on
the others of each series (leave one out), and nested: memory and normaliser chosen on the others too.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.alerts.nab_score import PROFILES, Labelled, normalised, raw_score
from pipeline.alerts import moving, peaks, windows
from pipeline.alerts.settings import DetectorSettings
from pipeline.alerts.state import States
from pipeline.alerts.stream import Row, Streams, Verdict

STEP: Final = 300
THRESHOLDS: Final = tuple(float(x) for x in np.exp(np.linspace(np.log(1.0), np.log(4.0), 29)))
DAYS: Final = (3, 5, 7)
MOSTS: Final = (10.0, 15.0, 20.0)


def load(folder: Path) -> list[Labelled]:
    """The series in the folder with their labelled windows."""
    labels = json.loads((folder / "windows.json").read_text(encoding="utf-8"))
    result = []
    for path in sorted(folder.glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows = list(csv.reader(file))[1:]
        times = np.array([datetime.fromisoformat(row[0]) for row in rows])
        windows = []
        for begin, end in labels[f"realTweets/{path.name.removesuffix('.gz')}"]:
            inside = (times >= datetime.fromisoformat(begin)) & (times <= datetime.fromisoformat(end))
            at = np.flatnonzero(inside)
            windows.append((int(at[0]), int(at[-1])))
        counts = np.array([float(row[1]) for row in rows])
        result.append(Labelled(path.name.split(".")[0].removeprefix("Twitter_volume_"), times, counts, tuple(windows)))
    return result


def alarms(series: list[Labelled]) -> list[np.ndarray]:
    """Where ``minyi detect`` says alarm."""
    rows = [Row(s.name, moment, count) for s in series for moment, count in zip(s.times, s.counts, strict=True)]
    verdicts = iter(Streams().read(rows))
    return [np.array([isinstance(v := next(verdicts), Verdict) and v.alarm for _ in s.counts]) for s in series]


def scores(series: list[Labelled], settings: DetectorSettings) -> list[np.ndarray]:
    """The score of short ticks at every row, by the detector's own parts."""
    states = States.new(len(series))
    longest = max(len(s.counts) for s in series)
    counts = np.array([np.pad(s.counts, (0, longest - len(s.counts))) for s in series])
    first = np.array([(s.times[0] - datetime(1970, 1, 1)).total_seconds() for s in series])
    found, known, nothing = np.zeros(counts.shape), np.ones(len(series), dtype=bool), np.zeros(len(series))
    prior, days, most = settings.peak_prior, settings.peak_days, settings.peak_most
    for t in range(longest):
        windows.push(states, counts[:, t], nothing, nothing)
        raw = moving.score(states, known, settings)
        found[:, t] = raw / peaks.typical(states, prior=prior, prior_days=days, most=most)
        day = ((first + t * STEP) // 86400).astype(np.int64)
        peaks.learn(states, day, raw, known, most=most)
        states.columns["age"] = states.columns["age"] + np.float32(1)
    return [row[: len(s.counts)] for row, s in zip(found, series, strict=True)]


def onsets(score: np.ndarray, threshold: float, settings: DetectorSettings) -> np.ndarray:
    """Crossings with no other crossing in the cool-down before them: the detector's episodes at that threshold."""
    detected = np.zeros(len(score), dtype=bool)
    last = -(10**9)
    for t in np.flatnonzero(score >= threshold):
        detected[t] = t - last > settings.cooldown_ticks + settings.quiet_ticks
        last = t
    return detected


def centre(values: np.ndarray) -> int:
    """The middle of the best plateau: where the mean over five neighbouring thresholds is highest."""
    smooth = np.convolve(np.pad(values, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    return int(smooth.argmax())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    series = load(args.folder)
    labelled = sum(len(s.windows) for s in series)
    detected = alarms(series)
    for profile in PROFILES:
        raw = sum(raw_score(s, d, profile) for s, d in zip(series, detected, strict=True))
        print(f"minyi detect, shipped threshold, {profile}: {normalised(raw, labelled, profile):.1f}")
    for s, d in zip(series, detected, strict=True):
        hit = sum(bool(d[a : b + 1].any()) for a, b in s.windows)
        print(f"  {s.name}: {normalised(raw_score(s, d), len(s.windows)):.1f}, {hit}/{len(s.windows)} windows,", end="")
        print(f" {int(d[s.probation :].sum())} alarms")
    base = DetectorSettings.for_step(STEP)
    hours = STEP / 3600
    tries = [base]
    tries += [replace(base, moving_memory=days * 24 / hours, peak_most=most) for days in DAYS for most in MOSTS]
    tables = []
    for settings in tries:
        found = scores(series, settings)
        tables.append(
            [[raw_score(s, onsets(f, h, settings)) for s, f in zip(series, found, strict=True)] for h in THRESHOLDS]
        )
    table = np.array(tables)
    total = table[0].sum(axis=1)
    print(f"tuned threshold {THRESHOLDS[int(total.argmax())]:.2f}: {normalised(total.max(), labelled):.1f}")
    print(f"threshold left one out: {normalised(left_out(table[:1], len(series)), labelled):.1f}")
    print(f"nested left one out: {normalised(left_out(table[1:], len(series)), labelled):.1f}")
    print(" ".join(f"{h:.2f}:{normalised(x, labelled):.0f}" for h, x in zip(THRESHOLDS, total, strict=True)))


def left_out(table: np.ndarray, n: int) -> float:
    """Raw score where settings and threshold (centre of the best plateau) of each series come from the others."""
    raw = 0.0
    for i in range(n):
        others = table.sum(axis=2) - table[:, :, i]
        at = [centre(row) for row in others]
        best = int(np.argmax([row[k] for row, k in zip(others, at, strict=True)]))
        raw += float(table[best, at[best], i])
    return raw


if __name__ == "__main__":
    main()
