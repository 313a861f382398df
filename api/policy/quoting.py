"""What may be quoted (P-07): redacted, at most 80 characters, and only where enough voices stand behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from pipeline.records import Counts, Document, Evidence, Quote

PUBLISHED: Final = frozenset({"news", "reply", "notice"})
"""Genres that authorities and media published themselves."""


def may_quote(counts: Counts, document: Document, k: int) -> bool:
    """Whether a passage of ``document`` may be shown for a candidate with these counts.

    Where voices can be told apart they must be k; where they cannot (no account behind a petition), k texts of
    different origin must stand for them, and the counts say that this is a bound.
    """
    if document.tombstone:
        return False
    return document.genre in PUBLISHED or (counts.voices_high >= k and counts.origins >= k)


def quotes_of(
    passages: Iterable[Evidence], documents: Mapping[str, Document], counts: Counts, k: int, limit: int
) -> tuple[Quote, ...]:
    """The first ``limit`` passages that may be quoted, no two with the same words."""
    quotes: dict[str, Quote] = {}
    for passage in passages:
        document = documents.get(passage.document_id)
        if document is None or not may_quote(counts, document, k):
            continue
        quote = Quote.of(passage, document)
        quotes.setdefault(quote.text, quote)
        if len(quotes) == limit:
            break
    return tuple(quotes.values())
