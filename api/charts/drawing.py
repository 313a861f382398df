"""From a specification to a picture; the colour of gaps becomes hatching."""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

from api.charts.style import COLOURS

SHARPNESS: Final = 2.5
"""Pixels of a PNG for each of the drawing, sharp enough for print."""
GAP: Final = f'fill="{COLOURS["gap"]}"'


def svg(spec: dict[str, Any]) -> str:
    """The chart as SVG."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return _hatched(drawn)


def png(spec: dict[str, Any]) -> bytes:
    """The chart as PNG, sharp enough for print."""
    import vl_convert

    drawn: bytes = vl_convert.svg_to_png(svg(spec), scale=SHARPNESS)
    return drawn


def _hatched(drawn: str) -> str:
    if GAP not in drawn:
        return drawn
    name = f"h{hashlib.sha256(drawn.encode()).hexdigest()[:8]}"  # two charts on a page do not share it by accident
    pattern = (
        f'<defs><pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<path d="M3 0v6" stroke="{COLOURS["gap"]}" stroke-width="1.2"/></pattern></defs>'
    )
    return re.sub(r"(<svg[^>]*>)", rf"\1{pattern}", drawn, count=1).replace(GAP, f'fill="url(#{name})"')
