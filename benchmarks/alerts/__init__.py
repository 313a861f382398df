"""Measurements of the alarm on counts: simulation, public series, cost."""
