"""Fixtures of the console's tests."""

from consoles import console, demo_as_it_was

__all__ = ["console", "demo_as_it_was"]
