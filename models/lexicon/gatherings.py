"""Gatherings (聚集): where a text speaks of one, what would tell its place, time or organiser is let go (P-17)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

import models.classifier  # noqa: F401 - registers doc._.factor_evidence
from models.lexicon.escalation import GATHERINGS
from models.lexicon.words import words_of
from models.normalise import folded
from models.passages import Passages

CUES: Final = GATHERINGS | {"strike_boycott", "banner_slogan"}
"""Escalation cues of which a gathering is part; of visits, which may be letters, the words below tell."""
LET_GO: Final = ("places", "organisations", "facilities", "since", "stakeholders", "addressed")
"""Groups of which nothing stands in the sentence of a gathering."""
_WORDS: Final = words_of("gatherings")


def _any_of(kind: str) -> str:
    return "|".join(_WORDS[kind])


_WORD: Final = re.compile(_any_of("acts"))
_GOES_ON: Final = re.compile(rf"\s*(?:{_any_of('goes_on')})")
_PLAN: Final = re.compile(_any_of("plans"))
_SENTENCE: Final = re.compile("[^。！？!?\n]+")
_NEAR: Final = 60
"""Characters about a word for the act in which a sentence is taken to be about it; some texts have no full stop."""


class Gatherings:
    """Takes from the Doc what stands in the sentence of a gathering; runs last.

    Nothing is left of ``LET_GO`` there, no demand that is the gathering itself, and the evidence of a factor shows its
    own words alone, or the word for the act.
    """

    def __call__(self, doc: Doc) -> Doc:
        text = folded(doc)
        cues = [(span.start_char, span.end_char) for span in doc.spans.get("escalation", ()) if span.label_ in CUES]
        words = sorted({*cues, *(found.span() for found in _WORD.finditer(text))})
        if not words:
            return doc
        about = Passages()
        for start, end in told_in(text, words):
            about.add(start, end)
        for group in LET_GO:
            _keep(doc, group, [not about.overlap(span.start_char, span.end_char) for span in doc.spans.get(group, ())])
        acts = Passages()
        for start, end in words:
            acts.add(start, end)
        demands = doc.spans.get("demands", ())
        _keep(doc, "demands", [not acts.overlap(span.start_char, span.end_char) for span in demands])
        for code, (start, end) in (doc._.factor_evidence or {}).items():
            if about.overlap(start, end) and (acts.overlap(start, end) or _PLAN.search(text, start, end)):
                doc._.factor_evidence[code] = _own_words(doc, code, start, end, words)
        return doc


def told_in(text: str, words: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The sentences that hold one of the words, given in text order, and those after them that say more of it."""
    ahead, goes_on = 0, False
    for sentence in _SENTENCE.finditer(text):
        start, end = sentence.span()
        holds = False
        while ahead < len(words) and words[ahead][0] < end:
            yield max(start, words[ahead][0] - _NEAR), min(end, words[ahead][1] + _NEAR)
            holds, ahead = True, ahead + 1
        goes_on = holds or (goes_on and _GOES_ON.match(text, start, end) is not None)
        if goes_on and not holds:
            yield start, min(end, start + 2 * _NEAR)


def _keep(doc: Doc, group: str, kept: list[bool]) -> None:
    if not all(kept):
        doc.spans[group] = [span for span, stays in zip(doc.spans[group], kept, strict=True) if stays]


def _own_words(doc: Doc, code: str, start: int, end: int, words: list[tuple[int, int]]) -> tuple[int, int]:
    """What the lexicon found of the factor in the passage, else the nearest word for the act."""
    for span in doc.spans.get("factors", ()):
        inside = start <= span.start_char and span.end_char <= end
        if span.label_ == code and inside and not _PLAN.search(span.text):
            return span.start_char, span.end_char
    return min(words, key=lambda word: (max(word[0] - end, start - word[1], 0), word))


@Language.component("gatherings", assigns=["doc.spans", "doc._.factor_evidence"], requires=["doc.spans"])
def gatherings(doc: Doc) -> Doc:
    """The component over all findings; runs after the classifier, whose evidence it narrows."""
    return _gatherings(doc)


_gatherings = Gatherings()
