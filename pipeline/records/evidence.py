"""Evidence: a passage that stands in a stored document, word for word."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationInfo, model_validator

from pipeline.records.base import DocumentId, Record, Span
from pipeline.records.document import Document

QUOTE_LIMIT = 80
"""Longest quote that is shown, in code points (P-07)."""


class EvidenceError(ValueError):
    """E101: a passage that does not stand in its document."""


class Evidence(Span):
    """A passage that supports a claim: a half-open span of code points in one redacted document."""

    document_id: DocumentId

    def stands_in(self, document: Document) -> bool:
        """Whether the text can have the passage: it was neither withdrawn nor made too short since by its source."""
        return document.id == self.document_id and not document.tombstone and self.end <= len(document.text)

    def quote(self, document: Document) -> str:
        """The passage itself, word for word. Raises EvidenceError (E101) when the span lies outside the text."""
        if document.id != self.document_id:
            raise EvidenceError(f"E101: evidence of {self.document_id} was opened in {document.id}")
        if self.end > len(document.text):
            raise EvidenceError(
                f"E101: [{self.start}, {self.end}) lies outside the {len(document.text)} characters of {document.id}"
            )
        return document.text[self.start : self.end]


class Quote(Record):
    """A passage as it is shown; it is a substring of its document or it does not exist.

    Build it with :meth:`of`: a bare ``Quote(...)`` is refused, since nothing vouches for its text.
    """

    document_id: DocumentId
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(gt=0)]
    text: Annotated[str, Field(min_length=1)]

    @classmethod
    def of(cls, evidence: Evidence, document: Document, limit: int = QUOTE_LIMIT) -> Quote:
        """The passage, cut to ``limit`` code points. Raises EvidenceError (E101) when it does not stand there."""
        end = min(evidence.end, evidence.start + limit)
        text = evidence.quote(document)[: end - evidence.start]
        values = {"document_id": document.id, "start": evidence.start, "end": end, "text": text}
        return cls.model_validate(values, context={"document": document})

    @model_validator(mode="after")
    def _stands_in_its_document(self, info: ValidationInfo) -> Quote:
        document = (info.context or {}).get("document")
        if not isinstance(document, Document) or document.id != self.document_id:
            raise ValueError("E101: a quote needs the document it is taken from; use Quote.of(evidence, document)")
        if document.text[self.start : self.end] != self.text:
            raise ValueError(f"E101: the quote does not stand at [{self.start}, {self.end}) of {document.id}")
        return self
