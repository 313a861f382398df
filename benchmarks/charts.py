"""Processor time and size of the console's charts, each drawn from figures that were never drawn before.

python -m benchmarks.charts
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from datetime import date, timedelta
from time import process_time
from typing import Final

from api.charts import Bar, Calibrated, Share, Stances, bar_of
from api.charts.stance import LINES
from api.console.charts import Charts, Drawn
from api.counting import Timeline
from api.counting.timeline import Period
from api.policy import Figure

DRAWN: Final = 25
FIRST: Final = date(2026, 1, 5)
STANCES: Final = tuple(LINES)
CHARTS: Final = Charts("zh")
random.seed(20261127)


def main() -> None:
    """Prints one line a chart."""
    print(f"first chart after a start: {_milliseconds(_volume):.0f} ms")
    for name, draw in KINDS.items():
        sizes = [len(draw().svg)]
        cost = sorted(_milliseconds(draw) for _ in range(DRAWN))
        print(f"{name}: median {statistics.median(cost):.0f} ms, highest {cost[-1]:.0f} ms, {sizes[0] / 1000:.0f} kB")


def _milliseconds(draw: Callable[[], Drawn]) -> float:
    begin = process_time()
    draw()
    return 1000 * (process_time() - begin)


def _count() -> Figure:
    return Figure("exact", random.randint(5, 90))


def _weeks(count: int) -> list[date]:
    return [FIRST + timedelta(weeks=week) for week in range(count)]


def _volume() -> Drawn:
    return CHARTS.volume([Bar(week, "exact", random.randint(5, 90), (20.0, 5, 30)) for week in _weeks(8)])


def _histogram() -> Drawn:
    periods = tuple(Period(week, week + timedelta(days=6), _count(), "complete", ()) for week in _weeks(52))
    return CHARTS.histogram(Timeline("week", periods, Figure("exact", 0)))


def _sparkline() -> Drawn:
    return CHARTS.sparkline([bar_of(FIRST + timedelta(days=day), _count()) for day in range(14)])


def _share() -> Drawn:
    return CHARTS.share([Share(week, p := random.random(), p * 0.8, p + 0.2 * (1 - p)) for week in _weeks(26)])


def _stance() -> Drawn:
    weeks = [
        Stances(week, week + timedelta(days=6), _count(), {stance: _count() for stance in STANCES})
        for week in _weeks(26)
    ]
    return CHARTS.stance(weeks, [(FIRST + timedelta(days=40), "听证会")])


def _calibration() -> Drawn:
    return CHARTS.calibration([Calibrated(at / 10 + 0.05, random.random(), 60) for at in range(10)])


def _factors() -> Drawn:
    return CHARTS.factors([(f"C{at:02}", "风险因素", _count()) for at in range(12)])


KINDS: Final[dict[str, Callable[[], Drawn]]] = {
    "volume, 8 weeks": _volume, "histogram, 52 weeks": _histogram, "14 days in a line": _sparkline,
    "share, 26 weeks": _share, "stance, 26 weeks": _stance, "calibration, 10 bins": _calibration,
    "factors, 12": _factors,
}  # fmt: skip

if __name__ == "__main__":
    main()
