"""Charts from declarative specifications (Vega-Lite), rendered here: SVG for pages, PNG for documents.

A picture carries numerals, dates and signs only; what they mean stands in the text beside it. So no picture needs a
Chinese font, which a plain server has not. Nothing is fetched: data are in the specification, the renderer in the
installation. A number is drawn as it may be shown: a lower bound is open at the top, fewer than k is an empty frame.
"""

from api.charts.ahead import Expected, ahead_spec
from api.charts.counts import Bar, bar_of, factors_spec, histogram_spec, sparkline_spec, volume_spec
from api.charts.drawing import png, svg
from api.charts.shares import Calibrated, Share, calibration_spec, share_spec
from api.charts.stance import Stances, stance_spec

__all__ = [
    "Bar", "Calibrated", "Expected", "Share", "Stances", "ahead_spec", "bar_of", "calibration_spec", "factors_spec",
    "histogram_spec", "png", "share_spec", "sparkline_spec", "stance_spec", "svg", "volume_spec",
]  # fmt: skip
