"""The winter gas shortage of 2022–23 in petitions: when each province's series would have alarmed, and on what grounds.

    python -m benchmarks.alerts.gas ../shared/data/petitions/gas_shortage_2022.jsonl.gz --svg docs/figures/gas_2022.svg

Counts only: one series of hours a province and one for all of them; weeks with fewer than MINIMUM petitions are drawn
as "fewer than MINIMUM" and no number below it is printed.
"""

from __future__ import annotations

import argparse
import gzip
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import numpy as np

from pipeline.alerts import Detector, Observations, Reading, States, tick_of

MINIMUM: Final = 5
LEAST_SERIES: Final = 40
"""Provinces with fewer petitions in all are only part of the whole."""
WHOLE: Final = "all provinces"
ENGLISH: Final = {
    "河北省": "Hebei",
    "辽宁省": "Liaoning",
    "陕西省": "Shaanxi",
    "四川省": "Sichuan",
    "黑龙江省": "Heilongjiang",
    "山西省": "Shanxi",
    "山东省": "Shandong",
    "河南省": "Henan",
}
COLOURS: Final = {1: "#3a76c4", 2: "#d9a400", 3: "#e06c1f", 4: "#c62828"}
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True)
class Watched:
    """One series with what was said of it."""

    name: str
    weeks: dict[datetime, int]
    upper: dict[datetime, float]
    told: list[Reading]


def moments(path: Path) -> dict[str, list[datetime]]:
    """Times of petitions by province, and of all of them; nothing else is read."""
    found: dict[str, list[datetime]] = {WHOLE: []}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row.get("time"):
                moment = datetime.fromisoformat(row["time"])
                found[WHOLE].append(moment)
                found.setdefault(row.get("province") or "", []).append(moment)
    return {name: sorted(times) for name, times in found.items() if name and len(times) >= LEAST_SERIES}


