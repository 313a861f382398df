"""What keeps an evaluation from being made."""

from __future__ import annotations


class LayoutError(ValueError):
    """E221: labelled rows are not in the layout of the task."""


class PredictionError(ValueError):
    """E222: predictions do not fit the labelled rows."""
