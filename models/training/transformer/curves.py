"""Learning curves (学习曲线) of a run as pictures: loss by stream, figures of every dev set, over the batches.

Run: ``python -m models.training.transformer.curves RUN [--figures FOLDER]``. Reads ``log.jsonl`` of the run and writes
``curves_*.svg`` and ``curves_*.png`` beside it, and the SVG into FOLDER. A picture holds numerals and the names of
streams and heads alone, all Latin, so that it needs no Chinese font.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import vl_convert

Spec: TypeAlias = dict[str, Any]
Point: TypeAlias = dict[str, Any]
INK: Final = "#33404d"
FONT: Final = "Liberation Sans, Arial, Helvetica, sans-serif"


def points(lines: Iterable[Mapping[str, Any]]) -> dict[str, list[Point]]:
    """Points by picture, each ``{"step", "name", "value"}``: ``loss``, and ``dev_<set>`` for every dev set.

    A run that was cut off logs some steps twice; what was said last counts.
    """
    found: dict[str, dict[tuple[str, int], float]] = {}
    for line in lines:
        for stream, value in line.get("loss", {}).items():
            found.setdefault("loss", {})[(stream, line["step"])] = value
        for name, figures in line.get("dev", {}).items():
            for figure, value in figures.items():
                found.setdefault(f"dev_{name}", {})[(figure, line["step"])] = value
    return {
        picture: [{"step": step, "name": name, "value": value} for (name, step), value in sorted(values.items())]
        for picture, values in found.items()
    }


def spec(rows: list[Point], *, loss: bool) -> Spec:
    """One small panel a name. Losses have scales of their own, figures go from 0 to 1."""
    y: Spec = {"field": "value", "type": "quantitative", "axis": {"title": None, "tickCount": 5}}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "white",
        "config": {
            "font": FONT,
            "axis": {"labelColor": INK, "titleColor": INK, "gridColor": "#e8ebee", "domainColor": "#b5bdc6"},
            "view": {"stroke": None},
        },
        "data": {"values": rows},
        "columns": 4,
        "facet": {
            "field": "name",
            "type": "nominal",
            "title": None,
            "header": {"labelColor": INK, "labelFontSize": 11},
        },
        "resolve": {"scale": {"y": "independent"}} if loss else {},
        "spec": {
            "width": 170,
            "height": 90,
            "mark": {"type": "line", "color": "#3d6a99", "point": {"size": 14, "color": "#3d6a99"}},
            "encoding": {
                "x": {"field": "step", "type": "quantitative", "axis": {"title": None, "tickCount": 4}},
                "y": y | {"scale": {"zero": False} if loss else {"domain": [0, 1]}},
            },
        },
    }


def draw(run: Path, figures: Path | None = None) -> list[Path]:
    """Writes the pictures; their paths. Raises ValueError (E218) for a folder without a log, or with an empty one."""
    log = run / "log.jsonl"
    if not log.is_file():
        raise ValueError(f"E218: {log} is missing: {run} is not the folder of a run")
    found = points(json.loads(line) for line in log.read_text("utf-8").splitlines() if line.strip())
    if not found:
        raise ValueError(f"E218: {log} has no losses yet: the first come after a twentieth of the batches")
    written = []
    for name, rows in sorted(found.items()):
        drawn = spec(rows, loss=name == "loss")
        picture = vl_convert.vegalite_to_svg(drawn, allowed_base_urls=[])
        homes = [run / f"curves_{name}.svg"]
        if figures:
            figures.mkdir(parents=True, exist_ok=True)
            homes.append(figures / f"curves_{name}.svg")
        for home in homes:
            home.write_text(picture, "utf-8")
        png = run / f"curves_{name}.png"
        png.write_bytes(vl_convert.vegalite_to_png(drawn, scale=2, allowed_base_urls=[]))
        written += [*homes, png]
    return written


def main() -> None:
    """The command line of this module."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--figures", type=Path, help="folder that gets the SVG too, such as docs/figures")
    given = parser.parse_args()
    draw(given.run, given.figures)


if __name__ == "__main__":
    main()
