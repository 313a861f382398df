"""What people write about their own steps: reasons and responses, redacted before they are kept (P-02)."""

from __future__ import annotations

from pipeline.redact import CannotRedact, redact
from pipeline.redacted import RedactedText


class UnclearWords(ValueError):
    """E648: words that cannot be redacted with certainty; they are not kept."""


def said(text: str) -> RedactedText:
    """The words without personal data. Raises UnclearWords (E648)."""
    try:
        return redact(text).text
    except CannotRedact:
        raise UnclearWords("E648: this cannot be redacted with certainty; say it in other words") from None
