"""Stance over time as counts of texts, with the milestones of the decision; never as a share, which a survey has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from api.charts.counts import NOT_READ
from api.charts.style import COLOURS, Spec, frame, text
from api.policy.suppression import Figure

LINES: Final = {
    "oppose": ("second", [1, 0], "circle"), "conditional": ("third", [6, 3], "diamond"),
    "neutral": ("ink", [1, 3], "square"), "support": ("main", [2, 2], "triangle-up"),
    "unknown": ("unknown", [4, 2], "triangle-down"),
}  # fmt: skip
"""Stance → colour, dashes and shape of its points: told apart without colour too."""


@dataclass(frozen=True, slots=True)
class Stances:
    """Texts of one period, and how many of them have which stance, as far as they may be shown; None: not read."""

    first: date
    last: date
    total: Figure | None
    counts: Mapping[str, Figure | None]


def stance_spec(periods: Sequence[Stances], milestones: Sequence[date] = ()) -> Spec:
    """All texts as wide pale bars, one line a stance before them; a line breaks where there is no exact number.

    A hollow point is a lower bound. Milestones bear numbers, named beside the chart.
    """
    rows = [
        {"day": f"{_middle(period):%Y-%m-%d}", "stance": stance, **_known(period.counts[stance])}
        for period in periods
        for stance in LINES
        if stance in period.counts
    ]
    there = {row["stance"] for row in rows if row["count"] is not None or row["least"] is not None}
    axis: dict[str, Any] = {
        "title": None,
        "format": "%Y-%m",
        "labelAngle": 0,
        "grid": False,
        "labelPadding": 5,
        "tickCount": 8,
    }
    x: Spec = {"field": "day", "type": "temporal", "scale": {"type": "utc", "nice": False}, "axis": axis}
    every = max(1, -(-len(periods) // 9))
    axis["values"] = [_utc(_middle(period)) for period in periods[::every]]
    y = {
        "field": "count", "type": "quantitative", "scale": {"domainMin": 0},
        "axis": {"title": None, "tickMinStep": 1, "domain": False, "ticks": False},
    }  # fmt: skip
    layers: list[Spec] = [*_totals(periods, x, y)]
    if milestones:
        marks = [{"day": f"{day:%Y-%m-%d}", "number": str(at)} for at, day in enumerate(milestones, 1)]
        rule = {"type": "rule", "color": COLOURS["ink"], "strokeDash": [3, 3]}
        layers.append({"data": {"values": marks}, "mark": rule, "encoding": {"x": x}})
        numbers = text({"x": x, "y": {"value": 0}, "text": {"field": "number"}}, dy=-6, fontWeight="bold")
        layers.append({"data": {"values": marks}, **numbers})
    for stance, (colour, dashes, shape) in LINES.items():
        if stance not in there:
            continue
        mine = [{"filter": f"datum.stance == '{stance}'"}]
        line = {"type": "line", "color": COLOURS[colour], "strokeDash": dashes, "strokeWidth": 2}
        layers.append({"transform": mine, "mark": line, "encoding": {"x": x, "y": y}})
        for field, filled in (("count", True), ("least", False)):
            points = {
                "type": "point",
                "filled": filled,
                "opacity": 1,
                "size": 46,
                "color": COLOURS[colour],
                "shape": shape,
            }
            shown_only = [*mine, {"filter": f"isValid(datum.{field})"}]
            layers.append({"transform": shown_only, "mark": points, "encoding": {"x": x, "y": {**y, "field": field}}})
    return frame(rows, layers, height=220)


def _totals(periods: Sequence[Stances], x: Spec, y: Spec) -> list[Spec]:
    """All texts of each period behind the lines: full for exact, paler for lower bounds, hatched where not read."""
    bars = [
        {
            "day": f"{period.first:%Y-%m-%d}", "until": f"{period.last + timedelta(days=1):%Y-%m-%d}",
            "form": period.total.form if period.total else NOT_READ,
            "count": period.total.number if period.total else None,
        }
        for period in periods
    ]  # fmt: skip
    dashed = {"filled": False, "stroke": COLOURS["gap"], "strokeWidth": 1, "strokeDash": [2, 2]}
    looks: dict[str, Spec] = {
        "exact": {"color": COLOURS["total"]},
        "at_least": {"color": COLOURS["total"], "stroke": COLOURS["gap"], "strokeWidth": 1, "strokeDash": [4, 2]},
        "less_than": dashed,
    }
    encoding = {"x": x, "x2": {"field": "until"}, "y": y, "y2": {"datum": 0}}
    drawn: list[Spec] = [
        {"transform": [{"filter": f"datum.form == '{form}'"}], "mark": {"type": "rect", **look}, "encoding": encoding}
        for form, look in looks.items()
    ]
    gaps = {
        "transform": [{"filter": f"datum.form == '{NOT_READ}'"}], "mark": {"type": "rect", "color": COLOURS["gap"]},
        "encoding": {"x": x, "x2": {"field": "until"}},
    }  # fmt: skip
    return [{"data": {"values": bars}, "layer": [gaps, *drawn]}] if bars else []


def _middle(period: Stances) -> date:
    return period.first + (period.last - period.first) // 2


def _utc(day: date) -> Spec:
    return {"year": day.year, "month": day.month, "date": day.day, "utc": True}


def drawable(shown: Figure) -> bool:
    """Whether a count has a point: a number, or a lower bound above nothing."""
    return shown.form == "exact" or (shown.form == "at_least" and shown.number > 0)


def _known(shown: Figure | None) -> dict[str, int | None]:
    """The exact number, or what is known to be there at least."""
    number = shown.number if shown is not None and drawable(shown) else None
    exact = shown is not None and shown.form == "exact"
    return {"count": number if exact else None, "least": None if exact else number}
