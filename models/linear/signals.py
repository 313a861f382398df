"""Lexicon signals on a Doc as numbers for the stack: the trained model learns how far each rule can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from spacy.tokens import Doc, Span

from models.linear.ngrams import Floats
from models.taxonomy import taxonomy

_RULES = {"trigger": 0, "pattern": 1, "anchor": 2}
_ASSERTED = ("first_person", "witness")
_SPEAKERS = ("first_person", "witness", "reported", "hypothetical", "negated", "news")
_COUNTED = ("demands", "remedies", "affected", "since", "procedure", "channels", "resolved", "repeated")


@dataclass(frozen=True)
class Signals:
    """``factors``: factors × (trigger, pattern, anchor, in title); ``text``: one number a rule for the whole text."""

    factors: Floats
    text: Floats


def _group(doc: Doc, name: str) -> Sequence[Span]:
    return list(doc.spans.get(name, ()))


def signals(doc: Doc, codes: dict[str, int]) -> Signals:
    """The signals of one Doc; groups that no component has written count as empty."""
    title_end = max(doc.text.find("\n"), 0)
    factors = np.zeros((len(codes), 4), dtype=np.float32)
    for span in _group(doc, "factors"):
        row = codes.get(span.label_)
        if row is not None:
            factors[row, _RULES.get(span._.rule, 2)] += 1
            factors[row, 3] += span.start_char < title_end
    return Signals(factors, _text_signals(doc))


def _text_signals(doc: Doc) -> Floats:
    levels = np.zeros(6, dtype=np.float32)
    speakers = dict.fromkeys(_SPEAKERS, 0.0)
    cues = dict.fromkeys(taxonomy().cues, 0.0)
    top = 0
    for span in _group(doc, "escalation"):
        speaker = str(span._.speaker)
        speakers[speaker] = speakers.get(speaker, 0.0) + 1
        if speaker in _ASSERTED and span.label_ in cues:
            cues[span.label_] = 1.0
            top = max(top, taxonomy().cues[span.label_].level)
    levels[top] = 1
    own = dict.fromkeys(taxonomy().stakeholders, 0.0)
    named = dict.fromkeys(taxonomy().stakeholders, 0.0)
    for span in _group(doc, "stakeholders"):
        if span.label_ in named:
            named[span.label_] = 1.0
            own[span.label_] = max(own[span.label_], float(bool(span._.self_cue)))
    counted = [min(len(_group(doc, name)), 3) for name in _COUNTED]
    text = doc.text
    shape = [
        np.log1p(len(text)),
        min(text.count("？") + text.count("?"), 4),
        min(text.count("！") + text.count("!"), 4),
    ]
    speaking = [min(speakers[name], 2.0) for name in _SPEAKERS]
    return np.array(
        [*levels, *cues.values(), *own.values(), *named.values(), *counted, *speaking, *shape], dtype=np.float32
    )
