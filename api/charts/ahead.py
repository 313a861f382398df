"""The coming days: the middle of what is expected within its 50 % and 90 % intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.charts.style import COLOURS, Spec, frame

MOST_LABELS: Final = 10


@dataclass(frozen=True, slots=True)
class Expected:
    """One day ahead: the median and the intervals in whole texts."""

    day: date
    median: int
    half: tuple[int, int]
    ninety: tuple[int, int]


def ahead_spec(days: Sequence[Expected]) -> Spec:
    """Two nested bands and the median of each day; an interval of one number is drawn half a text wide."""
    rows = [
        {
            "period": f"{one.day:%m-%d}", "median": one.median,
            "low": max(0.0, one.ninety[0] - 0.1), "high": one.ninety[1] + 0.1,
            "quarter": max(0.0, one.half[0] - 0.1), "three": one.half[1] + 0.1,
        }
        for one in days
    ]  # fmt: skip
    names = [row["period"] for row in rows]
    every = max(1, -(-len(names) // MOST_LABELS))
    axis: Spec = {"title": None, "labelAngle": 0, "ticks": False, "labelPadding": 5, "values": names[::every]}
    x: Spec = {"field": "period", "type": "ordinal", "scale": {"domain": names}, "axis": axis}
    y: Spec = {
        "type": "quantitative",
        "axis": {"title": None, "tickMinStep": 1, "tickCount": 5, "grid": True, "domain": False, "ticks": False},
    }

    def band(low: str, high: str, colour: str, width: float) -> Spec:
        return {
            "mark": {"type": "bar", "color": COLOURS[colour], "width": {"band": width}},
            "encoding": {"x": x, "y": {**y, "field": low}, "y2": {"field": high}},
        }

    middle = {
        "mark": {"type": "tick", "color": COLOURS["ink"], "thickness": 2, "width": {"band": 0.7}},
        "encoding": {"x": x, "y": {**y, "field": "median"}},
    }
    return frame(rows, [band("low", "high", "band", 0.8), band("quarter", "three", "bound", 0.5), middle])
