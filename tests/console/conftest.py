"""Fixtures of the console's tests."""

from consoles import console, demo_as_it_was
from rises import demo_after_a_rise, risen

__all__ = ["console", "demo_after_a_rise", "demo_as_it_was", "risen"]
