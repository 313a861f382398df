"""Pictures of an evaluation as Vega-Lite specifications; who draws them is somebody else's business.

A picture carries numerals, signs and Latin letters only, so that it needs no Chinese font: a label in other letters
appears by its number in the table beside the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from pipeline.evaluation.calibration_curve import Curve
from pipeline.evaluation.classes import ClassRow
from pipeline.evaluation.evaluation import Slice
from pipeline.evaluation.figures import Figure

Spec: TypeAlias = dict[str, Any]
INK: Final = "#33404d"
VALUE: Final = "#3d6a99"
SPREAD: Final = "#9db6cf"
CEILING: Final = "#c0802b"
STEP: Final = 18
_UNIT: Final[Spec] = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"title": None, "tickCount": 5}}


def shown(label: str, number: int) -> str:
    """A label as a picture writes it."""
    return label if label.isascii() else f"No. {number}"


def figures_spec(figures: Sequence[Figure]) -> Spec:
    """Every figure as a point on its interval; a tick of another colour is the agreement of annotators."""
    there = [figure for figure in figures if figure.rows]
    rows, names = [_point(figure, figure.name) for figure in there], [figure.name for figure in there]
    return _frame() | {
        "height": {"step": STEP},
        "data": {"values": rows},
        "layer": _points(names),
    }


def slices_spec(slices: Sequence[Slice]) -> Spec:
    """The main figures on every slice, one panel a figure."""
    names = [f"{shown(one.name, number)} ({one.rows})" for number, one in enumerate(slices, 1)]
    rows = [
        _point(figure, name) | {"figure": figure.name}
        for name, one in zip(names, slices, strict=True)
        for figure in one.figures
        if figure.rows
    ]
    return _frame() | {
        "data": {"values": rows},
        "columns": 2,
        "facet": _panels("figure", rows),
        "spec": {"width": 260, "height": {"step": STEP}, "layer": _points(names)},
    }


def classes_spec(classes: Sequence[ClassRow]) -> Spec:
    """F1 of every label as a bar, with its support beside it."""
    rows: list[Spec] = [
        {"name": shown(row.label, number), "value": row.f1, "support": row.support}
        for number, row in enumerate(classes, 1)
        if row.support
    ]
    y = _rows([row["name"] for row in rows])
    return _frame() | {
        "height": {"step": STEP},
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "bar", "color": VALUE}, "encoding": {"y": y, "x": {**_UNIT, "field": "value"}}},
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 10, "color": INK},
                "encoding": {"y": y, "x": {**_UNIT, "field": "value"}, "text": {"field": "support"}},
            },
        ],
    }


def calibration_spec(curves: Mapping[str, Curve]) -> Spec:
    """Stated probability against observed share, one panel a head; the diagonal is what honest probabilities give."""
    rows = [
        {"head": head, "stated": one.stated, "observed": one.observed, "cases": one.cases}
        for head, drawn in curves.items()
        for one in drawn.bins
    ]
    x, y = ({**_UNIT, "field": name, "axis": {"title": name, "tickCount": 5}} for name in ("stated", "observed"))
    diagonal = {
        "data": {"values": [{"stated": 0, "observed": 0}, {"stated": 1, "observed": 1}]},
        "mark": {"type": "line", "color": SPREAD, "strokeDash": [4, 4]},
        "encoding": {"x": x, "y": y},
    }
    line = {"mark": {"type": "line", "color": VALUE}, "encoding": {"x": x, "y": y}}
    size = {"field": "cases", "type": "quantitative", "legend": None, "scale": {"range": [12, 220]}}
    points = {
        "mark": {"type": "point", "filled": True, "color": VALUE, "opacity": 1},
        "encoding": {"x": x, "y": y, "size": size},
    }
    return _frame() | {
        "data": {"values": rows},
        "columns": 3,
        "facet": _panels("head", rows),
        "spec": {"width": 200, "height": 200, "layer": [diagonal, line, points]},
    }


def _frame() -> Spec:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "white",
        "config": {
            "font": "Liberation Sans, Arial, Helvetica, sans-serif",
            "axis": {"labelColor": INK, "titleColor": INK, "gridColor": "#e8ebee", "domainColor": "#b5bdc6"},
            "axisY": {"labelLimit": 320},
            "view": {"stroke": None, "continuousWidth": 420},
        },
    }


def _panels(field: str, rows: Sequence[Spec]) -> Spec:
    """One panel a value of the field, in the order of the rows."""
    return {"field": field, "type": "nominal", "title": None, "sort": list(dict.fromkeys(row[field] for row in rows))}


def _point(figure: Figure, name: str) -> Spec:
    value = {"name": name, "value": figure.value, "low": figure.low, "high": figure.high}
    return value | {"annotators": figure.annotators}


def _rows(names: Sequence[str]) -> Spec:
    order = list(dict.fromkeys(names))
    return {"field": "name", "type": "nominal", "sort": order, "axis": {"title": None, "grid": False}}


def _points(names: Sequence[str]) -> list[Spec]:
    y = _rows(names)
    known = [{"filter": "isValid(datum.annotators)"}]
    return [
        {
            "mark": {"type": "rule", "color": SPREAD, "strokeWidth": 5},
            "encoding": {"y": y, "x": {**_UNIT, "field": "low"}, "x2": {"field": "high"}},
        },
        {
            "transform": known,
            "mark": {"type": "tick", "color": CEILING, "thickness": 2.5, "size": 14},
            "encoding": {"y": y, "x": {**_UNIT, "field": "annotators"}},
        },
        {
            "mark": {"type": "point", "filled": True, "color": VALUE, "size": 45, "opacity": 1},
            "encoding": {"y": y, "x": {**_UNIT, "field": "value"}},
        },
    ]
