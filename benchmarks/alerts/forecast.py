"""Forecasts of daily volume by rolling origin: pinball loss and coverage against seasonal naive and ETS.

    python -m benchmarks.alerts.forecast ../shared/data            # the series that are reported
    python -m benchmarks.alerts.forecast ../shared/data --tune     # the grid, on the tuning series only

Daily sums of the NAB realTweets series and of the gas-shortage petitions of single provinces, 14 days ahead; and the
heat of single events, hours ahead, from how comparable events went on (the machinery of the milestone warning).
Pinball loss is the mean over the quantiles .05 .25 .5 .75 .95, divided by the series' mean. Seasonal naive: the same
weekday of the last week, with the empirical quantiles of its own seasonal differences. ETS: statsmodels' additive
errors, with and without an additive week; the better by AICc.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import pickle
import warnings
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.alerts import Detector, Observations, State, States, tick_of
from pipeline.alerts.rhythm import Prior, default_prior, flat_prior
from pipeline.alerts.settings import DetectorSettings
from pipeline.alerts.tail import upper_tail
from pipeline.forecast.milestones import spread
from pipeline.forecast.model import LEVELS, ForecastSettings, Outlook, quantiles

HORIZON: Final = 14
WEEK: Final = 7
EVENT_HOURS: Final = (1, 2, 3, 4, 6, 9)
TUNING: Final = frozenset({"CRM", "CVS", "辽宁省", "四川省", "山西省", "河南省", "甘肃省"})
LEAST_PETITIONS: Final = 20
QUANTILES: Final = np.array(LEVELS)
Array = npt.NDArray[np.float64]
Made = Callable[[Array], Array]
"""History of days → quantiles × horizon."""


@dataclass(frozen=True)
class Series:
    """One series of days, with what the detector remembered at each midnight that is an origin."""

    name: str
    group: str
    first: date
    days: Array
    prior: Prior
    states: dict[int, State]
    """By number of days seen."""


def replay(group: str, hours: dict[str, dict[datetime, float]], prior: Prior, warm: int, every: int) -> list[Series]:
    """Runs the detector over the days that all series of a group share and keeps its states at the origins."""
    begin = max(min(found) for found in hours.values()).replace(hour=0)
    number = (min(max(found) for found in hours.values()) - begin).days  # the last day may be cut off
    names = list(hours)
    detector, states = Detector(prior=prior), States.new(len(names))
    sums = np.zeros((number, len(names)))
    kept: dict[int, list[State]] = {}
    for day in range(number):
        for hour in range(24):
            moment = begin + timedelta(days=day, hours=hour)
            counts = np.array([hours[name].get(moment, 0.0) for name in names])
            sums[day] += counts
            detector.step_many(states, Observations.at(tick_of(moment), counts))
        seen = day + 1
        if seen >= warm and (seen - warm) % every == 0 and seen < number:
            kept[seen] = states.pack()
    return [
        Series(name, group, begin.date(), sums[:, at], prior, {seen: packed[at] for seen, packed in kept.items()})
        for at, name in enumerate(names)
    ]


def tweets(folder: Path) -> list[Series]:
    """NAB realTweets by the hour; origins every day from the fourth week on."""
    hours: dict[str, dict[datetime, float]] = {}
    for path in sorted(folder.glob("*.csv.gz")):
        mine = hours.setdefault(path.name.split(".")[0].removeprefix("Twitter_volume_"), defaultdict(float))
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for row in list(csv.reader(file))[1:]:
                mine[datetime.fromisoformat(row[0]).replace(minute=0, second=0)] += float(row[1])
    return replay("NAB realTweets", hours, flat_prior(), 21, 1)


def petitions(path: Path) -> list[Series]:
    """Gas-shortage petitions by province; origins every week from the ninth on. Only times and provinces are read."""
    hours: dict[str, dict[datetime, float]] = defaultdict(lambda: defaultdict(float))
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row.get("time") and row.get("province"):
                moment = datetime.fromisoformat(row["time"]).replace(minute=0, second=0, microsecond=0)
                hours[row["province"]][moment] += 1
    begin, end = min(map(min, hours.values())), max(map(max, hours.values()))
    many = {name: found for name, found in hours.items() if sum(found.values()) >= LEAST_PETITIONS}
    for found in many.values():
        found[begin] += 0.0
        found[end] += 0.0
    return replay("gas petitions", dict(sorted(many.items())), default_prior(), 56, 7)


def ours(series: Series, seen: int, horizon: int, settings: ForecastSettings) -> Array:
    """Quantiles × horizon."""
    return quantiles(*outlook(series, seen, horizon, settings))


def outlook(series: Series, seen: int, horizon: int, settings: ForecastSettings) -> tuple[Array, Array]:
    """Expected counts and indices of dispersion by horizon."""
    coming = [series.first + timedelta(days=seen + ahead) for ahead in range(horizon)]
    return Outlook(series.states[seen], DetectorSettings(), series.prior).days(coming, 1, settings)


def within(mean: Array, dispersion: Array, truth: Array) -> Array:
    """How far a count lies within the central 90 %: the share of its own probability that does (randomised PIT).

    Whole intervals of rare counts cannot hold exactly 90 %: a day with an expectation of .1 is 0 nine times of ten.
    """
    upper, lower = 1 - upper_tail(truth + 1, mean, dispersion), 1 - upper_tail(truth, mean, dispersion)
    inside = np.minimum(upper, QUANTILES[4]) - np.maximum(lower, QUANTILES[0])
    share: Array = np.clip(inside / np.maximum(upper - lower, 1e-12), 0.0, 1.0)
    return share


def seasonal_naive(past: Array, horizon: int) -> Array:
    """The last week again, with the quantiles of past differences over so many weeks."""
    found = np.zeros((len(LEVELS), horizon))
    for ahead in range(horizon):
        weeks = ahead // WEEK + 1
        lag = WEEK * weeks
        differences = past[lag:] - past[:-lag] if len(past) > lag + WEEK else past[WEEK:] - past[:-WEEK]
        found[:, ahead] = past[len(past) + ahead - lag] + np.quantile(differences, QUANTILES)
    return np.maximum(found, 0.0)


def ets(past: Array, horizon: int) -> Array:
    """statsmodels' ETS with its own intervals."""
    import pandas as pd
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    best = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for seasonal in (None, "add"):
            model = ETSModel(
                pd.Series(past), error="add", seasonal=seasonal, seasonal_periods=WEEK if seasonal else None
            )
            fit = model.fit(disp=False)
            if best is None or fit.aicc < best.aicc:
                best = fit
        found = np.zeros((len(LEVELS), horizon))
        prediction = best.get_prediction(start=len(past), end=len(past) + horizon - 1)
        for low, high, alpha in ((0, 4, 0.1), (1, 3, 0.5)):
            bounds = prediction.pred_int(alpha=alpha)
            found[low], found[high] = np.asarray(bounds)[:, 0], np.asarray(bounds)[:, 1]
        found[2] = prediction.predicted_mean
    return np.maximum(found, 0.0)


