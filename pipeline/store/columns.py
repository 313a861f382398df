"""Column types: redacted text, moments in UTC, records as canonical JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

from pipeline.records.base import Record
from pipeline.redacted import RedactedText, seal

R = TypeVar("R", bound=Record)


class SealedText(TypeDecorator[RedactedText]):
    """A text column that takes RedactedText and nothing else (P-02), and gives it back sealed."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Raises TypeError for any other string, ValueError for characters that a database cannot hold."""
        if value is None:
            return None
        if not isinstance(value, RedactedText):
            raise TypeError("the store takes RedactedText only (P-02): pass the text through pipeline.redact")
        return storable(str(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> RedactedText | None:
        return None if value is None else seal(value)


class Moment(TypeDecorator[datetime]):
    """An instant, kept in UTC; comes back with its zone on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Raises ValueError for a datetime without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class RecordJson(TypeDecorator[R], Generic[R]):
    """A frozen record as canonical JSON; it is validated again when it is read."""

    impl = Text
    cache_ok = True

    def __init__(self, record: type[R]) -> None:
        super().__init__()
        self.record = record

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Raises TypeError for a record of another type."""
        if value is None:
            return None
        if not isinstance(value, self.record):
            raise TypeError(f"this column holds {self.record.__name__}, not {type(value).__name__}")
        return storable(value.canonical_json())

    def process_result_value(self, value: Any, dialect: Dialect) -> R | None:
        return None if value is None else self.record.model_validate_json(value)


def storable(text: str) -> str:
    """The text itself. Raises ValueError (E150) for NUL or a lone surrogate, which PostgreSQL and UTF-8 cannot hold."""
    if "\x00" in text:
        raise ValueError(f"E150: NUL at character {text.index(chr(0))}: remove control characters before storing")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"E150: lone surrogate at character {error.start}: repair the text before storing") from None
    return text
