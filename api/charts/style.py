"""The look that all charts share, and what each of their colours stands for."""

from __future__ import annotations

from typing import Any, Final

Spec = dict[str, Any]
WIDTH: Final = 640
HEIGHT: Final = 170
FONT: Final = "Liberation Sans, Arial, Helvetica, sans-serif"
COLOURS: Final = {
    "ink": "#33404d", "grid": "#e3e7ea", "main": "#1f5c99", "bound": "#9fbbd6", "band": "#ecd9ae", "second": "#b3541e",
    "third": "#5b6b2f", "gap": "#9aa4ad", "total": "#dde3e8", "unknown": "#6f7a84",
}  # fmt: skip
"""What a part is → its colour on paper. Told apart without seeing red and green, and on a grey print by lightness."""


def frame(rows: list[Spec], layers: list[Spec], *, width: int = WIDTH, height: int = HEIGHT, **more: Any) -> Spec:
    """A specification of layers over the same rows."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": height,
        "background": "white",
        "config": {
            "font": FONT,
            "axis": {
                "labelColor": COLOURS["ink"], "labelFontSize": 11, "gridColor": COLOURS["grid"],
                "domainColor": COLOURS["gap"], "tickColor": COLOURS["gap"],
            },
            "view": {"stroke": None},
        },
        "data": {"values": rows},
        "layer": layers,
        **more,
    }  # fmt: skip


def text(encoding: Spec, size: int = 11, **mark: Any) -> Spec:
    """A layer of numerals."""
    return {"mark": {"type": "text", "fontSize": size, "color": COLOURS["ink"], **mark}, "encoding": encoding}
