"""A text of the evidence reader with its passages marked by what they are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from markupsafe import Markup

from api.console.formats import visible

RANK: Final = ("for", "against", "place", "organisation", "number", "date", "cue", "found", "redacted")
"""Kinds of passages; where they overlap, the mark carries all of them and looks like the first."""


class Passage(NamedTuple):
    """A half-open span of code points in a text, what it is (one of :data:`RANK`), and the anchor it is reached by."""

    start: int
    end: int
    kind: str
    anchor: str | None = None


def highlighted(text: str, passages: Sequence[Passage | tuple[int, int, str]]) -> Markup:
    """The text, escaped, its passages in ``<mark>``; a passage that others cut has its anchor on its first piece.

    Raises ValueError for a kind that is not known or a span outside the text.
    """
    spans = [Passage(*one) for one in passages]
    for span in spans:
        if span.kind not in RANK or not 0 <= span.start < span.end <= len(text):
            raise ValueError(f"no such passage: {span.kind} {span.start}–{span.end} of {len(text)} characters")
    edges = sorted({0, len(text), *(edge for span in spans for edge in (span.start, span.end))})
    return Markup("").join(
        _piece(text, start, end, [span for span in spans if span.start <= start and end <= span.end])
        for start, end in pairwise(edges)
    )


def _piece(text: str, start: int, end: int, spans: Sequence[Passage]) -> Markup:
    shown = visible(text[start:end])
    if not spans:
        return shown
    kinds = sorted({span.kind for span in spans}, key=RANK.index)
    anchor = next((span.anchor for span in spans if span.anchor and span.start == start), None)
    return Markup('<mark class="hl hl-{}" data-kinds="{}"{}>{}</mark>').format(
        kinds[0], " ".join(kinds), Markup(' id="{}" tabindex="-1"').format(anchor) if anchor else "", shown
    )
