"""Texts that were found, as the list of a search shows them: the words around what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from api.console.passages import Passage
from api.finding import FoundText

BEFORE: Final = 40
LENGTH: Final = 180
"""Code points of an excerpt, and of them before the first passage that was found."""


class Excerpt(NamedTuple):
    """A piece of a text with the passages that were found in it; ``cut`` at its begin and at its end."""

    text: str
    passages: tuple[Passage, ...]
    cut: tuple[bool, bool]


@dataclass(frozen=True)
class ShownHit:
    """A found text: its title and an excerpt, both with what was found marked."""

    found: FoundText
    title: Excerpt
    excerpt: Excerpt


def shown_hits(found: Iterable[FoundText]) -> list[ShownHit]:
    """The texts in their order."""
    return [_shown(one) for one in found]


def _shown(found: FoundText) -> ShownHit:
    hit = found.hit
    begin = len(hit.title) + 1
    inside = [span for span in hit.highlights if span[0] >= begin]
    first = max(begin, (inside[0][0] - BEFORE) if inside else begin)
    end = min(len(hit.text), first + LENGTH)
    return ShownHit(
        found,
        _excerpt(hit.text, 0, len(hit.title), hit.highlights)._replace(cut=(False, False)),
        _excerpt(hit.text, first, end, hit.highlights, begin),
    )


def _excerpt(text: str, start: int, end: int, spans: Sequence[tuple[int, int]], begin: int = 0) -> Excerpt:
    passages = tuple(
        Passage(max(a, start) - start, min(b, end) - start, "found") for a, b in spans if max(a, start) < min(b, end)
    )
    return Excerpt(text[start:end], passages, (start > begin, end < len(text)))
