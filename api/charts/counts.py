"""Charts of counts: weekly volume, a histogram over dates, a line of small bars, and bars by factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.charts.style import COLOURS, Spec, frame, text
from api.policy.suppression import Figure

NUMBER: Final = {"exact": "{:,}", "at_least": "≥{:,}", "less_than": "<{:,}"}
NOT_READ: Final = "×"
ROOM: Final = 1.07
"""How far the sides of an open bar go beyond what is known."""
MOST_LABELS: Final = 16
"""Bars up to which each has its number above it."""
STEP: Final = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """A period from ``first``: the number as it may be shown (``form``, ``value``), and what was expected: the middle
    and the 90 % interval.

    ``form`` None: nothing may be shown or nothing was read; ``sign`` then says so in one character, × where nothing
    was read.
    """

    first: date
    form: str | None
    value: int
    band: tuple[float, int, int] | None = None
    sign: str = ""

    @property
    def label(self) -> str:
        """The number or sign as it stands above the bar."""
        return NUMBER[self.form].format(self.value) if self.form else self.sign


def bar_of(first: date, count: Figure | None) -> Bar:
    """The bar of a count; None is a period that was not read."""
    return Bar(first, count.form, count.number) if count else Bar(first, None, 0, None, NOT_READ)


def volume_spec(bars: Sequence[Bar]) -> Spec:
    """Weekly volume as bars over the band of the baseline."""
    rows = [_row(bar, f"{bar.first:%m-%d}") for bar in bars]
    for row, bar in zip(rows, bars, strict=True):
        if bar.band is not None:
            row |= {"expected": round(bar.band[0], 1), "low": bar.band[1], "high": bar.band[2]}
    x, y = _periods(rows, every=max(1, -(-len(rows) // 10)), labels=0), _counts()
    banded = [{"filter": "isValid(datum.high)"}]
    expected = {
        "transform": banded,
        "mark": {"type": "tick", "color": COLOURS["ink"], "thickness": 1.5, "width": {"band": 0.86}},
        "encoding": {"x": x, "y": {**y, "field": "expected"}},
    }
    layers = [_gaps(x), _band(x, y, 0.86), *_bars(x, y, 0.46), expected]
    if len(rows) <= MOST_LABELS:
        layers.append(text({"x": x, "y": {**y, "field": "top"}, "text": {"field": "label"}}, dy=-7))
    return frame(rows, layers)


def histogram_spec(bars: Sequence[Bar], *, height: int = 120) -> Spec:
    """Documents over days, weeks or months, one bar a period; the width of the drawing is that of the time it shows."""
    with_year = len({bar.first.year for bar in bars}) > 1
    rows = [_row(bar, f"{bar.first:%Y-%m-%d}" if with_year else f"{bar.first:%m-%d}") for bar in bars]
    every = max(1, -(-len(rows) // (7 if with_year else 10)))
    x, y = _periods(rows, every=every), _counts(ticks=4)
    layers = [_gaps(x), *_bars(x, y, 0.82)]
    if len(rows) <= MOST_LABELS:
        layers.append(text({"x": x, "y": {**y, "field": "top"}, "text": {"field": "label"}}, dy=-7))
    return frame(rows, layers, height=height)


def sparkline_spec(bars: Sequence[Bar]) -> Spec:
    """The last days as small bars without axes, for a line of a table."""
    rows = [_row(bar, f"{bar.first:%Y-%m-%d}") for bar in bars]
    for row, bar in zip(rows, bars, strict=True):
        row["high"] = bar.band[2] if bar.band else None
        row["low"] = bar.band[1] if bar.band else None
    x, y = {**_periods(rows), "axis": None}, {**_counts(), "axis": None}
    layers = [_gaps(x), *_bars(x, y, 0.74)]
    if any(bar.band for bar in bars):
        layers.insert(1, _band(x, y))
    return frame(rows, layers, width=140, height=28, padding=1)


def factors_spec(counts: Sequence[tuple[str, Figure]]) -> Spec:
    """One bar a factor, by its code; a code is the key to the table beside the picture."""
    rows = [_row(bar_of(date.min, count), code) for code, count in counts]
    y = {
        "field": "period", "type": "ordinal", "scale": {"domain": [row["period"] for row in rows]},
        "axis": {"title": None, "domain": False, "ticks": False, "labelPadding": 6},
    }  # fmt: skip
    x = {"type": "quantitative", "axis": {"title": None, "tickMinStep": 1, "tickCount": 5}}
    labels = text({"y": y, "x": {**x, "field": "end"}, "text": {"field": "label"}}, align="left", dx=5)
    return frame(rows, [*_bars(y, x, 0.62, lying=True), labels], height=STEP * max(len(rows), 1), width=560)


def _row(bar: Bar, period: str) -> Spec:
    known = bar.form in ("exact", "at_least")
    return {
        "period": period, "label": bar.label, "form": bar.form or "", "count": bar.value if known else None,
        "top": bar.value if bar.form else 0, "above": round(bar.value * ROOM, 3), "gap": bar.sign == NOT_READ,
        "end": bar.value * ROOM if bar.form == "at_least" else bar.value,
    }  # fmt: skip


def _periods(rows: Sequence[Spec], *, every: int = 1, labels: int | None = None) -> Spec:
    names = [row["period"] for row in rows]
    axis: Spec = {"title": None, "labelAngle": labels or 0, "ticks": False, "labelPadding": 5}
    if every > 1:
        axis["values"] = names[::every]
    return {"field": "period", "type": "ordinal", "scale": {"domain": names}, "axis": axis}


def _counts(ticks: int = 5) -> Spec:
    axis = {"title": None, "tickMinStep": 1, "tickCount": ticks, "grid": True, "domain": False, "ticks": False}
    return {"type": "quantitative", "axis": axis}


def _band(x: Spec, y: Spec, width: float = 1.0) -> Spec:
    """The 90 % interval of what was expected, behind the bars."""
    return {
        "transform": [{"filter": "isValid(datum.high)"}],
        "mark": {"type": "bar", "color": COLOURS["band"], "width": {"band": width}},
        "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
    }


def _gaps(x: Spec) -> Spec:
    """What was not read, hatched from bottom to top: a gap, not a zero."""
    return {
        "transform": [{"filter": "datum.gap"}],
        "mark": {"type": "rect", "color": COLOURS["gap"]},
        "encoding": {"x": x},
    }


def _bars(along: Spec, up: Spec, width: float, *, lying: bool = False) -> list[Spec]:
    """Full bars for exact counts, pale ones open at the end for lower bounds, empty frames for fewer than k."""
    first, second = ("y", "x") if lying else ("x", "y")
    mark: Spec = {"type": "bar", ("height" if lying else "width"): {"band": width}}

    def of(form: str, mark: Spec, field: str) -> Spec:
        return {
            "transform": [{"filter": f"datum.form == '{form}'"}],
            "mark": mark,
            "encoding": {first: along, second: {**up, "field": field}},
        }

    def side(at: float) -> Spec:
        edge = of("at_least", {"type": "rule", "color": COLOURS["main"], "strokeWidth": 1.2}, "above")
        edge["encoding"] |= {first: {**along, "bandPosition": at}, f"{second}2": {"datum": 0}}
        return edge

    dashed = {"filled": False, "stroke": COLOURS["main"], "strokeWidth": 1, "strokeDash": [2, 2]}
    return [
        of("exact", {**mark, "color": COLOURS["main"]}, "count"),
        of("at_least", {**mark, "color": COLOURS["bound"]}, "count"),
        side(0.5 - width / 2),
        side(0.5 + width / 2),
        of("less_than", {**mark, **dashed}, "top"),
    ]
