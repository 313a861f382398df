"""The texts with their expected redactions that the tests go by."""

from pipeline.redact.marked import MarkedText, fixtures, marked

__all__ = ["MarkedText", "fixtures", "marked"]
