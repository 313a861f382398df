"""The passage that shows a factor: the clause that scores highest, where the lexicon's findings and the body count."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc

_TRAILING = "，。！？；,!?;\n… \t\r　"
_TITLE_COST = 0.6
"""Annotators quote the body, where the matter is told; the title where nothing else will do."""
_FINDING_GAIN = 0.3
"""What a finding of the lexicon inside the passage is worth."""
_LENGTH_GAIN, _ENOUGH = 0.15, 30
"""A passage of thirty characters tells more than a fragment. These numbers were chosen on unseen training texts."""


def passage(doc: Doc, factor: str, spans: list[tuple[int, int]], scores: npt.NDArray[Any] | None) -> tuple[int, int]:
    """Half-open offsets of the passage that speaks most for the factor; the whole text where it has no clause.

    Without scores (a factor that the model was never taught) the lexicon's findings alone decide.
    """
    text = doc.text
    if not spans:
        return trimmed(text, 0, len(text))
    title_end = text.find("\n")
    hits = [(span.start_char, span.end_char) for span in doc.spans.get("factors", ()) if span.label_ == factor]
    value = np.zeros(len(spans)) if scores is None else scores.astype(np.float64)
    for number, (start, end) in enumerate(spans):
        value[number] += _LENGTH_GAIN * min(end - start, _ENOUGH) / _ENOUGH
        value[number] -= _TITLE_COST * (end <= title_end + 1) + (start < title_end < end - 1)
    value += _FINDING_GAIN * holding(spans, hits)
    return trimmed(text, *spans[int(value.argmax())])


def holding(spans: list[tuple[int, int]], hits: list[tuple[int, int]]) -> npt.NDArray[np.bool_]:
    """Which of the spans hold one of the hits whole."""
    if not hits:
        return np.zeros(len(spans), dtype=np.bool_)
    begins, ends = np.array(sorted(hits)).T
    soonest = np.append(np.minimum.accumulate(ends[::-1])[::-1], np.iinfo(np.int64).max)
    starts, stops = np.array(spans).T
    held: npt.NDArray[np.bool_] = soonest[np.searchsorted(begins, starts)] <= stops
    return held


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without blanks before it and punctuation after it, at least one character long."""
    while end > start + 1 and text[end - 1] in _TRAILING:
        end -= 1
    while start < end - 1 and text[start].isspace():
        start += 1
    return start, end
