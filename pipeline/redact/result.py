"""What the redactor (脱敏) hands back, and how it refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pipeline.records.document import RedactionClass
from pipeline.redacted import RedactedText

Reason = Literal["too_long", "lone_surrogate", "control_character", "unstable", "failed"]

PLACEHOLDERS: Final[Mapping[RedactionClass, str]] = {
    "name": "〈人名〉",
    "phone": "〈电话〉",
    "id_number": "〈证件号〉",
    "case_number": "〈件号〉",
    "account": "〈账号〉",
    "plate": "〈车牌〉",
    "door_address": "〈门牌〉",
    "handle": "〈用户〉",
    "minor": "〈未成年人〉",
    "movement": "〈时间地点〉",
}
"""What stands in the text in place of each class."""


class CannotRedact(ValueError):
    """A text that cannot be redacted with certainty; it carries a reason code, never content."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class RedactedSpan:
    """A half-open span of code points of the input that was taken out, its class, and what stands there now."""

    start: int
    end: int
    cls: RedactionClass
    replacement: str


@dataclass(frozen=True, slots=True)
class Redaction:
    """A redacted text and what was taken out of it, in text order and without overlaps."""

    text: RedactedText
    redactions: tuple[RedactedSpan, ...]

    @property
    def counts(self) -> dict[RedactionClass, int]:
        """How many spans of each class were taken out; classes with none are absent."""
        return dict(Counter(span.cls for span in self.redactions))


@dataclass(frozen=True, slots=True)
class RedactedDocument:
    """A redacted title and body, with the number of spans of each class over both."""

    title: RedactedText
    body: RedactedText
    counts: dict[RedactionClass, int]
