"""Redaction before storage (脱敏): raw text goes in, ``RedactedText`` comes out, and nothing else may be stored.

One module a class of personal data; ``redactor`` runs them until nothing is left to find. What cannot be redacted
with certainty raises :class:`CannotRedact` and is quarantined by the intake.
"""

from __future__ import annotations

from pipeline.redact.officials import looks_official
from pipeline.redact.redactor import redact, redact_document, redactor_version
from pipeline.redact.result import CannotRedact, RedactedDocument, RedactedSpan, Redaction

__all__ = [
    "CannotRedact",
    "RedactedDocument",
    "RedactedSpan",
    "Redaction",
    "looks_official",
    "redact",
    "redact_document",
    "redactor_version",
]