def pinball(found: Array, truth: Array) -> Array:
    """Mean over the quantiles, by horizon."""
    miss = truth[None, :] - found
    loss: Array = np.maximum(QUANTILES[:, None] * miss, (QUANTILES[:, None] - 1) * miss).mean(axis=0)
    return loss


@dataclass
class Tally:
    """Losses and hits of one method on one series."""

    losses: list[Array]
    within: list[Array]
    half: list[Array]

    def add(self, found: Array, truth: Array, scale: float) -> None:
        """One origin."""
        self.losses.append(pinball(found, truth) / scale)
        self.within.append((truth >= np.floor(found[0])) & (truth <= np.ceil(found[4])))
        self.half.append((truth >= np.floor(found[1])) & (truth <= np.ceil(found[3])))

    @property
    def loss(self) -> float:
        """Mean over origins and horizons."""
        return float(np.concatenate(self.losses).mean())

    @property
    def coverage(self) -> float:
        """Share within the 90 % interval."""
        return float(np.concatenate(self.within).mean())


def assess(
    series: list[Series], methods: dict[str, Callable[[Series, int, int], Array]]
) -> dict[str, dict[str, Tally]]:
    """Method → series → what it lost."""
    found: dict[str, dict[str, Tally]] = {name: {} for name in methods}
    for one in series:
        scale = max(float(one.days.mean()), 1e-9)
        for name, method in methods.items():
            tally = found[name][one.name] = Tally([], [], [])
            for seen in one.states:
                horizon = min(HORIZON, len(one.days) - seen)
                tally.add(method(one, seen, horizon), one.days[seen : seen + horizon], scale)
    return found


