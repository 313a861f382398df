"""The only kind of text that may be written: text that has passed the redactor (脱敏)."""

from __future__ import annotations

from typing import Any, Final

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_SEAL: Final = object()


class RedactedText(str):
    """A string that came from the redactor; it cannot be made from a plain string.

    Only ``pipeline.redact`` (new text) and ``pipeline.store`` (text that was redacted before it was written)
    hold the seal, through :func:`seal`; ``tests/privacy/test_p02_*`` keeps it so. Every record that stores text asks
    for this type, so unredacted text has no way to a disk (P-02). Slices are plain strings: a piece is for reading.
    """

    __slots__ = ()

    def __new__(cls, text: str, *, seal: object = None) -> RedactedText:
        """Raises TypeError unless called with the seal."""
        if seal is not _SEAL:
            raise TypeError("RedactedText comes from the redactor only: call pipeline.redact, never RedactedText(...)")
        return super().__new__(cls, text)

    def __reduce__(self) -> tuple[Any, ...]:
        return seal, (str(self),)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.is_instance_schema(
            cls,
            serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="json"),
        )


def seal(text: str) -> RedactedText:
    """Marks text as redacted. For ``pipeline.redact`` and ``pipeline.store`` alone."""
    return RedactedText(text, seal=_SEAL)


NOTHING: Final = seal("")
"""What stands where a text was."""
