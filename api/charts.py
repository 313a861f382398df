"""Charts from one declarative specification (Vega-Lite), rendered here: SVG for pages, PNG for documents.

A picture carries numerals, dates and signs only; what they mean stands in the text beside it. So no picture needs a
Chinese font, which a plain server has not. Nothing is fetched: data are in the specification, the renderer in the
installation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

WIDTH: Final = 640
HEIGHT: Final = 170
FONT: Final = "Liberation Sans, Arial, Helvetica, sans-serif"
INK: Final = "#33404d"
BAR: Final = "#3d6a99"
BAR_BOUND: Final = "#9db6cf"
BAND: Final = "#e2c88f"
NUMBER: Final = {"exact": "{}", "at_least": "≥{}", "less_than": "<{}"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One week: the number as it may be shown (``form`` and ``value``), and expected with its 90 % interval.

    ``form`` None: nothing may be shown or nothing was read; ``sign`` then says so in one character.
    """

    first: date
    form: str | None
    value: int
    band: tuple[float, int, int] | None
    sign: str = ""


def volume_spec(bars: Sequence[Bar]) -> dict[str, Any]:
    """Weekly volume as bars over the band of the baseline."""
    rows = []
    for bar in bars:
        exact = bar.form == "exact" or (bar.form == "at_least")
        label = NUMBER[bar.form].format(bar.value) if bar.form else bar.sign
        row: dict[str, Any] = {
            "week": f"{bar.first:%m-%d}", "label": label, "count": bar.value if exact else None,
            "top": bar.value if exact else 0, "bound": bar.form == "at_least",
        }  # fmt: skip
        if bar.band is not None:
            row |= {"expected": round(bar.band[0], 1), "low": bar.band[1], "high": bar.band[2]}
        rows.append(row)
    x = {
        "field": "week", "type": "ordinal", "scale": {"domain": [row["week"] for row in rows]},
        "axis": {"title": None, "labelAngle": 0},
    }  # fmt: skip
    y = {"type": "quantitative", "axis": {"title": None, "tickMinStep": 1, "grid": True}}
    banded = [{"filter": "isValid(datum.high)"}]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": HEIGHT,
        "background": "white",
        "config": {
            "font": FONT,
            "axis": {"labelColor": INK, "labelFontSize": 11, "gridColor": "#e8ebee", "domainColor": "#b5bdc6"},
            "view": {"stroke": None},
        },
        "data": {"values": rows},
        "layer": [
            {
                "transform": banded,
                "mark": {"type": "bar", "color": BAND, "opacity": 0.75, "width": {"band": 0.86}},
                "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "transform": [{"filter": "isValid(datum.count)"}],
                "mark": {"type": "bar", "width": {"band": 0.46}},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "count"},
                    "color": {"condition": {"test": "datum.bound", "value": BAR_BOUND}, "value": BAR},
                },
            },
            {
                "transform": banded,
                "mark": {"type": "tick", "color": INK, "thickness": 1.5, "width": {"band": 0.86}},
                "encoding": {"x": x, "y": {**y, "field": "expected"}},
            },
            {
                "mark": {"type": "text", "dy": -7, "fontSize": 11, "color": INK},
                "encoding": {"x": x, "y": {**y, "field": "top"}, "text": {"field": "label"}},
            },
        ],
    }


def svg(spec: dict[str, Any]) -> str:
    """The chart as SVG."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return drawn


def png(spec: dict[str, Any]) -> bytes:
    """The chart as PNG, sharp enough for print."""
    import vl_convert

    drawn: bytes = vl_convert.vegalite_to_png(spec, scale=2.5, allowed_base_urls=[])
    return drawn
