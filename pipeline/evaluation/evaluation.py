"""Evaluation (评测): everything that is said about predictions on a labelled set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from pipeline.evaluation.calibration_curve import Curve, curve
from pipeline.evaluation.ceilings import CEILINGS
from pipeline.evaluation.classes import ClassRow, class_rows
from pipeline.evaluation.confusions import Confusion, commonest
from pipeline.evaluation.errors import PredictionError
from pipeline.evaluation.figures import Figure, beside
from pipeline.evaluation.pairs import Pair, Row, identified, once_a_group, paired
from pipeline.evaluation.readers import Predictor
from pipeline.evaluation.slices import slices
from pipeline.evaluation.tasks import Task

BATCH: Final = 64


@dataclass(frozen=True)
class Slice:
    """The main figures of a task on some of the rows."""

    name: str
    rows: int
    figures: list[Figure]


@dataclass(frozen=True)
class Evaluation:
    """``rows``: labelled rows that were read; ``texts``: those that count, copies once; ``source``: what was measured.

    All but ``figures`` and ``slices`` by head: labels, calibration and confusions.
    """

    task: str
    rows: int
    texts: int
    figures: list[Figure]
    classes: dict[str, list[ClassRow]]
    calibration: dict[str, Curve]
    slices: list[Slice]
    confusions: dict[str, list[Confusion]]
    source: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For machines: figures by name, everything else as it is."""
        return {
            **asdict(self),
            "figures": _by_name(self.figures),
            "slices": {one.name: {"rows": one.rows, "figures": _by_name(one.figures)} for one in self.slices},
        }


def predicted(
    rows: Sequence[Row], predictor: Predictor, advance: Callable[[int], None], batch: int = BATCH
) -> Iterator[Row]:
    """Predictions for the rows, batch by batch; ``advance`` hears how many rows are done."""
    for start in range(0, len(rows), batch):
        some = rows[start : start + batch]
        yield from predictor(some)
        advance(len(some))


def evaluate(
    task: Task, gold: Sequence[Row], said: Sequence[Row], *, name: str = "", source: dict[str, str] | None = None
) -> Evaluation:
    """All figures of predictions on labelled rows of the task's shape; ``name`` is what the task is called by.

    Raises PredictionError (E222) when a prediction is missing or has not the form of the task.
    """
    try:
        pairs = once_a_group(paired(gold, [_shaped(task, row) for row in identified(said)]))
        measured = task.measure(pairs)
        found = [quantity.figure() for quantity in measured.quantities]
        curves = {head: curve(cases) for head, cases in measured.cases.items()}
        return Evaluation(
            task=name or task.name,
            rows=len(gold),
            texts=len(pairs),
            figures=beside(found, CEILINGS.get(task.name, {})),
            classes={head: class_rows(counts) for head, counts in measured.classes.items()},
            calibration={head: drawn for head, drawn in curves.items() if drawn is not None},
            slices=_slices(task, pairs),
            confusions={head: commonest(taken) for head, taken in measured.taken.items()},
            source=source or {},
        )
    except KeyError as error:
        raise PredictionError(
            f"E222: a prediction (or a labelled row) has no field {error}; see docs/EVALUATION.md, {task.name}"
        ) from error
    except TypeError as error:
        raise PredictionError(
            f"E222: a prediction (or a labelled row) has not the form of {task.name}: {error}; see docs/EVALUATION.md"
        ) from error


def _shaped(task: Task, row: Row) -> Row:
    return row if "error" in row else task.said(row)


def _slices(task: Task, pairs: Sequence[Pair]) -> list[Slice]:
    found = []
    for name, numbers in slices([gold for gold, _ in pairs]).items():
        some = [pairs[n] for n in numbers]
        quantities = {quantity.name: quantity for quantity in task.measure(some).quantities}
        figures = [quantities[main].figure() for main in task.main if main in quantities]
        found.append(Slice(name, len(some), figures))
    return found


def _by_name(figures: Sequence[Figure]) -> dict[str, dict[str, Any]]:
    return {figure.name: {k: v for k, v in asdict(figure).items() if k != "name"} for figure in figures}