def watch(found: dict[str, list[datetime]], begin: datetime, end: datetime) -> list[Watched]:
    """All series hour by hour through the detector as it ships."""
    detector, states, first = Detector(), States.new(len(found)), tick_of(begin)
    hours = (end - begin) // timedelta(hours=1)
    counts = np.zeros((hours, len(found)))
    for column, times in enumerate(found.values()):
        np.add.at(counts[:, column], [(moment - begin) // timedelta(hours=1) for moment in times], 1)
    expected, told = np.zeros(counts.shape), [[] for _ in found]  # type: ignore[var-annotated]
    for hour, count in enumerate(counts):
        readings = detector.step_many(states, Observations.at(first + hour, count))
        expected[hour] = readings.tick_expected
        for column in np.flatnonzero(readings.onset | readings.escalated):
            told[column].append(readings.row(int(column)))
    series = []
    for column, name in enumerate(found):
        weeks = [begin + WEEK * number for number in range(hours // 168)]
        whole = slice(0, len(weeks) * 168)
        per_week = counts[whole, column].reshape(-1, 168).sum(axis=1)
        means = expected[whole, column].reshape(-1, 168).sum(axis=1)
        upper = means + 1.645 * (1.8 * means) ** 0.5
        series.append(
            Watched(
                ENGLISH.get(name, name),
                dict(zip(weeks, per_week.astype(int).tolist(), strict=True)),
                dict(zip(weeks, upper.tolist(), strict=True)),
                told[column],
            )
        )
    return series


def shown(count: float) -> str:
    """A count as it may be printed."""
    return f"{count:.0f}" if count >= MINIMUM else f"<{MINIMUM}"


def grounds(watched: Watched) -> list[str]:
    """One line for every alarm."""
    lines = []
    for reading in watched.told:
        assert reading.level is not None and reading.episode is not None
        lines.append(
            f"| {watched.name} | {reading.hour:%Y-%m-%d %H}:00 | {reading.level.word} | {reading.window_ticks} h | "
            f"{shown(reading.observed)} | {reading.expected:.1f} | {reading.lower:.0f}–{reading.upper:.0f} | "
            f"{_recurrence(reading.recurrence_months)} |"
        )
    return lines


def _recurrence(months: float) -> str:
    return f"{months:.0f} months" if months < 120 else f"{months / 12:.0f} years"


def figure(series: list[Watched], begin: datetime, end: datetime) -> str:
    """One panel a series: weekly petitions as bars, the habit with its upper bound as a line, alarms as marks."""
    width, panel, left, top = 860, 96, 120, 34
    span = (end - begin) / WEEK
    scale = (width - left - 20) / span
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top + panel * len(series) + 30}" '
        'font-family="sans-serif" font-size="11" role="img">',
        "<title>Petitions about gas supply by week, what was expected, and the alarms</title>",
        f'<rect width="{width}" height="{top + panel * len(series) + 30}" fill="#ffffff"/>',
        f'<text x="{left}" y="16">Petitions a week (bars), 95 % bound of the habit (line), alarms (triangles: blue, '
        f"yellow, orange, red). Grey: fewer than {MINIMUM}.</text>",
    ]
    for i, one in enumerate(series):
        base = top + panel * (i + 1) - 18
        most = max([*one.weeks.values(), *one.upper.values(), 10])
        height = (panel - 34) / most
        parts.append(f'<text x="8" y="{base - 20}">{escape(one.name)}</text>')
        parts.append(f'<text x="{left - 6}" y="{base - (panel - 34) + 4}" text-anchor="end">{most:.0f}</text>')
        parts.append(f'<line x1="{left}" y1="{base}" x2="{width - 20}" y2="{base}" stroke="#888888"/>')
        for week, count in sorted(one.weeks.items()):
            x = left + (week - begin) / WEEK * scale
            if count >= MINIMUM:
                bar = count * height
                parts.append(_bar(x, base - bar, scale, bar, "#7a8794"))
            elif count:
                parts.append(_bar(x, base - 2, scale, 2, "#c9ced3"))
        line = " ".join(
            f"{left + ((week - begin) / WEEK + 0.5) * scale:.1f},{base - bound * height:.1f}"
            for week, bound in sorted(one.upper.items())
        )
        parts.append(f'<polyline points="{line}" fill="none" stroke="#1b4f72" stroke-width="1.2"/>')
        for reading in one.told:
            x = left + (reading.hour.replace(tzinfo=None) - begin) / WEEK * scale
            y = base - (panel - 34) - 2
            colour = COLOURS[int(reading.level or 1)]
            parts.append(f'<path d="M{x:.1f} {y + 8:.1f} l-4 -8 h8 z" fill="{colour}"/>')
    bottom = top + panel * len(series)
    month = begin
    while month < end:
        x = left + (month - begin) / WEEK * scale
        parts.append(f'<text x="{x:.1f}" y="{bottom + 6}">{month:%Y-%m}</text>')
        month = (month.replace(day=1) + timedelta(days=95)).replace(day=1)
    return "\n".join([*parts, "</svg>", ""])


def _bar(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width - 1:.1f}" height="{height:.1f}" fill="{colour}"/>'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("petitions", type=Path)
    parser.add_argument("--svg", type=Path, help="where the figure goes")
    args = parser.parse_args()
    found = moments(args.petitions)
    begin = found[WHOLE][0].replace(hour=0, minute=0, second=0, microsecond=0)
    end = found[WHOLE][-1].replace(hour=0, minute=0, second=0) + timedelta(days=1)
    series = watch(found, begin, end)
    print("| series | told at | level | window | petitions | expected | 90 % interval | about once in |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for one in series:
        print("\n".join(grounds(one)))
    if args.svg:
        args.svg.parent.mkdir(parents=True, exist_ok=True)
        args.svg.write_text(figure(series, begin, end), encoding="utf-8")


if __name__ == "__main__":
    main()
