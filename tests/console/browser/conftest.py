"""Fixtures of the journeys in a browser."""

from browsers import browser, people

__all__ = ["browser", "people"]
