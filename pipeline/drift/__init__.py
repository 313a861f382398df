"""Drift (漂移): whether texts are read today as they were before, told from counts alone."""

from pipeline.drift.noted import Noted, note_drift, noted
from pipeline.drift.watch import ENOUGH, Drift, Shift, drift, shift, silent, silent_sources

__all__ = [
    "ENOUGH", "Drift", "Noted", "Shift", "drift", "note_drift", "noted", "shift", "silent", "silent_sources",
]  # fmt: skip
