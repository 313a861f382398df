"""Charts of shares: a share over time with its interval, and stated against observed probability."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.charts.style import COLOURS, Spec, frame, text

PERCENT: Final[Spec] = {"title": None, "format": ".0%", "tickCount": 5, "domain": False, "ticks": False}
Z90: Final = 1.6449
"""Standard deviations on both sides that hold 90 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of one period with its interval; ``p`` None: too few voices, or nothing was read."""

    first: date
    p: float | None
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Cases of like stated probability: what was stated on average, how often it was true, and in how many cases."""

    stated: float
    observed: float
    cases: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 90 % interval of what was observed (Wilson)."""
        n, p = self.cases, self.observed
        middle = (p + Z90**2 / (2 * n)) / (1 + Z90**2 / n)
        half = Z90 / (1 + Z90**2 / n) * math.sqrt(p * (1 - p) / n + Z90**2 / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


def share_spec(shares: Sequence[Share]) -> Spec:
    """A share over time as a line with the interval of every period; the line breaks where there is no number."""
    rows = [
        {"day": f"{one.first:%Y-%m-%d}", "p": one.p, "low": one.low, "high": one.high}
        if one.p is not None
        else {"day": f"{one.first:%Y-%m-%d}", "p": None}
        for one in shares
    ]
    x, y = (
        periods_axis([one.first for one in shares]),
        {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": PERCENT},
    )
    there = [{"filter": "isValid(datum.p)"}]
    return frame(
        rows,
        [
            {
                "transform": there,
                "mark": {"type": "rule", "strokeWidth": 7, "color": COLOURS["bound"]},
                "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "line", "color": COLOURS["main"], "strokeWidth": 2},
                "encoding": {"x": x, "y": {**y, "field": "p"}},
            },
            {
                "transform": there,
                "mark": {"type": "point", "filled": True, "opacity": 1, "size": 36, "color": COLOURS["main"]},
                "encoding": {"x": x, "y": {**y, "field": "p"}},
            },
        ],
    )


def calibration_spec(bins: Sequence[Calibrated]) -> Spec:
    """Stated probability against observed share, with 90 % intervals; honest probabilities lie on the diagonal."""
    rows = [
        {
            "stated": one.stated, "observed": one.observed, "low": one.interval[0], "high": one.interval[1],
            "cases": f"{one.cases:,}",
        }
        for one in bins
    ]  # fmt: skip
    y = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": PERCENT}
    x = {**y, "field": "stated", "axis": {**PERCENT, "grid": True}}
    diagonal = [{"stated": 0, "observed": 0}, {"stated": 1, "observed": 1}]
    return frame(
        rows,
        [
            {
                "data": {"values": diagonal},
                "mark": {"type": "line", "color": COLOURS["gap"], "strokeDash": [5, 4], "strokeWidth": 1.5},
                "encoding": {"x": x, "y": {**y, "field": "observed"}},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 5, "color": COLOURS["bound"]},
                "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "line", "color": COLOURS["main"], "strokeWidth": 1.5, "point": False},
                "encoding": {"x": x, "y": {**y, "field": "observed"}},
            },
            {
                "mark": {"type": "point", "filled": True, "opacity": 1, "size": 50, "color": COLOURS["main"]},
                "encoding": {"x": x, "y": {**y, "field": "observed"}},
            },
            text({"x": x, "y": {**y, "field": "observed"}, "text": {"field": "cases"}}, 10, align="left", dx=8, dy=8),
        ],
        width=320,
        height=320,
    )


def periods_axis(days: Sequence[date], *, most: int = 12) -> Spec:
    """Time along the bottom, with month and day below every period or every so many."""
    every = max(1, -(-len(days) // most))
    values = [{"year": day.year, "month": day.month, "date": day.day, "utc": True} for day in days[::every]]
    axis = {"title": None, "format": "%m-%d", "labelAngle": 0, "values": values, "grid": False, "labelPadding": 5}
    return {"field": "day", "type": "temporal", "scale": {"type": "utc", "padding": 18, "nice": False}, "axis": axis}
