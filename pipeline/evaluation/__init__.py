"""Measuring predictions against labelled texts (评测): figures with intervals, by label, by slice, with calibration.

One module a task says what is measured (``tasks.py`` names them); ``layouts.py`` reads the labelled sets,
``readers.py`` says what a model must be able to do, ``report.py`` writes what was found.
"""

from pipeline.evaluation.errors import LayoutError, PredictionError
from pipeline.evaluation.evaluation import Evaluation, evaluate, predicted
from pipeline.evaluation.figures import Figure
from pipeline.evaluation.layouts import labelled
from pipeline.evaluation.tasks import FORMER_NAMES, TASKS, Task

__all__ = [
    "FORMER_NAMES",
    "TASKS",
    "Evaluation",
    "Figure",
    "LayoutError",
    "PredictionError",
    "Task",
    "evaluate",
    "labelled",
    "predicted",
]
