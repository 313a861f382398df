"""The passage that shows a factor: the lexicon's finding grown to its clause, or the clause that scores highest."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc

from models.linear.ngrams import clauses

_TRAILING = "，。！？；,!?;\n… \t\r　"
_LEAST_WINDOW_GAIN = 0.05
"""Two clauses are quoted rather than one only if they score higher by this much."""


def passage(doc: Doc, factor: str, spans: list[tuple[int, int]], scores: npt.NDArray[Any] | None) -> tuple[int, int]:
    """Half-open offsets. A clause with a finding of the factor is preferred; the model's score decides among them."""
    text = doc.text
    if not spans or scores is None:
        return trimmed(text, 0, len(text))
    found = doc.spans.get("factors", ())
    hits = [(span.start_char, span.end_char) for span in found if span.label_ == factor]
    single = len(clauses(text))
    value = np.array(scores, dtype=np.float64)
    value[single:] -= _LEAST_WINDOW_GAIN
    covering = [n for n, (a, b) in enumerate(spans) if any(a <= start and end <= b for start, end in hits)]
    chosen = max(covering or range(len(spans)), key=lambda n: (value[n], -n))
    return trimmed(text, *spans[chosen])


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without blanks before it and punctuation after it, at least one character long."""
    while end > start + 1 and text[end - 1] in _TRAILING:
        end -= 1
    while start < end - 1 and text[start].isspace():
        start += 1
    return start, end
