"""Lines over the size or over time, drawn like the charts of the console; what was extrapolated is a hollow point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from api.charts import svg
from api.charts.style import COLOURS, Spec, frame

LINES: Final = ("main", "second", "third", "unknown", "bound", "ink")


class Point(NamedTuple):
    """One value of a line."""

    x: float
    y: float
    extrapolated: bool = False


def lines(
    series: Mapping[str, Sequence[Point]], x: str, y: str, *, logarithmic: bool = False, marks: bool = True
) -> str:
    """The series in one frame as SVG; on log axes, points at or below zero are left out."""
    rows: list[Spec] = [
        {"x": p.x, "y": p.y, "line": name, "kind": "extrapolated" if p.extrapolated else "measured"}
        for name, points in series.items()
        for p in points
        if not logarithmic or (p.x > 0 and p.y > 0)
    ]
    scale: Spec = {"type": "log"} if logarithmic else {"type": "linear"}
    colour: Spec = {
        "field": "line", "type": "nominal", "title": None,
        "scale": {"domain": list(series), "range": [COLOURS[LINES[n % len(LINES)]] for n in range(len(series))]},
    }  # fmt: skip
    at: Spec = {
        "x": {"field": "x", "type": "quantitative", "title": x, "scale": scale, "axis": {"format": "~s"}},
        "y": {"field": "y", "type": "quantitative", "title": y, "scale": scale, "axis": {"format": "~s"}},
        "color": colour,
    }
    layers: list[Spec] = [{"mark": {"type": "line", "strokeWidth": 1.6}, "encoding": at}]
    if marks:
        hollow: Spec = {"condition": {"test": "datum.kind == 'extrapolated'", "value": "white"}, **colour}
        layers.append({"mark": {"type": "point", "size": 45, "filled": False}, "encoding": {**at, "fill": hollow}})
    return svg(frame(rows, layers, height=240))


def bars(values: Mapping[str, float], x: str) -> str:
    """One bar a name, in the order given."""
    rows: list[Spec] = [{"name": name, "value": value} for name, value in values.items()]
    encoding: Spec = {
        "x": {"field": "value", "type": "quantitative", "title": x},
        "y": {"field": "name", "type": "nominal", "title": None, "sort": list(values)},
    }
    layer: Spec = {"mark": {"type": "bar", "color": COLOURS["main"]}, "encoding": encoding}
    return svg(frame(rows, [layer], height=22 * max(1, len(rows))))
