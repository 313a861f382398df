"""An evaluation as tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.evaluation.report import figure_row

if TYPE_CHECKING:
    from pipeline.evaluation import Evaluation

NARROWEST = 110
"""Columns that the tables need; a pipe or a file has no width of its own."""


def show(evaluation: Evaluation) -> None:
    """Prints figures, labels, calibration, slices and confusions."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=NARROWEST)
    _print(
        console,
        f"{evaluation.task}: predictions against labels",
        ("figure", "value", "95 % interval", "cases", "annotators"),
        map(figure_row, evaluation.figures),
    )
    for head, rows in evaluation.classes.items():
        _print(
            console,
            f"labels: {head}",
            ("label", "precision", "recall", "F1", "support", "said"),
            [(r.label, f"{r.precision:.3f}", f"{r.recall:.3f}", f"{r.f1:.3f}", r.support, r.said) for r in rows],
        )
    curves = evaluation.calibration
    _print(
        console,
        "calibration: stated probability against observed share",
        ("head", "stated", "observed", "cases", "ECE", "Brier"),
        [
            (
                *_once(n == 0, head),
                *(f"{b.stated:.3f}", f"{b.observed:.3f}", b.cases),
                *_once(n == 0, f"{c.ece:.3f}", f"{c.brier:.3f}"),
            )
            for head, c in curves.items()
            for n, b in enumerate(c.bins)
        ],
    )
    _print(
        console,
        "slices",
        ("slice", "texts", "figure", "value", "95 % interval", "cases"),
        [
            (*_once(n == 0, one.name, str(one.rows)), *figure_row(figure)[:4])
            for one in evaluation.slices
            for n, figure in enumerate(one.figures)
        ],
        words=3,
    )
    for head, found in evaluation.confusions.items():
        rows_ = [(one.gold, one.said, one.count) for one in found]
        _print(console, f"commonest confusions: {head}", ("gold", "said", "texts"), rows_, words=2)


def _once(first: bool, *cells: str) -> tuple[str, ...]:
    return cells if first else ("",) * len(cells)


def _print(console: Console, title: str, head: Sequence[str], rows: Iterable[Sequence[object]], words: int = 1) -> None:
    """A table whose first columns are words and whose others are numbers; nothing without rows."""
    table = Table(title=title, title_justify="left")
    for number, name in enumerate(head):
        table.add_column(name, justify="left" if number < words else "right")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    if table.row_count:
        console.print(table)