CHOICES: Final[dict[str, tuple[object, ...]]] = {
    "newest": ((24,), (72,), (168,), (24, 72, 168), (72, 168)),
    "pseudo": (0.5, 2.0, 4.0, 10.0, 30.0),
    "fades": (3.0, 7.0, 15.0, 40.0, 1000.0),
    "drift": (0.0, 0.05, 0.1, 0.2, 0.4),
    "drift_days": (3.0, 7.0, 14.0, 28.0),
    "width": (0.3, 0.5, 0.75, 1.0, 1.25, 1.5),
}
"""What is tried on the tuning series, one setting after the other, twice."""
MISSED: Final = 0.03
"""Distance of the 90 % interval's coverage from 90 % from which on it costs as much as it is pinball loss."""


def tune(series: list[Series]) -> None:
    """Prints the steps of a descent over CHOICES by the mean ratio to seasonal naive over both groups."""
    naive = assess(series, {"naive": lambda s, n, h: seasonal_naive(s.days[:n], h)})["naive"]
    looks = [
        (one, Outlook(state, DetectorSettings(), one.prior), n) for one in series for n, state in one.states.items()
    ]
    best, kept = float("inf"), ForecastSettings()
    for name, values in [*CHOICES.items(), *CHOICES.items()]:
        for value in values:
            tried = replace(kept, **{name: value})
            score, said = rate(looks, tried, naive)
            if score < best - 1e-6:
                best, kept = score, tried
                print(f"{score:.4f} {tried} {said}", flush=True)


def rate(
    looks: list[tuple[Series, Outlook, int]], settings: ForecastSettings, naive: dict[str, Tally]
) -> tuple[float, str]:
    """Ratio to naive, with what coverage misses by on top."""
    parts = []
    for one, look, seen in looks:
        horizon = min(HORIZON, len(one.days) - seen)
        coming = [one.first + timedelta(days=seen + ahead) for ahead in range(horizon)]
        parts.append((*look.days(coming, 1, settings), one.days[seen : seen + horizon], one))
    truth = np.concatenate([p[2] for p in parts])
    names = np.concatenate([[p[3].name] * len(p[0]) for p in parts])
    mean, dispersion = (np.concatenate([p[at] for p in parts]) for at in (0, 1))
    found = quantiles(mean, dispersion)
    loss, hits = pinball(found, truth), within(mean, dispersion, truth)
    ratios, covers = [], []
    for group in dict.fromkeys(one.group for one, _, _ in looks):
        mine = {one.name: float(one.days.mean()) for one, _, _ in looks if one.group == group}
        ratios.append(
            np.mean([loss[names == n].mean() / scale for n, scale in mine.items()])
            / np.mean([naive[n].loss for n in mine])
        )
        covers.append(float(hits[np.isin(names, list(mine))].mean()))
    missed = sum(max(0.0, abs(cover - 0.9) - MISSED / 2) for cover in covers)
    said = " ".join(f"{r:.3f} ({c:.1%})" for r, c in zip(ratios, covers, strict=True))
    return float(np.mean(ratios)) + missed, said


