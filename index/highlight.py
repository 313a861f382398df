"""Which characters of a text answer a query: exact spans of code points in the stored text."""

from __future__ import annotations

from collections.abc import Iterator

from index.bigrams import fold, runs, word_terms
from index.query import And, Near, Or, Query, Text, Words

Span = tuple[int, int]


def highlights(title: str, body: str, query: Query) -> tuple[Span, ...]:
    """Half-open spans in ``title + "\\n" + body``, in order, not overlapping; what a NOT excludes is never marked."""
    spans: list[Span] = []
    for text, shift in ((title, 0), (body, len(title) + 1)):
        folded = fold(text)
        for part in _positive(query):
            if shift == 0 or not isinstance(part, Text) or part.scope == "text":
                spans += [(start + shift, end + shift) for start, end in _found(folded, part)]
    return tuple(_merged(sorted(spans)))


def _positive(query: Query) -> Iterator[Text | Words | Near]:
    if isinstance(query, (Text, Words, Near)):
        yield query
    elif isinstance(query, (And, Or)):
        for part in query.parts:
            yield from _positive(part)


def _found(folded: str, part: Text | Words | Near) -> Iterator[Span]:
    if isinstance(part, Text):
        yield from occurrences(folded, fold(part.string))
    elif isinstance(part, Near):
        yield from _near(folded, part)
    else:
        whole = [span for run in runs(fold(part.string)) if len(run) > 1 for span in occurrences(folded, run)]
        yield from whole or (span for term in word_terms(part.string) for span in occurrences(folded, term))


def occurrences(folded: str, string: str) -> Iterator[Span]:
    """Every place of a folded string in a folded text, from left to right, not overlapping."""
    at = folded.find(string)
    while at >= 0:
        yield at, at + len(string)
        at = folded.find(string, at + len(string))


def _everywhere(folded: str, string: str) -> list[Span]:
    starts, at = [], folded.find(string)
    while at >= 0:
        starts.append((at, at + len(string)))
        at = folded.find(string, at + 1)
    return starts


def _near(folded: str, part: Near) -> Iterator[Span]:
    first, second = _everywhere(folded, fold(part.first)), _everywhere(folded, fold(part.second))
    for a in first:
        for b in second:
            gap = b[0] - a[1] if a[0] < b[0] else a[0] - b[1]
            if 0 <= gap <= part.slop:
                yield a
                yield b


def _merged(spans: list[Span]) -> Iterator[Span]:
    """Overlapping spans as one; spans that only touch stay apart, so that each still reads as what was asked."""
    start = end = -1
    for next_start, next_end in spans:
        if next_start < end:
            end = max(end, next_end)
            continue
        if start >= 0:
            yield start, end
        start, end = next_start, next_end
    if start >= 0:
        yield start, end
