"""Stance over time as counts of texts, with the milestones of the decision; never as a share, which a survey has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.charts.shares import periods_axis
from api.charts.style import COLOURS, Spec, frame, text
from api.policy.suppression import Figure

LINES: Final = {
    "oppose": ("second", [1, 0], "circle"), "conditional": ("third", [6, 3], "diamond"),
    "support": ("main", [2, 2], "triangle-up"), "neutral": ("ink", [1, 3], "square"),
}  # fmt: skip
"""Stance → colour, dashes and shape of its points: told apart without colour too."""


@dataclass(frozen=True, slots=True)
class Stances:
    """Texts of one period by stance, as far as they may be shown."""

    first: date
    counts: Mapping[str, Figure | None]


def stance_spec(periods: Sequence[Stances], milestones: Sequence[date] = ()) -> Spec:
    """One line a stance; it breaks where there is no exact number. Milestones bear numbers, named beside the chart."""
    rows = [
        {"day": f"{period.first:%Y-%m-%d}", "stance": stance, "count": _exact(period.counts[stance])}
        for period in periods
        for stance in LINES
        if stance in period.counts
    ]
    there = {row["stance"] for row in rows}
    x = periods_axis([period.first for period in periods])
    y = {
        "field": "count",
        "type": "quantitative",
        "axis": {"title": None, "tickMinStep": 1, "domain": False, "ticks": False},
    }
    layers: list[Spec] = []
    if milestones:
        marks = [{"day": f"{day:%Y-%m-%d}", "number": str(at)} for at, day in enumerate(milestones, 1)]
        rule = {"type": "rule", "color": COLOURS["ink"], "strokeDash": [3, 3]}
        layers.append({"data": {"values": marks}, "mark": rule, "encoding": {"x": x}})
        numbers = text({"x": x, "y": {"value": 0}, "text": {"field": "number"}}, dy=-6, fontWeight="bold")
        layers.append({"data": {"values": marks}, **numbers})
    for stance, (colour, dashes, shape) in LINES.items():
        if stance not in there:
            continue
        mine = {"transform": [{"filter": f"datum.stance == '{stance}'"}], "encoding": {"x": x, "y": y}}
        line = {"type": "line", "color": COLOURS[colour], "strokeDash": dashes, "strokeWidth": 2}
        points = {"type": "point", "filled": True, "opacity": 1, "size": 40, "color": COLOURS[colour], "shape": shape}
        layers.append({**mine, "mark": line})
        shown_only = [*mine["transform"], {"filter": "isValid(datum.count)"}]
        layers.append({**mine, "transform": shown_only, "mark": points})
    return frame(rows, layers, height=200)


def _exact(shown: Figure | None) -> int | None:
    return shown.number if shown is not None and shown.form == "exact" else None
