"""The report of an evaluation (评测报告): a folder with report.md, its pictures and figures.json. It quotes no text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.evaluation import plots
from pipeline.evaluation.evaluation import Evaluation, Slice
from pipeline.evaluation.figures import Figure

Draw = Callable[[plots.Spec], str]
"""A specification as SVG."""
_MADE = ("figures.svg", "slices.svg", "calibration.svg", "classes-*.svg")


def write_report(evaluation: Evaluation, folder: Path, draw: Draw) -> Path:
    """Writes the report into ``folder``, which is made if need be; pictures of an earlier report there go.

    Returns report.md. Raises OSError when the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for pattern in _MADE:
        for path in folder.glob(pattern):
            path.unlink()
    for name, spec in _pictures(evaluation):
        (folder / name).write_text(draw(spec), "utf-8")
    machine = json.dumps(evaluation.as_json(), ensure_ascii=False, indent=1)
    (folder / "figures.json").write_text(machine + "\n", "utf-8")
    report = folder / "report.md"
    report.write_text("\n".join(_lines(evaluation)) + "\n", "utf-8")
    return report


def _pictures(evaluation: Evaluation) -> Iterator[tuple[str, plots.Spec]]:
    yield "figures.svg", plots.figures_spec(evaluation.figures)
    for head, rows in evaluation.classes.items():
        if any(row.support for row in rows):
            yield _picture_of(head), plots.classes_spec(rows)
    if evaluation.calibration:
        yield "calibration.svg", plots.calibration_spec(evaluation.calibration)
    if evaluation.slices:
        yield "slices.svg", plots.slices_spec(evaluation.slices)


def _picture_of(head: str) -> str:
    return f"classes-{re.sub(r'[^a-z0-9]+', '-', head.lower())}.svg"


def _lines(evaluation: Evaluation) -> Iterator[str]:
    yield f"# Evaluation: {evaluation.task}"
    yield ""
    yield f"{evaluation.texts} texts count, of {evaluation.rows} labelled rows (copies once). Intervals: 95 %, by"
    yield "bootstrap over texts. Picture and tables hold the same figures; `figures.json` holds them for machines."
    yield ""
    yield from table(("", ""), evaluation.source.items())
    yield from _section("Figures", "figures.svg")
    yield from table(("figure", "value", "95 % interval", "cases", "annotators"), map(figure_row, evaluation.figures))
    for head, rows in evaluation.classes.items():
        yield from _section(f"Labels: {head}", _picture_of(head) if any(row.support for row in rows) else None)
        cells = [
            (n, row.label, f"{row.precision:.3f}", f"{row.recall:.3f}", f"{row.f1:.3f}", row.support, row.said)
            for n, row in enumerate(rows, 1)
        ]
        yield from table(("No.", "label", "precision", "recall", "F1", "support", "said"), cells)
    if evaluation.calibration:
        yield from _section("Calibration", "calibration.svg")
        yield from _calibration(evaluation)
    if evaluation.slices:
        yield from _section("Slices", "slices.svg")
        yield from table(("No.", "slice", "texts", *main_names(evaluation.slices)), slice_rows(evaluation.slices))
    for head, found in evaluation.confusions.items():
        if found:
            yield from _section(f"Commonest confusions: {head}")
            yield from table(("gold", "said", "texts"), [(one.gold, one.said, one.count) for one in found])


def _calibration(evaluation: Evaluation) -> Iterator[str]:
    curves = evaluation.calibration
    yield from table(
        ("head", "ECE", "Brier", "cases"),
        [(head, f"{one.ece:.3f}", f"{one.brier:.3f}", one.cases) for head, one in curves.items()],
    )
    yield from table(
        ("head", "stated", "observed", "cases"),
        [(h, f"{b.stated:.3f}", f"{b.observed:.3f}", b.cases) for h, one in curves.items() for b in one.bins],
    )


def figure_row(figure: Figure) -> tuple[str, ...]:
    """Name, value, interval, cases and agreement of annotators as a table shows them; no value without a case."""
    return (
        figure.name,
        f"{figure.value:.3f}" if figure.rows else "–",
        spread(figure),
        str(figure.rows),
        "" if figure.annotators is None else f"{figure.annotators:.3f}",
    )


def spread(figure: Figure) -> str:
    """The interval, or nothing where there is none."""
    return "" if figure.low is None or figure.high is None else f"{figure.low:.3f}–{figure.high:.3f}"


def main_names(slices: Sequence[Slice]) -> list[str]:
    """The figures that slices show."""
    return list(dict.fromkeys(figure.name for one in slices for figure in one.figures))


def slice_rows(slices: Sequence[Slice]) -> Iterator[tuple[str, ...]]:
    """Number, name, texts and each main figure with its interval."""
    names = main_names(slices)
    for number, one in enumerate(slices, 1):
        by_name = {figure.name: figure for figure in one.figures if figure.rows}
        cells = [f"{f.value:.3f} ({spread(f)})" if (f := by_name.get(name)) else "–" for name in names]
        yield (str(number), one.name, str(one.rows), *cells)


def _section(title: str, picture: str | None = None) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    if picture:
        yield from (f"![{title}]({picture})", "")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A Markdown table."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
    yield ""
