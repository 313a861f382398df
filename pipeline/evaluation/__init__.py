"""Measuring predictions against labelled texts: one module a task, every task a list of figures."""

from pipeline.evaluation.figures import Figure, Row, paired
from pipeline.evaluation.tasks import TASKS

__all__ = ["TASKS", "Figure", "Row", "paired"]
