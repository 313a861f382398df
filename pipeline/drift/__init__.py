"""Drift (漂移): whether texts are read today as they were before, told from counts alone."""

from pipeline.drift.watch import ENOUGH, Drift, Shift, drift, shift, silent, silent_sources

__all__ = ["ENOUGH", "Drift", "Shift", "drift", "shift", "silent", "silent_sources"]
