"""The document: one redacted text with what is known about where and when it appeared."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.records.base import DocumentId, Instant, Record
from pipeline.redacted import RedactedText

SourceKind = Literal["news", "weibo", "petition", "hotline", "notice", "survey"]
DocumentGenre = Literal["petition", "post", "news", "reply", "notice", "comment"]
RedactionClass = Literal[
    "name", "phone", "id_number", "case_number", "account", "plate", "door_address", "handle", "minor", "movement"
]
SOCIAL_SOURCES: frozenset[str] = frozenset({"weibo"})
"""Sources whose URLs contain a person's id: kept only as keyed hashes (P-01)."""


class Document(Record):
    """One redacted text; ``id`` is a keyed hash of source and item key, so that a re-import finds it again."""

    id: DocumentId
    source_kind: SourceKind
    source: RedactedText
    url: str | None = None
    """In clear for news and official sources; for social media ``keyed:`` and a hash."""
    genre: DocumentGenre
    reply_to: DocumentId | None = None
    published_at: Instant | None = None
    collected_at: Instant
    window_id: str | None = None
    region: RedactedText | None = None
    title: RedactedText
    body: RedactedText
    redactions: dict[RedactionClass, Annotated[int, Field(gt=0)]] = Field(default_factory=dict)
    redactor_version: str
    origin_id: DocumentId
    """First copy of the near-duplicate cluster (form letters, reposts); its own id when it is the origin."""
    engagement: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    tombstone: bool = False

    @model_validator(mode="after")
    def _no_person_in_url(self) -> Document:
        if self.source_kind in SOCIAL_SOURCES and self.url and not self.url.startswith("keyed:"):
            raise ValueError(
                "E120: URLs of social media contain the poster's id and are kept only as keyed hashes (P-01)"
            )
        return self

    @property
    def text(self) -> str:
        """Redacted title, a line feed, redacted body: what every offset counts in."""
        return f"{self.title}\n{self.body}"

    @property
    def content_hash(self) -> str:
        """SHA-256 of the text, in hex: an analysis names the text it saw."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
