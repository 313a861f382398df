"""What may be quoted (P-07): redacted, at most 80 characters, and only where enough voices stand behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from api.policy.suppression import enough
from pipeline.records import Counts, Document, Evidence, Quote

PUBLISHED: Final = frozenset({"news", "reply", "notice"})
"""Genres that authorities and media published themselves."""
PLAIN: Final = 12
"""Characters up to which words are common ones that lead to nobody."""
EDGES: Final = "，。；、！？：,.;!?: \u3000\n"


def may_quote(counts: Counts, document: Document, k: int) -> bool:
    """Whether a passage of ``document`` may be shown for a candidate with these counts.

    What authorities and media published may be quoted; see :func:`enough_voices` for all else.
    """
    return not document.tombstone and (is_published(document) or enough_voices(counts, k))


def is_published(document: Document) -> bool:
    """Whether authorities or media published the text themselves."""
    return document.genre in PUBLISHED


def enough_voices(counts: Counts, k: int) -> bool:
    """Whether k distinct voices are known, or, where voices cannot be told apart, k texts of different origin."""
    return enough(counts.voices_low, counts.voices_high, counts.origins, k)


def quotes_of(
    passages: Iterable[Evidence], documents: Mapping[str, Document], counts: Counts, k: int, limit: int
) -> tuple[Quote, ...]:
    """The first ``limit`` passages that may be quoted, no two with the same words."""
    quotes: dict[str, Quote] = {}
    for passage in passages:
        document = documents.get(passage.document_id)
        if document is None or not passage.stands_in(document) or not may_quote(counts, document, k):
            continue
        quote = Quote.of(passage, document)
        quotes.setdefault(quote.text, quote)
        if len(quotes) == limit:
            break
    return tuple(quotes.values())


def trimmed(quote: str) -> str:
    """A quote as it leaves in reports and shares (P-08): its end is cut at a clause, so that a search for the words
    does not lead back to who wrote them. What stands before 「……」 is still a part of the text, word for word."""
    words = quote.strip(EDGES)
    if len(words) <= PLAIN:
        return words
    kept = words[: max(PLAIN, len(words) * 4 // 5)]
    clause = max(kept.rfind(mark, PLAIN // 2) for mark in EDGES)
    return f"{(kept[:clause] if clause > 0 else kept).strip(EDGES)}……"