def report(series: list[Series]) -> None:
    """Prints loss and coverage by method and group, and single series beneath."""
    settings = ForecastSettings()
    found = assess(
        series,
        {
            "minyi": lambda s, n, h: ours(s, n, h, settings),
            "seasonal naive": lambda s, n, h: seasonal_naive(s.days[:n], h),
            "ETS": lambda s, n, h: ets(s.days[:n], h),
        },
    )
    for group in dict.fromkeys(one.group for one in series):
        names = [one.name for one in series if one.group == group]
        base = float(np.mean([found["seasonal naive"][name].loss for name in names]))
        origins = sum(len(one.states) for one in series if one.group == group)
        shares = [
            within(*outlook(one, seen, horizon, settings), one.days[seen : seen + horizon])
            for one in series if one.group == group
            for seen in one.states if (horizon := min(HORIZON, len(one.days) - seen))
        ]  # fmt: skip
        print(f"{group}: {len(names)} series, {origins} origins, up to {HORIZON} days ahead")
        print(f"  minyi: {np.concatenate(shares).mean():.1%} within 90 % by randomised PIT")
        for method, tallies in found.items():
            loss = float(np.mean([tallies[name].loss for name in names]))
            cover = np.concatenate([hit for name in names for hit in tallies[name].within]).mean()
            half = np.concatenate([hit for name in names for hit in tallies[name].half]).mean()
            print(f"  {method:15} pinball {loss:.4f} ({loss / base - 1:+.1%}), 90 %: {cover:.1%}, 50 %: {half:.1%}")
        for name in names:
            print(
                f"    {name}: "
                + ", ".join(f"{m} {t[name].loss:.4f} ({t[name].coverage:.0%})" for m, t in found.items())
            )


def events(path: Path) -> None:
    """Heat of events 1–9 hours after they came up: every second event stands for the past, the others are forecast.

    Loss on log(1 + heat), since heat spans four decades. Events are too short for ETS (at most five points).
    """
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    heat = np.array([[float(row[f"{hour}小时热度"]) for hour in EVENT_HOURS] for row in rows])
    heat = np.maximum.accumulate(heat, axis=1)
    past, coming = heat[::2], heat[1::2]
    losses: dict[str, list[float]] = {"comparable events": [], "naive": []}
    hits: dict[str, list[bool]] = {name: [] for name in losses}
    for origin in range(len(EVENT_HOURS) - 1):
        for target in range(origin + 1, len(EVENT_HOURS)):
            for event in coming:
                moving = origin > 0 and event[origin] > event[origin - 1]
                alike = [e for e in past if origin == 0 or (e[origin] > e[origin - 1]) == moving]
                ratios = [(e[target] + 1) / (e[origin] + 1) for e in alike]
                steps = np.diff(event[: origin + 1]) if origin else np.zeros(1)
                made = {
                    "comparable events": np.array(spread(ratios)) * (event[origin] + 1) - 1,
                    "naive": event[origin] + np.quantile(steps, QUANTILES) * np.sqrt(target - origin),
                }
                for name, found in made.items():
                    logs, truth = np.log1p(np.maximum(found, 0)), np.log1p(event[target])
                    losses[name].append(float(pinball(logs[:, None], np.array([truth]))[0]))
                    hits[name].append(bool(logs[0] - 1e-9 <= truth <= logs[4] + 1e-9))
    base = float(np.mean(losses["naive"]))
    print(f"events: {len(coming)} forecast from {len(past)} others, {len(losses['naive'])} forecasts")
    for name, values in losses.items():
        better, cover = np.mean(values) / base - 1, np.mean(hits[name])
        print(f"  {name:17} pinball {np.mean(values):.4f} ({better:+.1%}), 90 %: {cover:.1%}")


def replayed(data: Path, kept: Path | None) -> list[Series]:
    """All series, from the data or from what an earlier run kept of them."""
    if kept is not None and kept.exists():
        found: list[Series] = pickle.loads(kept.read_bytes())
        return found
    series = [
        *tweets(data / "alerting" / "nab_realTweets"),
        *petitions(data / "petitions" / "gas_shortage_2022.jsonl.gz"),
    ]
    if kept is not None:
        kept.write_bytes(pickle.dumps(series))
    return series


def main() -> None:
    """Reads the series and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--states", type=Path, help="Keep the replayed series in this file, and take them from it.")
    asked = parser.parse_args()
    series = replayed(asked.data, asked.states)
    if asked.tune:
        tune([one for one in series if one.name in TUNING])
    else:
        events(asked.data / "nlp" / "tianchi_weibo_event_stance" / "event_heat.jsonl")
        report([one for one in series if one.name not in TUNING])


if __name__ == "__main__":
    main()
